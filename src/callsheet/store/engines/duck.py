"""The embedded engine: DuckDB in one file of the workspace folder.

One process holds the file. Reading goes through a cursor of its own per call, so any thread may read;
writing takes a lock and one transaction.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from callsheet.base.errors import Busy, CallsheetError, Conflict, NotFound
from callsheet.base.ids import new_id
from callsheet.base.time import utc_now
from callsheet.store.engines.duck_copy import copy_whole, remove_files
from callsheet.store.engines.duck_failures import check_whole, connect, told
from callsheet.store.engines.duck_gate import Gate
from callsheet.store.engines.duck_merge import Staging, create_tables
from callsheet.store.engines.duck_undo import undo_batch
from callsheet.store.schema import STREAM, TABLES
from callsheet.store.warehouse import BatchInfo, Counts

_CHECKPOINT = "64MB"
"""Size of the log at which it is worked into the file, which holds writers up for some 0.4 s. A killed process's log
is read at the next start: 0.2 s for this much."""
_PATIENCE = 5.0
"""Seconds that those who read have to finish, when the file is exchanged."""


@cache
def _unbound() -> Mapping[str, Any]:
    types = {name: table.types for name, table in TABLES.items()} | STREAM
    return {name: ibis.table(given, name=name) for name, given in types.items()}


class DuckWarehouse:
    """`Warehouse` over DuckDB. `path` None keeps it in memory (tests)."""

    def __init__(self, path: Path | None, memory_limit: str = "700MB") -> None:
        self._path, self._memory_limit = path, memory_limit
        self._root = self._connect()
        self._write, self._gate, self._landing = threading.RLock(), Gate(), Gate()
        self._moved, self._closed = 0, False
        self._tables = _unbound()
        self._version = self._root.execute("SELECT coalesce(max(number), 0) FROM batch_log").fetchall()[0][0]

    def _connect(self) -> duckdb.DuckDBPyConnection:
        root = connect(self._path)
        with told():
            root.execute("SET TimeZone = 'UTC'")
            root.execute(f"SET memory_limit = '{self._memory_limit}'")
            root.execute("SET preserve_insertion_order = false")
            root.execute(f"SET wal_autocheckpoint = '{_CHECKPOINT}'")
            check_whole(root, self._path)
            create_tables(root)
        return root

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor. After a fatal failure (a full disk) the engine refuses everything: open it anew."""
        with told(), self._gate.use():
            root = self._root
            try:
                with root.cursor() as cursor:
                    yield cursor
            except (duckdb.FatalException, duckdb.ConnectionException) as why:
                if root is not self._root:
                    raise Busy("The warehouse was written anew just now.", 1, "Try again.") from why
                self._reopen(root)
                raise

    def _reopen(self, root: duckdb.DuckDBPyConnection) -> None:
        """Open the file anew. When that fails too, the next use finds it closed and tries again."""
        if self._path is None or self._closed:
            return
        with self._write, suppress(duckdb.Error, CallsheetError):
            if root is self._root:
                self._root.close()
                self._root = self._connect()

    @property
    def kept(self) -> bool:
        """Whether the facts are in a file, and not in memory only."""
        return self._path is not None

    def tables(self) -> Mapping[str, Any]:
        """Name -> unbound Ibis table."""
        return self._tables

    @property
    def version(self) -> int:
        """Grows with every batch and every undo, and at most once a minute for the stream."""
        return int(self._version)

    @property
    def moved(self) -> int:
        """Grows with every change of the facts, the stream's included. Begins anew with each process."""
        return self._moved

    def run(self, expr: Any, limit: int | None = None, given: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Compile the expression for DuckDB and return its rows. It may name tables that are `given` along."""
        if limit is not None:
            expr = expr.limit(limit)
        sql = str(ibis.to_sql(expr.as_table(), dialect="duckdb", pretty=False))
        with self._cursor() as cursor:
            for name, table in (given or {}).items():
                cursor.register(name, table)
            return cursor.sql(sql).to_arrow_table()

    @contextmanager
    def batch(self, source: str, kind: str, **details: Any) -> Iterator[DuckBatch]:
        """Open one transaction that lands facts; see `Warehouse.batch`."""
        with self.landing(), self._cursor() as cursor:
            actor, file = details.pop("actor", ""), details.pop("file", "")
            info = BatchInfo(new_id("imp"), source, kind, file, actor, landed_at=utc_now(), details=details)
            batch = DuckBatch(cursor, info, self._write)
            try:
                yield batch
                batch.finish()
                cursor.execute("COMMIT")
                self.grow()
            finally:
                batch.end()

    def landing(self) -> AbstractContextManager[None]:
        """Keep the file from being written anew; see `Warehouse.landing`."""
        return self._landing.use()

    @contextmanager
    def change(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor inside one transaction, alone among writers; for what the engine's own parts keep beside
        facts. Commits when the block ends well, else nothing happened. Call `grow` for readers to take notice."""
        with self._write, self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor inside one transaction that only reads: all its statements see the same facts."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                yield cursor
            finally:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")

    def grow(self, version: bool = True) -> None:
        """Count a change: `moved` always, `version` unless told otherwise."""
        with self._write:
            self._moved += 1
            self._version += version

    @contextmanager
    def without_batches(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait until no batch is under way, and let none begin until the end: it waits instead. `waiting` is called once
        if there is one. Busy when the warehouse is closed meanwhile."""
        told = False

        def look() -> None:
            nonlocal told
            if self._closed:
                raise Busy("Callsheet is being stopped.", 1, "It goes on at the next start.")
            if not told:
                waiting()
            told = True

        with self._landing.quiet(look):
            yield

    def rewrite(self) -> None:
        """Copy everything into a new file that takes the place of the old one, whose unused parts may still hold what
        was deleted. Writers wait, and so do readers for the moment of the exchange; whoever then still reads after
        some seconds is told to try again. A batch under way would be cut off like that: see `without_batches`."""
        if self._path is None:
            return
        fresh = self._path.with_suffix(".fresh")
        with self._write:
            remove_files(fresh)
            with self._cursor() as cursor:
                copy_whole(cursor, self._path.stem, fresh)
            with self._gate.alone(_PATIENCE):
                self._root.close()
                try:
                    fresh.replace(self._path)
                finally:
                    self._root = self._connect()

    def undo(self, batch: str) -> BatchInfo:
        """Take a batch back; see `Warehouse.undo`. Conflict when it is undone already."""
        with self._write:
            info = self.batches(batch)[0]
            if info.state == "undone":
                raise Conflict(f"Import {batch} has been undone already.", "Import the file again to bring it back.")
            with self.change() as cursor:
                undo_batch(cursor, batch)
            self.grow()
        info.state = "undone"
        return info

    def batches(self, batch: str | None = None) -> list[BatchInfo]:
        """Batches, newest first; NotFound for an unknown id."""
        where, given = ("WHERE id = ?", [batch]) if batch else ("", [])
        with self._cursor() as cursor:
            rows = cursor.execute(
                "SELECT id, source, kind, file, actor, state, landed_at, counts, quarantined, details"
                f" FROM batch {where} ORDER BY number DESC",
                given,
            ).fetchall()
        if batch and not rows:
            raise NotFound(f"There is no import {batch}.", "`callsheet import --list` shows them.")
        return [_info(row) for row in rows]

    def quarantined(self, batch: str) -> list[dict[str, Any]]:
        """Rows set aside by a batch, by line."""
        with self._cursor() as cursor:
            found = cursor.execute(
                "SELECT line, raw, error FROM quarantine WHERE batch = ? ORDER BY line", [batch]
            ).fetchall()
        return [{"line": line, "raw": raw, "error": error} for line, raw, error in found]

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        parts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in TABLES)
        with self._cursor() as cursor:
            return {str(name): int(number) for name, number in cursor.execute(parts).fetchall()}

    def close(self) -> None:
        """Write what is pending and let go of the file."""
        self._closed = True
        self._root.close()


class DuckBatch(Staging):
    """A batch in a DuckDB transaction. Facts are staged in temporary tables and merged once, at the end."""

    def finish(self) -> None:
        """Merge everything staged and write the batch's record."""
        self.keep_aside()
        for table in self.staged:
            self.info.counts[table] = self.merge_staged(table)
        self.cursor.execute(
            "INSERT INTO batch SELECT nextval('batch_number'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
            [
                self.info.id, self.info.source, self.info.kind, self.info.file, self.info.actor, "landed",
                self.info.landed_at, json.dumps({name: asdict(c) for name, c in self.info.counts.items()}),
                self.info.quarantined, json.dumps(self.info.details, default=str),
            ],
        )  # fmt: skip
        self.cursor.execute(
            "INSERT INTO batch_log SELECT nextval('log_number'), ?, 'landed', ?", [self.info.id, utc_now()]
        )


def _info(row: tuple[Any, ...]) -> BatchInfo:
    counts = {name: Counts(**given) for name, given in json.loads(row[7]).items()}
    number, source, kind, file, actor, state, landed_at = row[:7]
    return BatchInfo(number, source, kind, file, actor, state, landed_at, counts, row[8], json.loads(row[9]))
