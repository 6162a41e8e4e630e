"""Failures of DuckDB, told as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from callsheet.base.errors import CallsheetError, ConfigError, StorageFailed, WorkspaceBusy

_FULL = ("no space left", "out of disk", "max_temp_directory_size", "disk quota", "file too large")
_DAMAGED = ("corrupt", "checksum", "not a valid duckdb database", "could not read enough bytes", "serialization error")
_BACKUP = (
    "Stop Callsheet and restore .callsheet/warehouse.duckdb from a backup; or remove it and sync all sources again."
)


def connect(path: Path | None) -> duckdb.DuckDBPyConnection:
    """Open a file, or a warehouse in memory; WorkspaceBusy when another process holds it."""
    try:
        return duckdb.connect(str(path) if path else ":memory:")
    except duckdb.Error as why:
        words = str(why)
        if "lock" in words.lower() and isinstance(why, duckdb.IOException):
            mend = "Use `callsheet serve` and let commands go through it, or stop the other process."
            raise WorkspaceBusy("Another process holds this workspace's warehouse.", mend) from why
        raise known(why) or StorageFailed(f"The warehouse cannot be opened: {words}.", _BACKUP) from why


def check_whole(root: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Refuse a file that is shorter than what it holds: the engine would only notice when it reads there.

    Blocks in use are counted, not all blocks: the engine cuts free blocks off the end and still counts them.
    """
    if path is None:
        return
    found = root.execute("SELECT coalesce(max(block_size * used_blocks), 0) FROM pragma_database_size()").fetchall()
    if path.stat().st_size < int(found[0][0]):
        root.close()
        raise StorageFailed("The warehouse file is damaged: its end is missing.", _BACKUP)


@contextmanager
def told() -> Iterator[None]:
    """Turn what the engine cannot do into our errors; what is a mistake of ours stays as it is."""
    try:
        yield
    except duckdb.Error as why:
        error = known(why)
        if error is None:
            raise
        raise error from why


def known(why: duckdb.Error) -> CallsheetError | None:
    """Return our error for one of the engine, if it is the disk, the memory or the file."""
    words = str(why).lower()
    first = str(why).splitlines()[0].rstrip(".!")
    if any(sign in words for sign in _FULL):
        return StorageFailed("The disk is full: the warehouse could not be written.")
    if isinstance(why, duckdb.OutOfMemoryException):
        mend = "Raise memory_limit under [store] in callsheet.toml, or ask for a shorter period."
        return ConfigError("The warehouse has no memory left for this.", mend)
    if any(sign in words for sign in _DAMAGED):
        return StorageFailed(f"The warehouse file is damaged: {first}.", _BACKUP)
    if isinstance(why, duckdb.IOException | duckdb.FatalException):
        return StorageFailed(f"The warehouse file cannot be used: {first}.")
    return None
