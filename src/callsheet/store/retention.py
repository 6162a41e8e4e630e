"""Raw input is kept for as long as the project file says; what was made of it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.workspace import Workspace

_OLD = "batch IN (SELECT id FROM batch WHERE landed_at < $until)"
_RAW = {"landing": _OLD, "quarantine": _OLD, "refused": "received_at < $until"}
_FOLDERS = ("landing", "uploads")


def forget_raw(workspace: Workspace, now: datetime) -> dict[str, int]:
    """Remove raw lines, rows set aside, refused events and raw files of before `[usage] keep_raw_days`; return how
    many of each went. What was removed can no longer be tried again. Nothing happens when the setting is 0."""
    days = workspace.config.usage.keep_raw_days
    if not days or not isinstance(workspace.facts, DuckWarehouse):
        return {}
    until, removed = now - timedelta(days=days), {}
    with workspace.facts.change() as cursor:
        for table, old in _RAW.items():
            gone = cursor.execute(f"DELETE FROM {table} WHERE {old}", {"until": until})  # noqa: S608
            removed[table] = int(gone.fetchall()[0][0])
    limit = until.replace(tzinfo=UTC).timestamp()
    old_files = [
        path
        for folder in _FOLDERS
        for path in (workspace.state / folder).glob("*")
        if path.is_file() and path.stat().st_mtime < limit
    ]
    for path in old_files:
        path.unlink(missing_ok=True)
    return removed | {"files": len(old_files)}
