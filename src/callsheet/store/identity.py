"""Persons: the merges of the warehouse, whose each distinct id is, and events brought up to date with that."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from callsheet.base.errors import Conflict, NotFound
from callsheet.model.identity import MOST_IDS, REFUSALS, Edge, Graph, merge_key
from callsheet.model.intake import Merge
from callsheet.store import brought
from callsheet.store.purging import purge
from callsheet.store.traits import bring_up, landed, look_again

if TYPE_CHECKING:
    import duckdb

_FINGERPRINT = "SELECT coalesce(bit_xor(hash(merge_id, merged_at, undone_at IS NULL)), 0)::VARCHAR FROM merges"
_ALL = "SELECT merge_id, from_id, into_id, how, merged_at, undone_at IS NOT NULL FROM merges ORDER BY merged_at"


class People:
    """Whose each distinct id is. Safe to ask from any thread; what is changed in a transaction that then fails
    is put right by `reload`."""

    def __init__(self, most_ids: int = MOST_IDS) -> None:
        self._most = most_ids
        self._lock = threading.RLock()
        self._graph = Graph(most_ids)
        self._moved: set[str] = set()
        self._unsure = False

    def load(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read all merges. When the process ended before events were settled, the next `settle` looks at all."""
        with self._lock:
            self._graph, self._moved = Graph(self._most), set()
            for merge_id, from_id, into_id, how, merged_at, undone in cursor.execute(_ALL).fetchall():
                self._graph.add(Edge(merge_id, from_id, into_id, how, merged_at, undone))
            self._unsure = state(cursor, "people.merges") != self._fingerprint(cursor)

    reload = load

    def person_of(self, distinct_id: str) -> str:
        """Return the person that an id belongs to: the id itself when it was never merged."""
        return self._graph.person_of(distinct_id)

    @property
    def mapping(self) -> Mapping[str, str]:
        """Distinct id -> person, only where they differ; a live view, not to be iterated while events come in."""
        return self._graph.mapping

    def ids_of(self, person_id: str) -> list[str]:
        """Return all distinct ids of a person, sorted."""
        with self._lock:
            return self._graph.ids_of(person_id)

    def refused(self, merge_id: str) -> str:
        """Return why a merge is not taken: a code of `model.identity.REFUSALS`, or empty."""
        edge = self._graph.edges.get(merge_id)
        return edge.refused if edge is not None else ""

    def refusals(self) -> dict[str, str]:
        """Return the merges that are not taken, with their codes."""
        with self._lock:
            edges = self._graph.edges.values()
            return {edge.id: edge.refused for edge in edges if edge.refused and not edge.undone}

    def join(self, merges: Iterable[Merge]) -> list[Merge]:
        """Take merges in and return those that changed whose an id is. `record` writes them down."""
        with self._lock:
            return [merge for merge in merges if self._take(merge)]

    def _take(self, merge: Merge) -> bool:
        edge = Edge(merge_key(merge), merge.from_id, merge.into_id, merge.how, merge.merged_at)
        moved = self._graph.add(edge)
        self._moved |= moved
        return bool(moved)

    def record(self, cursor: duckdb.DuckDBPyConnection, source: str, merges: Iterable[Merge]) -> None:
        """Write merges down, refused ones too, in the caller's transaction. One that is known is kept once, with
        the earliest of its times, and stays undone if it was."""
        first: dict[str, Merge] = {}
        for merge in sorted(merges, key=lambda one: one.merged_at, reverse=True):
            if merge.from_id != merge.into_id:
                first[merge_key(merge)] = merge
        if not first:
            return
        given = pa.table({  # noqa: F841 - the statements name it
            "merge_id": list(first),
            **{
                name: [getattr(merge, name) for merge in first.values()]
                for name in ("from_id", "into_id", "how", "event_id", "merged_at")
            },
        })  # fmt: skip
        cursor.execute(
            "UPDATE merges SET merged_at = g.merged_at, event_id = g.event_id FROM given g"
            " WHERE merges.merge_id = g.merge_id AND g.merged_at < merges.merged_at"
        )
        cursor.execute(
            "INSERT INTO merges SELECT merge_id, from_id, into_id, how, ?, event_id, merged_at, NULL, NULL FROM given"
            " WHERE merge_id NOT IN (SELECT merge_id FROM merges)",
            [source],
        )

    def undo(self, cursor: duckdb.DuckDBPyConnection, merge_id: str, by: str, now: datetime) -> set[str]:
        """Take a merge back as if it had never been; return the ids whose person changed. Conflict when it is
        undone already, NotFound when there is none."""
        with self._lock:
            edge = self._edge(merge_id)
            if edge.undone:
                raise Conflict("This merge has been undone already.")
            cursor.execute("UPDATE merges SET undone_at = ?, undone_by = ? WHERE merge_id = ?", [now, by, merge_id])
            moved = self._graph.mark(merge_id, True)
            self._moved |= moved
            return moved

    def without(self, merge_id: str) -> dict[str, str]:
        """Return whose each id would be if the merge were undone, for the ids for which that is news."""
        with self._lock:
            if self._edge(merge_id).undone:
                return {}
            moved = self._graph.mark(merge_id, True)
            found = {one: self._graph.person_of(one) for one in sorted(moved)}
            self._graph.mark(merge_id, False)
            return found

    def ends_of(self, merge_id: str) -> tuple[str, str]:
        """Return the two ids that a merge names; NotFound when there is none."""
        edge = self._edge(merge_id)
        return edge.from_id, edge.into_id

    def would_refuse(self, merge: Merge) -> str:
        """Return why a merge by hand would not be taken, in words; empty when it would."""
        with self._lock:
            ids = {*self._graph.ids_of(merge.from_id), *self._graph.ids_of(merge.into_id)}
            return REFUSALS["too_many_ids"] if len(ids) > self._most else ""

    def forget(self, ids: Iterable[str]) -> None:
        """Drop ids and their merges from memory; their rows are removed by who deletes a person."""
        with self._lock:
            gone = set(ids)
            self._graph.forget(gone)
            self._moved -= gone

    def settle(self, cursor: duckdb.DuckDBPyConnection) -> int:
        """Write the person of each event whose ids changed hands, and of events that other ways brought in since;
        return how many rows changed. Remembers how far it came in the caller's transaction."""
        logged, batch = state(cursor, "traits.log"), landed(cursor)
        if logged != batch:
            purge(cursor, int(logged or 0))
            self._bring(cursor, int(logged or 0))
        with self._lock:
            moved, self._moved = self._moved, set()
            whose = {one: self.person_of(one) for one in moved}
            every, self._unsure = self._unsure, False
            known = {} if not every else dict(self._graph.mapping)
            taken = self._fingerprint(cursor)
        upto = _one(cursor.execute("SELECT coalesce(max(seq), 0) FROM events"))
        since = int(state(cursor, "people.seq") or 0)
        changed = self._settle_all(cursor, known) if every else 0
        changed += _settle(cursor, whose, _first_seq(cursor, whose)) if whose else 0
        if not every and self._graph.mapping and _brought_in(cursor, since):
            with self._lock:
                known = dict(self._graph.mapping)
            changed += _settle(cursor, known, since + 1)
        keep(cursor, "people.seq", str(upto))
        keep(cursor, "people.merges", taken)
        if logged != batch:
            look_again(cursor, logged)
            keep(cursor, "traits.log", batch)
        return changed + bring_up(cursor)

    def _bring(self, cursor: duckdb.DuckDBPyConnection, since: int) -> None:
        """Take in the merges and traits of events that batches brought or took away after number `since` of the log."""
        batches, gone = brought.touched(cursor, since)
        if not batches:
            return
        with self._lock:
            named = brought.named(cursor, batches) if gone else set()
            if gone and brought.forget_merges(cursor, batches):
                self.load(cursor)
                self._moved |= named
            for batch, said in groupby(brought.merges(cursor, batches), key=itemgetter(0)):
                told = [merge for _, merge in said]
                self.join(told)
                self.record(cursor, batch, told)
        brought.traits(cursor, batches)

    def _settle_all(self, cursor: duckdb.DuckDBPyConnection, known: dict[str, str]) -> int:
        """Settle every event of ids that merges name: those merged, and those still written to a person who has split.
        Of other ids, a file may have said itself whose their events are."""
        back = cursor.execute(
            "SELECT DISTINCT distinct_id FROM events WHERE person_id <> distinct_id"
            " AND distinct_id IN (SELECT from_id FROM merges UNION SELECT into_id FROM merges)"
        ).fetchall()
        whose = {str(one): self.person_of(str(one)) for (one,) in back} | known
        return _settle(cursor, whose, 0) if whose else 0

    def _edge(self, merge_id: str) -> Edge:
        if merge_id not in self._graph.edges:
            raise NotFound(f"There is no merge {merge_id}.")
        return self._graph.edges[merge_id]

    def _fingerprint(self, cursor: duckdb.DuckDBPyConnection) -> str:
        found = cursor.execute(_FINGERPRINT).fetchall()
        return f"{found[0][0]}/{self._most}"


