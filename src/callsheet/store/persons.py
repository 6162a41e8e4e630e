"""Persons of a workspace: merging and splitting them by hand, and what the engine alone can tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callsheet.base.errors import BadInput, ConfigError, Conflict
from callsheet.base.ids import new_id
from callsheet.model.identity import forbidden, merge_key
from callsheet.model.intake import Merge
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_stream import DuckSink
from callsheet.store.identity import People, state
from callsheet.store.workspace import Workspace

HAND = "by hand"
_VERSIONS = """SELECT b.landed_at, b.source, r.name, r.plan, r.segment, r.revenue, r.owner, r.created_at,
  (SELECT list(g.field) FROM batch_given g WHERE g.batch = b.id AND g.fact = 'accounts') AS given
FROM (SELECT * EXCLUDE (replaced_by) FROM old_accounts UNION ALL BY NAME SELECT * FROM accounts) r
JOIN batch b ON b.id = r.batch WHERE r.account_id = ? ORDER BY b.number"""


@dataclass(frozen=True, slots=True)
class Part:
    """A person that comes of a split: its ids, and how many events are theirs."""

    person_id: str
    ids: list[str]
    events: int


def sink_of(workspace: Workspace) -> DuckSink:
    """Return where the stream flows; ConfigError for a warehouse that is only read."""
    sink = workspace.stream.sink
    if not isinstance(sink, DuckSink):
        raise ConfigError("This warehouse is only read: persons are merged where it is written.")
    return sink


def people_of(workspace: Workspace) -> People:
    """Return whose each distinct id is, up to date with all events that are known; where events stay in another
    engine, every id is its own person."""
    if not isinstance(workspace.facts, DuckWarehouse):
        return People()
    sink = sink_of(workspace)
    with sink.changing() as cursor:
        newest = int(cursor.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()[0][0])
        landed = str(cursor.execute("SELECT coalesce(max(number), 0) FROM batch_log").fetchall()[0][0])
        settled = int(state(cursor, "ids.seq") or 0) >= newest and state(cursor, "traits.log") == landed
    if not settled:
        workspace.stream.settle()
    return sink.people


def merge(workspace: Workspace, one: str, other: str, now: datetime) -> str:
    """Make two ids one person, called by the one that was seen first, or named by an SDK. Returns the merge's id.

    BadInput for a placeholder; Conflict when they are one person already, or would have too many ids.
    """
    people = people_of(workspace)
    for each in (one, other):
        if forbidden(each):
            raise BadInput(f"{each!r} is a placeholder that many people share.", "Give the id of one person.")
    if people.person_of(one) == people.person_of(other):
        raise Conflict(f"{one} and {other} are one person already.")
    sink = sink_of(workspace)
    with sink.changing() as cursor:
        found = cursor.execute(
            "SELECT distinct_id FROM person_ids WHERE distinct_id IN (?, ?) AND first_at IS NOT NULL ORDER BY first_at, 1",
            [one, other],
        ).fetchall()
        first = str(found[0][0]) if found else min(one, other)
        made = Merge(other if first == one else one, first, "manual", new_id("hand"), now)
        refused = people.would_refuse(made)
        if refused:
            raise Conflict(refused, "Undo another merge of one of them first.")
        people.join([made])
        people.record(cursor, HAND, [made])
    workspace.stream.settle()
    return merge_key(made)


def undo(workspace: Workspace, merge_id: str, by: str, now: datetime) -> set[str]:
    """Take a merge back as if it had never been; return the ids whose person changed."""
    sink = sink_of(workspace)
    with sink.changing() as cursor:
        moved = sink.people.undo(cursor, merge_id, by, now)
    workspace.stream.settle()
    return moved


def split(workspace: Workspace, merge_id: str) -> list[Part]:
    """Return the persons that there would be without a merge, of those that it concerns; one when nothing splits."""
    people = people_of(workspace)
    moved = people.without(merge_id)
    edge_ids = people.ends_of(merge_id)
    ids = sorted({one for end in (*edge_ids, *moved) for one in people.ids_of(end)})
    whose: dict[str, list[str]] = {}
    for one in ids:
        whose.setdefault(moved.get(one, people.person_of(one)), []).append(one)
    with sink_of(workspace).changing() as cursor:
        found = cursor.execute(
            "SELECT distinct_id, events FROM person_ids WHERE distinct_id IN (SELECT unnest(?::VARCHAR[]))", [ids]
        ).fetchall()
    events = {str(one): int(number) for one, number in found}
    return [Part(person, own, sum(events.get(one, 0) for one in own)) for person, own in sorted(whose.items())]


def account_versions(workspace: Workspace, account_id: str) -> list[dict[str, Any]]:
    """Return what imports said of an account, one row for each batch that changed it, oldest first; `given` are the
    columns that the batch itself brought."""
    if not isinstance(workspace.facts, DuckWarehouse):
        return []
    with sink_of(workspace).changing() as cursor:
        found = cursor.execute(_VERSIONS, [account_id])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
