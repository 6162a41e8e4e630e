"""Keeps the schema registry: which events and properties were seen, of which types, since when and how often.

Rows are grouped by event and the structure of their properties, so what is looked at one by one is structures, not
events. Numbers are exact counts of rows, by the moment at which events happened. An example is no copy: it is the
number (`seq`) of a row that has one, so it goes with its row.

Bounds: of further event names only the rows are counted, in the state `schema.unlisted`; rows with a property beyond
those of its event are counted in `cut`. Days are kept for the newest MOST_DAYS on which an event was seen. Properties
that are no JSON object to the engine (nested beyond its limit, lone surrogates) count as none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import add
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from callsheet.store.identity import keep, state

if TYPE_CHECKING:
    import duckdb

AT_ONCE = 25_000
"""Numbers of rows looked at in one go."""
MOST_EVENTS, MOST_PROPERTIES, MOST_IN_ALL, MOST_DAYS = 2_000, 500, 100_000, 60
TYPES = {"VARCHAR": "string", "BOOLEAN": "boolean", "NULL": "null", "JSON": "object"}
"""Types by the engine's words; every other word is a kind of number. An empty object is `JSON`."""
UNLISTED = "schema.unlisted"
_ANEW = "schema.anew"
_MOST_CUT, _SHORT = 10_000, 4_000
Row: TypeAlias = tuple[str, str, str | None, datetime, datetime, datetime, int, int]
"""Event, source, structure, day, first and last moment, rows, the last row's number."""

_LOOK = """SELECT event, coalesce(source, ''), try(json_structure(properties)), date_trunc('day', occurred_at)::TIMESTAMP,
  min(occurred_at), max(occurred_at), count(*), max(seq)
FROM events WHERE seq > ? AND seq <= ? AND event IS NOT NULL AND occurred_at IS NOT NULL GROUP BY ALL"""
_TABLES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "seen_events": (("event", "source"), {
        "first_seen": "least", "last_seen": "greatest", "amount": "+", "cut": "+",
    }),
    "seen_properties": (("event", "property", "type"), {
        "first_seen": "least", "last_seen": "greatest", "amount": "+", "example": "greatest",
    }),
    "seen_days": (("event", "property", "type", "day"), {"amount": "+"}),
}  # fmt: skip
"""Keys of each table, and how what is new joins what is there."""
_FEWER_DAYS = """DELETE FROM seen_days WHERE (event, day) IN (
  SELECT event, day FROM seen_days WHERE type = '' AND event IN (SELECT unnest(?::VARCHAR[]))
  QUALIFY row_number() OVER (PARTITION BY event ORDER BY day DESC) > ?)"""