def _settle(cursor: duckdb.DuckDBPyConnection, whose: dict[str, str], since: int) -> int:
    """Write the persons of these ids into events from number `since` on, but for those that are nobody's. Events that
    came without a distinct id get the person id that they came with as such, so that a later undo finds them."""
    moved = pa.table({"id": list(whose), "person": list(whose.values())})  # noqa: F841 - the statements name it
    cursor.execute(
        "INSERT INTO unsettled SELECT 'person', unnest([m.id, m.person, coalesce(p.person_id, m.id)]) FROM moved m"
        " LEFT JOIN person_ids p ON p.distinct_id = m.id EXCEPT SELECT unit, unit_id FROM unsettled"
    )
    cursor.execute("UPDATE person_ids SET person_id = m.person FROM moved m WHERE person_ids.distinct_id = m.id")
    cursor.execute(
        "INSERT INTO person_ids (distinct_id, person_id, events) SELECT id, person, 0 FROM moved m WHERE id <> person"
        " AND NOT EXISTS (SELECT 1 FROM person_ids p WHERE p.distinct_id = m.id)"
    )
    streamed = cursor.execute(
        "UPDATE events SET person_id = m.person FROM moved m WHERE events.distinct_id = m.id AND events.seq >= ?"
        " AND events.person_id <> m.person",
        [since],
    )
    changed = _one(streamed)
    brought = cursor.execute(
        "UPDATE events SET person_id = m.person, distinct_id = m.id FROM moved m WHERE events.distinct_id IS NULL"
        " AND events.person_id = m.id AND events.seq >= ? AND m.person <> m.id",
        [since],
    )
    return changed + _one(brought)


