"""Rows of numbered tables that went or changed: whoever follows the numbers has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def note_removed(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Note, in the transaction that does it, that rows of a numbered table go or change under their number. Whoever
    follows `seq` reads the table anew when `removed:<table>` in `stream_state` has grown."""
    name = f"removed:{table}"
    found = cursor.execute("UPDATE stream_state SET value = (value::BIGINT + 1)::VARCHAR WHERE name = ?", [name])
    if not found.fetchall()[0][0]:
        cursor.execute("INSERT INTO stream_state VALUES (?, '1')", [name])