def look(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> list[Row]:
    """Return the structures of new rows, in a transaction that only reads."""
    return cursor.execute(_LOOK, [since, until]).fetchall()


def settle(cursor: duckdb.DuckDBPyConnection, since: int, until: int, found: list[Row]) -> int:  # noqa: ARG001
    """Count what was found; return the number come to: 0 when rows were changed or removed, to count all anew."""
    removed = state(cursor, "removed:events")
    if state(cursor, _ANEW) != removed:
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        keep(cursor, UNLISTED, "0")
        keep(cursor, _ANEW, removed)
        return 0
    tally = _known(cursor, {row[0] for row in found})
    for row in sorted(found, key=lambda one: one[7]):
        tally.add(row)
    for table, rows in zip(_TABLES, (tally.events, tally.properties, tally.days), strict=True):
        _join(cursor, table, rows)
    cursor.execute(_FEWER_DAYS, [sorted({row[0] for row in found}), MOST_DAYS])
    keep(cursor, UNLISTED, str(int(state(cursor, UNLISTED) or 0) + tally.unlisted))
    return until


def due(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether everything is to be counted anew, though no event is new."""
    return state(cursor, _ANEW) != state(cursor, "removed:events")


@dataclass(slots=True)
class Tally:
    """What is to be written: values by key, in the order of the tables' columns. `known` are names of events, and of
    their properties where the event has new rows; `room` is for how many more properties there is."""

    known: dict[str, set[str]]
    room: int
    events: dict[tuple[Any, ...], list[Any]] = field(default_factory=dict)
    properties: dict[tuple[Any, ...], list[Any]] = field(default_factory=dict)
    days: dict[tuple[Any, ...], list[Any]] = field(default_factory=dict)
    unlisted: int = 0

    def add(self, row: Row) -> None:
        """Count rows of one event and structure."""
        event, source, structure, day, first, last, amount, example = row
        names = self.known.get(event)
        if names is None:
            if len(self.known) >= MOST_EVENTS:
                self.unlisted += amount
                return
            names = self.known[event] = set()
        cut = 0
        for name, kind in _types(structure or ""):
            if name not in names and not self._admitted(names, name):
                cut = amount
                continue
            _count(self.properties, (event, name, kind), [first, last, amount, example], max)
            self._day((event, name, kind, day), amount)
        self._day((event, "", "", day), amount)
        _count(self.events, (event, source), [first, last, amount, cut], add)

    def _admitted(self, names: set[str], name: str) -> bool:
        if len(names) >= MOST_PROPERTIES or self.room <= 0:
            return False
        names.add(name)
        self.room -= 1
        return True

    def _day(self, key: tuple[Any, ...], amount: int) -> None:
        self.days.setdefault(key, [0])[0] += amount


def _count(
    into: dict[tuple[Any, ...], list[Any]], key: tuple[Any, ...], given: list[Any], last: Callable[[int, int], int]
) -> None:
    """Join first and last moment, amount, and by `last` what stands after those."""
    now = into.get(key)
    into[key] = (
        given
        if now is None
        else [min(now[0], given[0]), max(now[1], given[1]), now[2] + given[2], last(now[3], given[3])]
    )


def _types(structure: str) -> tuple[tuple[str, str], ...]:
    """Return name and type of the first properties of a structure; nothing where it is no object."""
    return _cached(structure) if len(structure) < _SHORT else _read(structure)


def _read(structure: str) -> tuple[tuple[str, str], ...]:
    try:
        given = json.loads(structure) if structure else None
    except (ValueError, RecursionError):
        return ()
    if not isinstance(given, dict):
        return ()
    return tuple((name, _type(kind)) for name, kind in list(given.items())[:_MOST_CUT])


_cached = lru_cache(maxsize=1_024)(_read)


def _type(kind: Any) -> str:
    if isinstance(kind, str):
        return TYPES.get(kind, "number")
    return "object" if isinstance(kind, dict) else "array"


def _known(cursor: duckdb.DuckDBPyConnection, names: Iterable[str]) -> Tally:
    known: dict[str, set[str]] = {
        event: set() for (event,) in cursor.execute("SELECT DISTINCT event FROM seen_events").fetchall()
    }
    rows = cursor.execute(
        "SELECT DISTINCT event, property FROM seen_properties WHERE event IN (SELECT unnest(?::VARCHAR[]))",
        [sorted(names)],
    ).fetchall()
    for event, name in rows:
        known[event].add(name)
    counted = cursor.execute("SELECT count(DISTINCT (event, property)) FROM seen_properties").fetchall()
    return Tally(known, MOST_IN_ALL - int(counted[0][0]))


def _join(cursor: duckdb.DuckDBPyConnection, table: str, rows: dict[tuple[Any, ...], list[Any]]) -> None:
    """Join new values with those of the table: one statement for known keys, one for new ones."""
    if not rows:
        return
    keys, values = _TABLES[table]
    names = (*keys, *values)
    columns = zip(*((*key, *given) for key, given in rows.items()), strict=True)
    given = pa.table(dict(zip(names, columns, strict=True)))  # noqa: F841 - the statements name it
    how = ", ".join(
        f"{name} = {table}.{name} + g.{name}" if by == "+" else f"{name} = {by}({table}.{name}, g.{name})"
        for name, by in values.items()
    )
    same = " AND ".join(f"{table}.{key} = g.{key}" for key in keys)
    cursor.execute(f"UPDATE {table} SET {how} FROM given g WHERE {same}")  # noqa: S608
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(names)} FROM given g"  # noqa: S608
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same})"
    )
