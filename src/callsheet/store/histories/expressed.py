"""Histories from any engine, through Ibis: DuckDB, ClickHouse, Spark Connect.

Event names, the span and conditions on plain columns go to the engine; what is left of the rows comes over, and
conditions on properties are decided here. The table of events may belong to somebody else: `distinct_id`, `seq`
and other columns may be missing from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from callsheet.base.time import local_day
from callsheet.model.history import UNITS, Activity, Ask, History, Mark, Moments, Seen, Where
from callsheet.store.histories.alternatives import folded, unfolded
from callsheet.store.histories.asking import SEEN, active, as_one, check_ask, check_unit, fields_of, most_frequent, seen
from callsheet.store.histories.codes import Codebook, spread
from callsheet.store.histories.conditions import (
    PLAIN,
    PROPERTY,
    check_field,
    number,
    text,
)
from callsheet.store.histories.rows import NEVER, Rows, moments_of
from callsheet.store.histories.traits import split, traits

T = TypeVar("T")
MOST_VALUES_READ = 200_000


def portable(where: Where) -> bool:
    """Whether every engine decides this condition as we do: equality of a plain column with ordinary texts."""
    texts = where.op in ("is", "is_not") and where.values and not any(number(one) is not None for one in where.values)
    return where.field in PLAIN and bool(texts) and all(_ordinary(text(one)) for one in where.values)


def _ordinary(name: str) -> bool:
    """Whether all dialects write this text alike: engines differ on backslashes, control characters, surrogates."""
    return bool(name) and "\\" not in name and all(sign >= " " and not "\ud800" <= sign <= "\udfff" for sign in name)


class ExpressedHistories:
    """`Histories` over Ibis tables. `run` gives an Arrow table; `version` is asked whenever somebody wants it."""

    def __init__(
        self, tables: Mapping[str, Any], run: Callable[[Any], pa.Table], version: Callable[[], tuple[int, int]] | None = None,
    ) -> None:  # fmt: skip
        self._tables, self._run = tables, run
        self._version = version or (lambda: (0, 0))
        self._books = {unit: Codebook() for unit in UNITS}

    @property
    def version(self) -> tuple[int, int]:
        """Changes whenever an answer may change."""
        return self._version()

    def close(self) -> None:
        """Nothing is held."""

    def _events(self) -> Any:
        """Return the events with every plain column, missing ones as empty."""
        import ibis

        events = self._tables["events"]
        events = events.filter(events.occurred_at.notnull())
        absent = {name: ibis.null("string") for name in (*PLAIN, "properties") if name not in events.columns}
        absent["distinct_id"] = events.person_id
        if "distinct_id" in events.columns:
            absent["distinct_id"] = events.distinct_id.coalesce(events.person_id)
        if "seq" not in events.columns:
            absent["seq"] = events.event_id if "event_id" in events.columns else events.event
        return events.mutate(**absent)

    def read(self, ask: Ask) -> History:
        """Return the rows asked for; see `Histories.read`."""
        plain, places = unfolded(ask)
        return folded(self._plain(plain), places)

    def _plain(self, ask: Ask) -> History:
        check_ask(ask)
        rows = self._fetch(ask)
        carried = rows.marks(ask.marks)
        carried[~rows.satisfy(ask.where)] = 0
        owners = rows.column(f"{ask.unit}_id")
        known = owners.places > 0
        left_out = int(((carried != 0) & ~known).sum())
        kept = np.flatnonzero((carried != 0) & known)
        book = self._books[ask.unit]
        codes = np.append(np.zeros(1, np.uint32), book.of(owners.values[1:]))[owners.places[kept]]
        moments = moments_of(rows.table["occurred_at"])[kept]
        order = np.lexsort((_arrival(rows.table["seq"])[kept], moments, codes))
        kept = kept[order]
        found = History(
            np.ascontiguousarray(codes[order], np.uint32), moments[order], carried[kept], book.name, len(book),
            left_out=left_out,
        )  # fmt: skip
        if ask.label:
            label, names = rows.labels(ask.label, kept)
            found = replace(found, label=label, labels=names)
        return replace(found, value=rows.amounts(ask.value, kept)) if ask.value else found

    def walked(self, ask: Ask, walk: Callable[[History], T]) -> list[T]:
        """Return what `walk` makes of the rows, all at once; see `Histories.walked`."""
        return [walk(self.read(ask))]

    def _fetch(self, ask: Ask) -> Rows:
        events = self._narrowed(ask.marks, ask.since, ask.until, ask.where)
        fields = fields_of(ask)
        plain = {"event", f"{ask.unit}_id", *(one for one in fields if one in PLAIN)}
        plain |= {f"{one[0]}_id" for one in map(split, fields) if one}
        properties = {one for one in fields if one.startswith(PROPERTY)}
        apart = properties & set(events.columns)  # a table of somebody else may have columns for properties
        plain |= apart | ({"properties"} if properties - apart else set())
        return Rows(self._run(events.select("occurred_at", "seq", *sorted(plain))), self._trait)

    def _narrowed(self, marks: tuple[Mark, ...], since: datetime, until: datetime, where: tuple[Where, ...]) -> Any:
        """Return the events that can matter: no more than the engine can tell without our help."""
        events = self._events()
        wanted = (events.occurred_at >= since) & (events.occurred_at < until)
        names = sorted({name for mark in marks for name in mark.events})
        if all(mark.events for mark in marks) and all(map(_ordinary, names)):
            wanted &= events.event.isin(names)
        for one in (*where, *(marks[0].where if len(marks) == 1 else ())):
            if portable(one):
                wanted &= _pushed(events, one)
        return events.filter(wanted)

    def _trait(self, unit: str, name: str) -> dict[str, object]:
        return traits(self._tables, self._run, unit, name)

    def activity(
        self, mark: Mark, since: datetime, until: datetime, zone: str, unit: str = "person",
        where: tuple[Where, ...] = (), together: bool = False,
    ) -> Activity:  # fmt: skip
        """Return active local days; see `Histories.activity`."""
        found = self._activity(mark, since, until, zone, unit, where)
        return as_one(found) if together else found

    def days_walked(
        self, mark: Mark, since: datetime, until: datetime, zone: str, walk: Callable[[Activity], T],
        unit: str = "person", where: tuple[Where, ...] = (),
    ) -> list[T]:  # fmt: skip
        """Return what `walk` makes of active local days: of all at once."""
        return [walk(self._activity(mark, since, until, zone, unit, where))]

    def _activity(
        self, mark: Mark, since: datetime, until: datetime, zone: str, unit: str, where: tuple[Where, ...]
    ) -> Activity:
        ask = Ask((mark,), since, until, unit, where)
        if not all(portable(one) for one in (*where, *mark.where)) or not all(map(_ordinary, mark.events)):
            return active(self.read(ask), zone, since, until)
        check_ask(ask)
        events = self._narrowed((mark,), since, until, where)
        owner = events[f"{unit}_id"]
        days = events.mutate(unit_=owner, day_=local_day(events.occurred_at, zone, since, until))
        told = self._run(days.group_by("unit_", "day_").agg(count_=days.count()))
        places, names = spread(told["unit_"])
        counts = told["count_"].to_numpy().astype(np.int64)
        known = places > 0
        book = self._books[unit]
        codes = np.append(np.zeros(1, np.uint32), book.of(names[1:]))[places[known]]
        day = told["day_"].cast(pa.date32()).cast(pa.int32()).to_numpy()[known]
        order = np.lexsort((day, codes))
        return Activity(
            np.ascontiguousarray(codes[order], np.uint32), day[order].astype(np.int32),
            counts[known][order].astype(np.uint32), book.name, len(book), int(counts[~known].sum()),
        )  # fmt: skip

    def created(self, unit: str = "person") -> Moments:
        """Return when units came into being; see `Histories.created`. A unit without any event: the latest moment."""
        check_unit(unit)
        key, table = f"{unit}_id", f"{unit}s"
        events = self._events()
        owned = events.filter(events[key].notnull() & (events[key] != ""))
        first = self._run(owned.group_by(key).agg(at_=owned.occurred_at.min()))
        book = self._books[unit]
        codes = book.of(first[key].to_pylist())
        found = np.full(len(book), NEVER, np.int64)
        found[codes] = moments_of(first["at_"])
        if table not in self._tables or "created_at" not in self._tables[table].columns:
            return found
        known = self._tables[table]
        told = self._run(known.filter(known.created_at.notnull() & known[key].notnull()).select(key, "created_at"))
        for name, moment in zip(told[key].to_pylist(), moments_of(told["created_at"]), strict=True):
            code = book.find(name)
            if code is not None and code < len(found):
                found[code] = moment
        return found

    def timeline(self, unit: str, key: str, before: datetime | None = None, limit: int = 100) -> list[Seen]:
        """Return the newest rows of one unit, newest first."""
        check_unit(unit)
        events = self._events()
        wanted = events[f"{unit}_id"] == key
        if before is not None:
            wanted &= events.occurred_at < before
        rows = events.filter(wanted)
        rows = rows.order_by(rows.occurred_at.desc(), rows.seq.desc()).limit(limit)
        return seen(self._run(rows.select(*SEEN)))

    def events(self) -> list[tuple[str, int]]:
        """Return event names with their numbers of rows, most frequent first."""
        return self._counted("event")

    def _counted(self, name: str, limit: int | None = None) -> list[tuple[str, int]]:
        events = self._events()
        known = events.filter(events[name].notnull() & (events[name] != ""))
        counted = known.group_by(name).agg(n_=known.count())
        counted = counted.order_by(counted.n_.desc(), counted[name])
        told = self._run(counted if limit is None else counted.limit(limit))
        return list(zip(told[name].to_pylist(), map(int, told["n_"].to_pylist()), strict=True))

    def values(self, field: str, limit: int = 100) -> list[str]:
        """Return values seen in a field, most frequent first; of a property, in the newest rows that hold it."""
        check_field(field)
        if field in PLAIN:
            return [name for name, _ in self._counted(field, limit)]
        trait = split(field)
        if trait is not None:
            return most_frequent([text(one) for one in self._trait(*trait).values()], limit)
        events = self._events()
        rows = events.filter(events.properties.notnull()).order_by(events.occurred_at.desc()).limit(MOST_VALUES_READ)
        column = Rows(self._run(rows.select("properties")), self._trait).column(field)
        counts = np.bincount(column.places, minlength=len(column.values))
        told = {place: text(value) for place, value in enumerate(column.values) if value is not None}
        return most_frequent([told[place] for place in told], limit, [int(counts[place]) for place in told])


def _pushed(events: Any, where: Where) -> Any:
    column = events[where.field]
    texts = sorted({text(one) for one in where.values})
    if where.op == "is":
        return column.isin(texts)
    return column.isnull() | ~column.isin(texts)


def _arrival(column: pa.ChunkedArray) -> Any:
    if pa.types.is_integer(column.type):
        return column.fill_null(0).to_numpy()
    return np.array(column.to_pylist(), dtype=object).astype(str)
