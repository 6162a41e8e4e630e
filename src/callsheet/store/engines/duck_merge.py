"""Merging by natural key, in DuckDB SQL.

`old_<table>` keeps each row that a batch replaced, with the batch that replaced it (`replaced_by`), and
`batch_given` the columns that a batch brought, so that `duck_undo` can take a batch back. Names in the SQL
come from the schema, never from input.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import duckdb
import pyarrow as pa

from callsheet.base.errors import BadInput
from callsheet.base.working import heavy_work
from callsheet.store.engines.duck_naming import ONE_ID, known_again
from callsheet.store.removed import note_removed
from callsheet.store.schema import NUMBERED, STREAM, TABLES, Table
from callsheet.store.warehouse import BatchInfo, Counts, Rows

_SQL_TYPES = {
    "string": "VARCHAR", "timestamp(6)": "TIMESTAMP", "float64": "DOUBLE", "int64": "BIGINT", "boolean": "BOOLEAN",
}  # fmt: skip
_ARROW_TYPES = {
    "string": pa.string(), "timestamp(6)": pa.timestamp("us"), "float64": pa.float64(), "int64": pa.int64(),
    "boolean": pa.bool_(),
}  # fmt: skip
_CHUNK = 20_000
_HEAVY = 20_000
"""Rows of a batch from which on it takes memory to speak of."""


def create_tables(cursor: duckdb.DuckDBPyConnection) -> None:
    """Make what is missing: fact tables and columns, the batches' records, landing, quarantine. In one transaction and
    few statements, because each by itself is written to the disk and waited for."""
    cursor.execute("BEGIN")
    present = {row[0] for row in cursor.execute("SHOW TABLES").fetchall()}
    cursor.execute(_TABLES)
    for table in TABLES.values():
        if table.name in present:  # it may be of a version before this
            _add_columns(cursor, table)
    cursor.execute("COMMIT")


def _columns(table: str, types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {_column(table, name, kind)}" for name, kind in types.items())


def _column(table: str, name: str, kind: str) -> str:
    """The type; a table that numbers its rows does so by the default of `seq`."""
    return f"{_SQL_TYPES[kind]} DEFAULT nextval('{table}_seq')" if table and name == "seq" else _SQL_TYPES[kind]


def _add_columns(cursor: duckdb.DuckDBPyConnection, table: Table) -> None:
    present = {row[0] for row in cursor.execute(f"DESCRIBE {table.name}").fetchall()}
    for name, kind in table.types.items():
        if name not in present:
            cursor.execute(f"ALTER TABLE {table.name} ADD COLUMN {name} {_column(table.name, name, kind)}")
            cursor.execute(f"ALTER TABLE old_{table.name} ADD COLUMN {name} {_SQL_TYPES[kind]}")


def _statements() -> Iterator[str]:
    for name in (*NUMBERED, "traits"):
        yield f"SEQUENCE IF NOT EXISTS {name}_seq"
    for name, types in STREAM.items():
        yield f"TABLE IF NOT EXISTS {name} ({_columns(name, types)})"
    for table in TABLES.values():
        yield f"TABLE IF NOT EXISTS {table.name} ({_columns(table.name, table.types)})"
        yield f"TABLE IF NOT EXISTS old_{table.name} ({_columns('', table.types)}, replaced_by VARCHAR)"
    yield "SEQUENCE IF NOT EXISTS batch_number"
    yield "SEQUENCE IF NOT EXISTS log_number"
    yield (
        "TABLE IF NOT EXISTS batch (number BIGINT, id VARCHAR, source VARCHAR, kind VARCHAR, file VARCHAR,"
        " actor VARCHAR, state VARCHAR, landed_at TIMESTAMP, counts VARCHAR, quarantined BIGINT, details VARCHAR)"
    )
    yield "TABLE IF NOT EXISTS batch_log (number BIGINT, batch VARCHAR, what VARCHAR, done_at TIMESTAMP)"
    yield "TABLE IF NOT EXISTS batch_given (batch VARCHAR, fact VARCHAR, field VARCHAR)"
    yield "TABLE IF NOT EXISTS landing (batch VARCHAR, kind VARCHAR, line BIGINT, raw VARCHAR)"
    yield "TABLE IF NOT EXISTS quarantine (batch VARCHAR, line BIGINT, raw VARCHAR, error VARCHAR)"


_TABLES = "; ".join(f"CREATE {statement}" for statement in _statements())


class Staging:
    """Temporary tables of one batch. The write lock and the transaction begin with the first merge out of them, so
    that a batch which waits for its source holds up no other writer."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, info: BatchInfo, write: threading.RLock) -> None:
        self.cursor = cursor
        self.info = info
        self.staged: dict[str, set[str]] = {}
        self.aside: list[str] = []
        self._write, self._begun = write, False
        self._until_end, self._heavy = ExitStack(), False
        self._order = 0
        self._raw: list[tuple[str, int, str]] = []
        self._aside: list[tuple[int, str, str]] = []

    def begin(self) -> None:
        """Take the write lock and open the transaction, unless that is done."""
        if not self._begun:
            self._write.acquire()
            self._begun = True
            self.cursor.execute("BEGIN")

    def end(self) -> None:
        """Take back what was not committed, remove the temporary tables, and let the next writer in."""
        try:
            if self._begun:
                with suppress(duckdb.Error):  # there is no transaction any more after a commit
                    self.cursor.execute("ROLLBACK")
            with suppress(duckdb.Error):
                self._drop()
        finally:
            self._until_end.close()
            if self._begun:
                self._begun = False
                self._write.release()

    def merge(self, table: str, rows: Rows) -> None:
        """Stage rows; see `Batch.merge`."""
        spec = TABLES[table]
        given = rows if isinstance(rows, pa.Table) else _to_arrow(spec, rows)
        if given.num_rows == 0:
            return
        names = self._check(spec, given)
        columns = ", ".join(names)
        if table not in self.staged:
            self.cursor.execute(f"DROP TABLE IF EXISTS temp.stage_{table}")
            self.cursor.execute(f"CREATE TEMP TABLE stage_{table} AS SELECT 0::BIGINT AS n_, * FROM {table} LIMIT 0")
            self.staged[table] = set()
        self.staged[table] |= set(names)
        # Named in the statement, not registered: a registered table is held until the transaction ends.
        self.cursor.execute(
            f"INSERT INTO stage_{table} (n_, {columns}) SELECT {self._order} + row_number() OVER (), {columns} FROM given"
        )
        self._order += given.num_rows
        if self._order > _HEAVY and not self._heavy:
            self._heavy = True
            self._until_end.enter_context(heavy_work())

    def _check(self, spec: Table, given: pa.Table) -> list[str]:
        unknown = set(given.column_names) - set(spec.columns) - {"source"}
        if unknown:
            raise BadInput(f"Table {spec.name} has no column {', '.join(sorted(unknown))}.")
        missing = [name for name in spec.key if name not in given.column_names]
        if missing:
            raise BadInput(f"Rows for {spec.name} lack their key: {', '.join(missing)}.")
        return [name for name in given.column_names if name != "source"]

    def raw(self, kind: str, lines: Iterable[tuple[int, str]]) -> None:
        """Keep raw lines; see `Batch.raw`."""
        self._raw.extend((kind, number, text) for number, text in lines)
        if len(self._raw) >= _CHUNK:
            self.flush()

    def quarantine(self, line: int, raw: str, error: str) -> None:
        """Set a row aside; see `Batch.quarantine`."""
        self.info.quarantined += 1
        self._aside.append((line, raw, error))
        if len(self._aside) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Stage buffered raw lines and set-aside rows."""
        if self._raw:
            kinds, lines, texts = zip(*self._raw, strict=True)
            self._append("landing", {"kind": kinds, "line": lines, "raw": texts})
            self._raw = []
        if self._aside:
            lines, texts, errors = zip(*self._aside, strict=True)
            self._append("quarantine", {"line": lines, "raw": texts, "error": errors})
            self._aside = []

    def _append(self, table: str, columns: dict[str, Any]) -> None:
        given = pa.table(columns)  # noqa: F841 - the statement names it
        names = ", ".join(columns)
        if table not in self.aside:
            self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE stage_{table} AS SELECT * FROM {table} LIMIT 0")
            self.aside.append(table)
        self.cursor.execute(f"INSERT INTO stage_{table} (batch, {names}) SELECT ?, {names} FROM given", [self.info.id])

    def keep_aside(self) -> None:
        """Write the staged raw lines and set-aside rows into the transaction."""
        self.flush()
        self.begin()
        for table in self.aside:
            self.cursor.execute(f"INSERT INTO {table} SELECT * FROM stage_{table}")

    def merge_staged(self, table: str) -> Counts:
        """Merge one staged table into the facts. The last of rows with the same key wins."""
        self.begin()
        spec, run = TABLES[table], self.cursor.execute
        same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM s.{name}" for name in spec.key)
        kept = {name for name in spec.columns if name not in self.staged[table]}
        value = {name: f"t.{name}" if name in kept else f"s.{name}" for name in spec.columns}
        if table == "events":
            value |= (named := known_again(self.staged[table]))
            self.staged[table] |= set(named)
        given = [name for name in spec.columns if name not in kept and name not in spec.key]
        differs = " OR ".join(f"t.{name} IS DISTINCT FROM {value[name]}" for name in given) or "false"
        keys = ", ".join(spec.key)
        staged = _one(run(f"SELECT count(*) FROM stage_{table}"))
        run(
            f"CREATE OR REPLACE TEMP TABLE last_{table} AS SELECT * FROM {ONE_ID if table == 'events' else f'stage_{table}'}"
            f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY n_ DESC) = 1"
        )
        unique = _one(run(f"SELECT count(*) FROM last_{table}"))
        run(
            f"CREATE OR REPLACE TEMP TABLE match_{table} AS SELECT s.n_, t.rowid AS row_, ({differs}) AS differs,"
            f" {', '.join(f'{value[name]} AS {name}' for name in spec.columns)}"
            f" FROM last_{table} s JOIN {table} t ON {same}"
        )
        updated = _one(run(f"SELECT count(*) FROM match_{table} WHERE differs"))
        matched = _one(run(f"SELECT count(*) FROM match_{table}"))
        columns = ", ".join(spec.columns)
        tail = [self.info.source, self.info.id]
        run("INSERT INTO batch_given SELECT ?, ?, unnest(?)", [self.info.id, table, sorted(self.staged[table])])
        if updated:
            self._replace(spec, columns, tail)
        fresh = f"WHERE n_ NOT IN (SELECT n_ FROM match_{table})" if matched else ""
        in_order = "ORDER BY n_" if spec.numbered else ""  # rows of one moment stay as they were given
        fields = f"({columns}, source, batch) SELECT {columns}, ?, ?"
        run(f"INSERT INTO {table} {fields} FROM last_{table} {fresh} {in_order}", tail)
        return Counts(staged, unique - matched, updated, matched - updated, staged - unique)

    def _replace(self, spec: Table, columns: str, tail: list[str]) -> None:
        """Put changed rows in the place of old ones, which are kept for an undo."""
        table, run = spec.name, self.cursor.execute
        all_columns = ", ".join(spec.types)
        differing = f"(SELECT row_ FROM match_{table} WHERE differs)"
        run(
            f"INSERT INTO old_{table} ({all_columns}, replaced_by) SELECT {all_columns}, ? FROM {table}"
            f" WHERE rowid IN {differing}",
            [self.info.id],
        )
        run(f"DELETE FROM {table} WHERE rowid IN {differing}")
        if spec.numbered:
            note_removed(self.cursor, table)
        in_order = "ORDER BY n_" if spec.numbered else ""
        fields = f"({columns}, source, batch) SELECT {columns}, ?, ?"
        run(f"INSERT INTO {table} {fields} FROM match_{table} WHERE differs {in_order}", tail)

    def _drop(self) -> None:
        for table in self.aside:
            self.cursor.execute(f"DROP TABLE IF EXISTS temp.stage_{table}")
        for table in self.staged:
            for prefix in ("stage", "last", "match"):
                self.cursor.execute(f"DROP TABLE IF EXISTS temp.{prefix}_{table}")


def _to_arrow(spec: Table, rows: list[dict[str, Any]]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    types = spec.types
    unknown = [name for name in names if name not in types]
    if unknown:
        raise BadInput(f"Table {spec.name} has no column {', '.join(unknown)}.")
    schema = pa.schema([(name, _ARROW_TYPES[types[name]]) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def _one(cursor: duckdb.DuckDBPyConnection) -> int:
    return int(cursor.fetchall()[0][0])
