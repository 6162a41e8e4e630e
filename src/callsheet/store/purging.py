"""Keeping deleted persons out of what imports and connectors bring in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_STATEMENTS = tuple(
    f"{what} WHERE sha256((SELECT value FROM stream_state WHERE name = 'deleted:salt') || {column})"  # noqa: S608
    " IN (SELECT hash FROM deleted_persons)"
    " AND batch IN (SELECT batch FROM batch_log WHERE number > ? AND what = 'landed')"
    for what, column in (
        ("DELETE FROM events", "coalesce(distinct_id, person_id)"),
        ("DELETE FROM events", "person_id"),
        ("DELETE FROM persons", "person_id"),
        ("DELETE FROM exposures", "unit_id"),
        ("UPDATE feedback SET person_id = NULL", "person_id"),
    )
)


def purge(cursor: duckdb.DuckDBPyConnection, since: int) -> int:
    """Remove what batches after number `since` of the log said of deleted persons; return how many rows went."""
    if not cursor.execute("SELECT count(*) FROM deleted_persons").fetchall()[0][0]:
        return 0
    return sum(int(cursor.execute(one, [since]).fetchall()[0][0]) for one in _STATEMENTS)
