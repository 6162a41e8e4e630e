"""Taking a merge back, in DuckDB SQL.

Undoing a batch deletes its rows, restores what they replaced, and closes up a chain in which a later batch
had replaced them. A column that a later batch did not bring itself was inherited from the batch before it;
it is inherited anew, so that nothing of the undone batch lives on.
"""

from __future__ import annotations

import duckdb

from callsheet.base.time import utc_now
from callsheet.store.removed import note_removed
from callsheet.store.schema import TABLES, Table


def undo_batch(cursor: duckdb.DuckDBPyConnection, batch: str) -> None:
    """Take back one batch inside the caller's transaction."""
    for spec in TABLES.values():
        keys = ", ".join(spec.key)
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE hit AS SELECT DISTINCT {keys} FROM old_{spec.name} WHERE batch = ?", [batch]
        )
        replaced = bool(cursor.execute("SELECT count(*) FROM hit").fetchall()[0][0])
        _close_up(cursor, spec, batch)
        if replaced:
            _inherit_anew(cursor, spec, batch)
    cursor.execute("DROP TABLE IF EXISTS temp.hit")
    cursor.execute("UPDATE batch SET state = 'undone' WHERE id = ?", [batch])
    cursor.execute("INSERT INTO batch_log SELECT nextval('log_number'), ?, 'undone', ?", [batch, utc_now()])


def _close_up(cursor: duckdb.DuckDBPyConnection, spec: Table, batch: str) -> None:
    name, columns = spec.name, ", ".join(name for name in spec.types if name != "seq")
    same = _same(spec, "mine", "before")
    cursor.execute(
        f"UPDATE old_{name} AS before SET replaced_by = mine.replaced_by FROM old_{name} AS mine"
        f" WHERE mine.batch = $1 AND before.replaced_by = $1 AND {same}",
        {"1": batch},
    )
    cursor.execute(f"DELETE FROM old_{name} WHERE batch = ?", [batch])
    removed = cursor.execute(f"DELETE FROM {name} WHERE batch = ?", [batch]).fetchall()[0][0]
    if removed and spec.numbered:
        note_removed(cursor, name)
    cursor.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM old_{name} WHERE replaced_by = ?", [batch])
    cursor.execute(f"DELETE FROM old_{name} WHERE replaced_by = ?", [batch])


def _inherit_anew(cursor: duckdb.DuckDBPyConnection, spec: Table, batch: str) -> None:
    """Let the later versions of the rows that the batch had touched inherit from what is now before them."""
    hit = f"EXISTS (SELECT 1 FROM hit WHERE {_same(spec, 'hit', 'now')})"
    later = cursor.execute(
        f"SELECT id FROM batch WHERE number > (SELECT number FROM batch WHERE id = $1) AND id IN (SELECT batch FROM"
        f" {spec.name} UNION SELECT batch FROM old_{spec.name}) ORDER BY number",
        {"1": batch},
    ).fetchall()
    for (one,) in later:
        inherited = _inherited(cursor, spec, one)
        if not inherited:
            continue
        for table in (spec.name, f"old_{spec.name}"):
            empty = ", ".join(f"{column} = NULL" for column in inherited)
            cursor.execute(f"UPDATE {table} AS now SET {empty} WHERE now.batch = ? AND {hit}", [one])
            taken = ", ".join(f"{column} = before.{column}" for column in inherited)
            cursor.execute(
                f"UPDATE {table} AS now SET {taken} FROM old_{spec.name} AS before WHERE now.batch = $1"
                f" AND before.replaced_by = $1 AND {_same(spec, 'before', 'now')} AND {hit}",
                {"1": one},
            )


def _inherited(cursor: duckdb.DuckDBPyConnection, spec: Table, batch: str) -> list[str]:
    """Columns of a table that a batch did not bring; none for a batch from before they were kept."""
    found = cursor.execute("SELECT field FROM batch_given WHERE batch = ? AND fact = ?", [batch, spec.name]).fetchall()
    given = {field for (field,) in found}
    return [column for column in spec.columns if column not in given and column not in spec.key] if given else []


def _same(spec: Table, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{key} IS NOT DISTINCT FROM {other}.{key}" for key in spec.key)
