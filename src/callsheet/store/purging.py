"""Keeping deleted persons out of what imports and connectors bring in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callsheet.model.erasing import REMOVED
from callsheet.model.identity import SENT
from callsheet.store.removed import note_removed
from callsheet.store.schema import TABLES

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
_BESIDE = f"""FROM events WHERE batch IN (SELECT batch FROM batch_log WHERE number > ? AND what = 'landed')
  AND sha256((SELECT value FROM stream_state WHERE name = 'deleted:salt') || CASE WHEN contains(properties, '"{SENT}"') THEN
    CASE WHEN json_valid(properties) THEN properties ->> '$."{SENT}"' END END) IN (SELECT hash FROM deleted_persons)"""  # noqa: S608
"""An id among the properties, where a file names another person beside it."""
_COLUMNS = ", ".join(name for name in TABLES["events"].types if name != "seq")
_WITHOUT = f"""INSERT INTO events ({_COLUMNS}) SELECT * REPLACE
  (json_merge_patch(properties, json_object('{SENT}', '{REMOVED}'))::VARCHAR AS properties)
FROM (SELECT {_COLUMNS} {_BESIDE} ORDER BY seq)"""  # noqa: S608
"""Under new numbers: who follows them has read the old ones already."""


def purge(cursor: duckdb.DuckDBPyConnection, since: int) -> int:
    """Remove what batches after number `since` of the log said of deleted persons; return how many rows went, or went
    without an id of theirs."""
    if not cursor.execute("SELECT count(*) FROM deleted_persons").fetchall()[0][0]:
        return 0
    gone = sum(int(cursor.execute(one, [since]).fetchall()[0][0]) for one in _STATEMENTS)
    changed = int(cursor.execute(_WITHOUT, [since]).fetchall()[0][0])
    if changed:
        cursor.execute(f"DELETE {_BESIDE}", [since])
        note_removed(cursor, "events")
    return gone + changed
