"""The stream's sink in DuckDB: one transaction a group, through Arrow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from callsheet.base.errors import CallsheetError
from callsheet.base.time import utc_now
from callsheet.model.intake import Merge, Parcel, Taken
from callsheet.store.belonging import Belonging
from callsheet.store.deleted import Deleted
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_settle import Settling
from callsheet.store.grouping import Group, count_table, gather, refused_table, trait_table
from callsheet.store.identity import People
from callsheet.store.seen import Seen, hashes_of

_EVENTS = (
    "INSERT INTO events (event_id, occurred_at, event, person_id, account_id, properties, distinct_id, session_id,"
    " received_at, source, product, batch) SELECT event_id, occurred_at, event, nullif(person_id, ''),"
    " nullif(account_id, ''), properties, nullif(distinct_id, ''), nullif(session_id, ''), received_at, source, product,"
    " 'stream' FROM given"
)
_TRAITS = (
    "INSERT INTO traits (unit, unit_id, name, value, since_at, source, once)"
    " SELECT unit, unit_id, name, value, since_at, source, once FROM given"
)
_REFUSED = (
    "INSERT INTO refused (refused_id, source, received_at, code, reason, raw)"
    " SELECT refused_id, source, received_at, code, reason, raw FROM given"
)
_COUNTS = "INSERT INTO intake_counts SELECT source, hour, outcome, amount FROM given"


class DuckSink:
    """See `stream.Sink`."""

    def __init__(self, house: DuckWarehouse, dedupe_hours: float = 48, folder: Path | None = None) -> None:
        self._house = house
        self._span = timedelta(hours=dedupe_hours)
        self._folder = folder
        self._seen: Seen | None = None
        self._doubtful: list[str] = []
        self._upto, self._version = 0, -1
        self._people = People()
        self.deleted = Deleted()
        self._deleted_known = False
        self._settling = Settling(house, self._people)
        self._belonging = Belonging()

    @property
    def people(self) -> People:
        """Whose each distinct id is now, read at the first use. It may be asked from any thread."""
        if not self._settling.known:
            with self._house.change() as cursor:
                self._settling.know(cursor)
        return self._people

    def store(self, parcels: list[Parcel]) -> list[Taken]:
        """See `Sink.store`. What is known of ids is only added to after the commit; what a failed transaction did
        to `people` is put back, and whether a commit that failed took place all the same is looked up."""
        seen = self._ready()
        deleted, group = len(self.deleted), self._gathered(parcels, seen)
        try:
            with self._house.change() as cursor:
                if len(self.deleted) != deleted:  # somebody was, since
                    group = self._gathered(parcels, seen)
                self._write(cursor, group)
                self._doubtful = group.ids
        except duckdb.DataError as why:
            self._forget()
            raise ValueError(str(why)) from why
        except BaseException:
            self._forget()
            raise
        self._doubtful = []
        seen.add(group.hashes, time.monotonic())
        return group.taken

    def settle(self) -> bool:
        """See `Sink.settle`."""
        return self._settling.settle()

    @property
    def behind(self) -> bool:
        """See `Sink.behind`."""
        return self._settling.behind

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a transaction, with the writers kept out, in which `people` and `deleted` may be changed; they are as
        before when it fails. Settle afterwards."""
        try:
            with self._house.change() as cursor:
                self._know(cursor)
                yield cursor
        except BaseException:
            self._settling.forget()
            with suppress(duckdb.Error, CallsheetError), self._house.change() as cursor:
                self.deleted.load(cursor)
            raise

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor that keeps nobody out, to read with what expressions cannot say."""
        with self._house.reading() as cursor:
            yield cursor

    @contextmanager
    def without_batches(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait for imports under way, and keep others from beginning; `waiting` is called once if there are any."""
        with self._house.without_batches(waiting):
            yield

    def rewrite(self) -> None:
        """Write the warehouse's file anew, without what was deleted."""
        self._house.rewrite()

    def tell(self) -> None:
        """See `Sink.tell`."""
        self._house.grow()

    def _forget(self) -> None:
        self._settling.forget()
        self._belonging.forget()

    def _gathered(self, parcels: list[Parcel], seen: Seen) -> Group:
        if self.deleted:
            parcels = [self.deleted.without(parcel) for parcel in parcels]
        return gather(parcels, seen.new)

    def _know(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read who is who and who was deleted, unless they are known."""
        self._settling.know(cursor)
        if not self._deleted_known:
            self.deleted.load(cursor)
            self._deleted_known = True

    def _write(self, cursor: duckdb.DuckDBPyConnection, group: Group) -> None:
        self._know(cursor)
        if group.merges:
            self._join(cursor, group.merges)
        if group.ids:
            person = group.events.column("distinct_id")
            if mapping := self._people.mapping:
                person = pa.array([mapping.get(one, one) for one in group.distinct_ids], pa.string())
            events = self._belonging.filled(cursor, group.events, group.distinct_ids)
            _insert(cursor, _EVENTS, events.append_column("person_id", person))
        if group.traits:
            _insert(cursor, _TRAITS, trait_table(group.traits))
        if group.refused:
            _insert(cursor, _REFUSED, refused_table(group.refused))
        if group.counts:
            _insert(cursor, _COUNTS, count_table(group.counts))

    def _join(self, cursor: duckdb.DuckDBPyConnection, merges: list[tuple[str, Merge]]) -> None:
        for source, said in groupby(merges, key=lambda one: one[0]):
            of_source = [merge for _, merge in said]
            self._people.join(of_source)
            self._people.record(cursor, source, of_source)

    def _ready(self) -> Seen:
        """Know what was taken within the span, by the stream and by imports. Only for the thread that stores."""
        if self._seen is None or self._doubtful or self._version != self._house.version:
            with self._house.change() as cursor:
                self._know(cursor)
                version = self._house.version
                fresh = Seen(self._span.total_seconds(), self._folder) if self._seen is None else self._seen
                self._catch_up(cursor, fresh)
            self._seen, self._doubtful, self._version = fresh, [], version
        return self._seen

    def _catch_up(self, cursor: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        """Read the ids of rows that were not looked at before, of the span before now, or before the last event when
        the clock was set on since. What this stream stored itself is known, unless its commit was doubtful."""
        newest, upto = cursor.execute("SELECT max(received_at), coalesce(max(seq), 0) FROM events").fetchall()[0]
        now, clock = min(utc_now(), newest or utc_now()), time.monotonic()
        whose = "" if self._seen is None or self._doubtful else "AND batch <> 'stream'"
        reader: Any = cursor.sql(
            "SELECT event_id, date_diff('microsecond', coalesce(received_at, occurred_at), $1) / 1e6 AS age FROM events"
            f" WHERE seq > $2 AND coalesce(received_at, occurred_at) >= $3 {whose}",
            params=[now, self._upto, now - self._span],
        ).to_arrow_reader(200_000)
        for batch in reader:
            ages = batch.column("age").to_numpy(zero_copy_only=False)
            seen.load(hashes_of(batch.column("event_id").to_pylist()), clock - np.maximum(ages, 0), clock)
        self._upto = int(upto)


def _insert(cursor: duckdb.DuckDBPyConnection, statement: str, given: pa.Table) -> None:  # noqa: ARG001
    """Run a statement that names the table `given`."""
    cursor.execute(statement)
