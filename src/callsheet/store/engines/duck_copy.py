"""Copying a whole DuckDB file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb


def copy_whole(cursor: duckdb.DuckDBPyConnection, name: str, fresh: Path) -> None:
    """Copy the database called `name` into a new file: tables, sequences with their state, nothing that was deleted."""
    where = str(fresh).replace("'", "''")
    cursor.execute(f"ATTACH '{where}' AS fresh")
    try:
        cursor.execute(f'COPY FROM DATABASE "{name}" TO fresh')
        cursor.execute("CHECKPOINT fresh")
    finally:
        cursor.execute("DETACH fresh")
    remove_files(Path(f"{fresh}.wal"))


def remove_files(*paths: Path) -> None:
    """Remove files where they exist."""
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
