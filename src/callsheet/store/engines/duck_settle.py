"""What follows from new rows, in DuckDB: persons of merged ids, then the settlers, each exactly once in effect."""

from __future__ import annotations

import logging
import time
from types import ModuleType
from typing import Any

import duckdb

from callsheet.base.errors import CallsheetError
from callsheet.base.parts import walk
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.identity import People

log = logging.getLogger("callsheet.stream")
SLICES = 0.1
"""Seconds of one round for a settler that takes rows in slices."""
COMPACT = 60.0
"""Least seconds between two rounds of adding up the rows of `intake_counts`."""
_COMPACT_FROM = 1000


class Settling:
    """Settles one warehouse; the write lock is held for one part at a time."""

    def __init__(self, house: DuckWarehouse, people: People) -> None:
        self._house, self._people = house, people
        self.known = False
        """Whether it is known whose the ids are."""
        self._modules: list[ModuleType] | None = None
        self._upto: dict[str, int] = {}
        self._compacted = 0.0
        self.behind = False
        """Whether a settler that takes rows in slices has some left to take."""

    def know(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Read whose the ids are, at the first use and after `forget`. Call it inside a transaction."""
        if not self.known:
            self._people.load(cursor)
            self.known = True

    def forget(self) -> None:
        """A transaction failed: what is in memory may be what never happened."""
        self.known = False

    def settle(self) -> bool:
        """Settle everything that is committed; whether there was anything new. A part that fails holds up no other
        and is tried again the next time; its error is raised at the end."""
        try:
            with self._house.change() as cursor:
                self.know(cursor)
                changed = self._people.settle(cursor) > 0
        except BaseException:
            self.forget()
            raise
        failed: Exception | None = None
        new = changed | self._passed("events") | self._passed("traits")
        self.behind = False
        for module in self._settlers():
            try:
                new |= self._slices(module) if hasattr(module, "look") else self._run(module)
            except (CallsheetError, duckdb.Error, ArithmeticError, LookupError, TypeError, ValueError) as why:
                log.exception("settling %s failed", module.__name__)
                failed = failed or why
        self._compact()
        if new:
            self._house.grow(version=False)
        if failed is not None:
            raise failed
        return new

    def _settlers(self) -> list[ModuleType]:
        if self._modules is None:
            self._modules = list(walk("callsheet.store.settlers"))
        return self._modules

    def _passed(self, table: str) -> bool:
        """Whether the table has rows that came since the last look."""
        last = self._upto.get(table, -1)
        with self._house.reading() as cursor:
            found = _span(cursor, table, last)[1]
        self._upto[table] = max(found, last)
        return found > last

    def _run(self, module: ModuleType) -> bool:
        """Run one settler on what is new to it, and note how far it has come, in one transaction; part by part, where
        it prepares them. Whether there was anything."""
        name, table = f"settled:{module.__name__.rpartition('.')[2]}", getattr(module, "FOLLOWS", "events")
        took = False
        while self._upto.get(name, -1) < self._upto[table]:
            took |= self._part(module, name, table)
        return took

    def _part(self, module: ModuleType, name: str, table: str) -> bool:
        given: list[Any] = []
        with self._house.reading() as cursor:
            since = int(_state(cursor, name) or 0)
            first, last = _span(cursor, table, since)
            if last > since and hasattr(module, "prepare"):
                last = min(last, first + module.AT_ONCE - 1)
                given = [module.prepare(cursor, since, last)]
        if last > since:
            with self._house.change() as cursor:
                module.settle(cursor, since, last, *given)
                _keep(cursor, name, str(last))
        self._upto[name] = max(last, since)
        return last > since

    def _slices(self, module: ModuleType) -> bool:
        """Let a settler take new rows slice by slice for a while; whether it took any."""
        end, took = time.monotonic() + SLICES, False
        while self._slice(module):
            took = True
            if time.monotonic() > end:
                self.behind = True
                break
        return took

    def _slice(self, module: ModuleType) -> bool:
        """Take one slice: what is read of it keeps nobody out. Whether there was anything to do."""
        name = f"settled:{module.__name__.rpartition('.')[2]}"
        with self._house.reading() as cursor:
            since = int(_state(cursor, name) or 0)
            first, last = _span(cursor, "events", since)
            until = min(last, first + module.AT_ONCE - 1)
            if until <= since and not module.due(cursor):
                return False
            found = module.look(cursor, since, until)
        with self._house.change() as cursor:
            _keep(cursor, name, str(module.settle(cursor, since, max(since, until), found)))
        return True

    def _compact(self) -> None:
        """Add up the rows of `intake_counts`, of which each group commit adds a few."""
        if time.monotonic() - self._compacted < COMPACT:
            return
        self._compacted = time.monotonic()
        with self._house.change() as cursor:
            if _number(cursor, "SELECT count(*) FROM intake_counts", []) < _COMPACT_FROM:
                return
            cursor.execute(
                "CREATE OR REPLACE TEMP TABLE added_up AS SELECT source, hour, outcome, sum(amount)::BIGINT AS amount"
                " FROM intake_counts GROUP BY ALL"
            )
            cursor.execute("DELETE FROM intake_counts")
            cursor.execute("INSERT INTO intake_counts SELECT * FROM added_up")
            cursor.execute("DROP TABLE temp.added_up")


def _number(cursor: duckdb.DuckDBPyConnection, statement: str, given: list[int]) -> int:
    return int(cursor.execute(statement, given).fetchall()[0][0])


def _span(cursor: duckdb.DuckDBPyConnection, table: str, since: int) -> tuple[int, int]:
    """Return the first and the last number of a table's rows after a number; 0 where there are none."""
    found = cursor.execute(f"SELECT min(seq), max(seq) FROM {table} WHERE seq > ?", [since]).fetchall()[0]
    return int(found[0] or 0), int(found[1] or 0)


def _state(cursor: duckdb.DuckDBPyConnection, name: str) -> str:
    found = cursor.execute("SELECT value FROM stream_state WHERE name = ?", [name]).fetchall()
    return str(found[0][0]) if found else ""


def _keep(cursor: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    cursor.execute("DELETE FROM stream_state WHERE name = ?", [name])
    cursor.execute("INSERT INTO stream_state VALUES (?, ?)", [name, value])
