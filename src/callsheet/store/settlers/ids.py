"""Keeps `person_ids`: of each distinct id whose it is, when it was seen and how often."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callsheet.store.identity import keep, state

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

AT_ONCE = 1_000_000
"""Numbers of rows looked at in one go."""
_FRESH = """SELECT coalesce(distinct_id, person_id) AS id, any_value(person_id) AS person_id,
  min(occurred_at) AS first_at, max(occurred_at) AS last_at, count(*) AS events, min(seq) AS first_seq,
  arg_max(account_id, occurred_at) FILTER (account_id IS NOT NULL) AS account_id,
  max(occurred_at) FILTER (account_id IS NOT NULL) AS account_at
FROM events WHERE seq > ? AND seq <= ? AND person_id IS NOT NULL GROUP BY 1"""
"""Rows without a person only tell something of one."""
_TOLD = """SELECT f.id, f.person_id,
  CASE WHEN p.distinct_id IS NULL OR f.account_at >= coalesce(p.account_at, f.account_at) THEN f.account_id
    ELSE p.account_id END AS account_id,
  greatest(p.account_at, f.account_at) AS account_at, least(p.first_at, f.first_at) AS first_at,
  greatest(p.last_at, f.last_at) AS last_at, coalesce(p.events, 0) + f.events AS events,
  least(p.first_seq, f.first_seq) AS first_seq,
  f.account_at >= coalesce(p.account_at, f.account_at) AND f.account_id IS DISTINCT FROM p.account_id AS moved
FROM fresh_ids f LEFT JOIN person_ids p ON p.distinct_id = f.id"""
_MOVED = """WITH moved AS (SELECT id, person_id FROM told_ids WHERE moved),
  ids AS (SELECT m.person_id, p.distinct_id AS id FROM moved m JOIN person_ids p USING (person_id) UNION FROM
    (SELECT person_id, id FROM moved))
SELECT DISTINCT ids.person_id FROM ids JOIN traits t ON t.unit = 'person' AND t.unit_id = ids.id"""
"""An account is a fact of persons of whom traits tell something; of others it is told by their events."""
_TAKEN_OUT = "DELETE FROM person_ids WHERE distinct_id IN (SELECT id FROM told_ids)"
_PUT_BACK = "INSERT INTO person_ids SELECT * EXCLUDE (moved) FROM told_ids"
"""Rows are replaced: DuckDB updates texts in place a hundred times slower than it deletes and inserts."""
_DUE = "INSERT INTO unsettled SELECT 'person', person_id FROM moved_ids EXCEPT SELECT unit, unit_id FROM unsettled"


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be written: rows of ids, and persons whose account changed. It holds while `removed` and `logged`
    are what the warehouse says of rows removed and of batches."""

    removed: str
    logged: str
    told: pa.Table
    moved: pa.Table


def prepare(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> Ahead:
    """Count the new events, without keeping anybody from writing."""
    fresh_ids = cursor.sql(_FRESH, params=[since, until]).to_arrow_table()  # noqa: F841 - the statement names it
    told_ids = cursor.sql(_TOLD).to_arrow_table()
    moved_ids = cursor.sql(_MOVED).to_arrow_table()
    return Ahead(state(cursor, "removed:events"), _logged(cursor), told_ids, moved_ids)


def settle(cursor: duckdb.DuckDBPyConnection, since: int, until: int, ahead: Ahead) -> None:
    """Write what was counted; count all of it anew after an import that changed or took back events."""
    logged = _logged(cursor)
    if state(cursor, "ids.log") != logged:
        since = _begin_anew(cursor) if _rewritten(cursor) else since
        keep(cursor, "ids.log", logged)
        ahead = prepare(cursor, since, until)
    elif (ahead.removed, ahead.logged) != (state(cursor, "removed:events"), logged):
        ahead = prepare(cursor, since, until)
    told_ids, moved_ids = ahead.told, ahead.moved  # noqa: F841 - the statements name them
    for step in (_DUE, _TAKEN_OUT, _PUT_BACK):
        cursor.execute(step)
    keep(cursor, "ids.seq", str(until))


def _logged(cursor: duckdb.DuckDBPyConnection) -> str:
    return str(cursor.execute("SELECT coalesce(max(number), 0) FROM batch_log").fetchall()[0][0])


def _begin_anew(cursor: duckdb.DuckDBPyConnection) -> int:
    cursor.execute("DELETE FROM person_ids WHERE person_id = distinct_id")
    cursor.execute(
        "UPDATE person_ids SET events = 0, first_at = NULL, last_at = NULL, account_id = NULL, account_at = NULL,"
        " first_seq = NULL"
    )
    return 0


def _rewritten(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether a batch since then changed or took back events, so that they cannot just be counted on."""
    found = cursor.execute(
        "SELECT l.what, b.counts FROM batch_log l JOIN batch b ON b.id = l.batch WHERE l.number > ?",
        [int(state(cursor, "ids.log") or 0)],
    ).fetchall()
    touched = [(what, json.loads(counts).get("events")) for what, counts in found]
    return any(counts and (what == "undone" or counts["updated"]) for what, counts in touched)