def _brought_in(cursor: duckdb.DuckDBPyConnection, since: int) -> bool:
    """Whether events came in since that no stream brought: the stream's writer knows persons itself."""
    return bool(_one(cursor.execute("SELECT count(*) FROM events WHERE seq > ? AND batch <> 'stream'", [since])))


def _first_seq(cursor: duckdb.DuckDBPyConnection, whose: dict[str, str]) -> int:
    """Return a number before which none of these ids has an event, as far as the rollup of ids tells."""
    logged = _one(cursor.execute("SELECT coalesce(max(number), 0) FROM batch_log"))
    if state(cursor, "ids.log") != str(logged):
        return 0
    ids = pa.table({"id": list(whose)})  # noqa: F841 - the statement names it
    known, first = cursor.execute(
        "SELECT count(*), min(first_seq) FROM person_ids WHERE distinct_id IN (SELECT id FROM ids)"
    ).fetchall()[0]
    fresh = int(state(cursor, "ids.seq") or 0) + 1
    return fresh if not known or first is None else min(fresh, int(first))


def state(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
    """Return what was kept under a name; empty when nothing was."""
    found = cursor.execute("SELECT value FROM stream_state WHERE name = ?", [name]).fetchall()
    return str(found[0][0]) if found else ""


def keep(cursor: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Keep a value under a name, in the caller's transaction."""
    if state(cursor, name) == value:
        return
    cursor.execute("DELETE FROM stream_state WHERE name = ?", [name])
    cursor.execute("INSERT INTO stream_state VALUES (?, ?)", [name, value])


def _one(cursor: Any) -> int:
    return int(cursor.fetchall()[0][0])
