"""Keeps `person_ids`: of each distinct id whose it is, when it was seen and how often."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callsheet.store.identity import keep, state

if TYPE_CHECKING:
    import duckdb

_FRESH = """CREATE OR REPLACE TEMP TABLE fresh_ids AS
SELECT coalesce(distinct_id, person_id) AS id, any_value(person_id) AS person_id, min(occurred_at) AS first_at,
  max(occurred_at) AS last_at, count(*) AS events, min(seq) AS first_seq,
  arg_max(account_id, occurred_at) FILTER (account_id IS NOT NULL) AS account_id,
  max(occurred_at) FILTER (account_id IS NOT NULL) AS account_at
FROM events WHERE seq > ? AND seq <= ? AND coalesce(distinct_id, person_id) IS NOT NULL GROUP BY 1"""
_MOVED = """INSERT INTO unsettled
SELECT 'person', f.person_id FROM fresh_ids f LEFT JOIN person_ids p ON p.distinct_id = f.id
WHERE f.account_id IS DISTINCT FROM p.account_id AND f.account_at >= coalesce(p.account_at, f.account_at)
EXCEPT SELECT unit, unit_id FROM unsettled"""
_TOLD = """CREATE OR REPLACE TEMP TABLE told_ids AS
SELECT f.id, f.person_id,
  CASE WHEN p.distinct_id IS NULL OR f.account_at >= coalesce(p.account_at, f.account_at) THEN f.account_id
    ELSE p.account_id END AS account_id,
  greatest(p.account_at, f.account_at) AS account_at, least(p.first_at, f.first_at) AS first_at,
  greatest(p.last_at, f.last_at) AS last_at, coalesce(p.events, 0) + f.events AS events,
  least(p.first_seq, f.first_seq) AS first_seq
FROM fresh_ids f LEFT JOIN person_ids p ON p.distinct_id = f.id"""
_TAKEN_OUT = "DELETE FROM person_ids WHERE distinct_id IN (SELECT id FROM fresh_ids)"
_PUT_BACK = "INSERT INTO person_ids SELECT * FROM told_ids"
"""Rows are replaced: DuckDB updates texts in place a hundred times slower than it deletes and inserts."""


def settle(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
    """Count the new events; all of them anew after an import that changed or took back events."""
    logged = str(cursor.execute("SELECT coalesce(max(number), 0) FROM batch_log").fetchall()[0][0])
    if state(cursor, "ids.log") != logged:
        since = _begin_anew(cursor) if _rewritten(cursor) else since
        keep(cursor, "ids.log", logged)
    cursor.execute(_FRESH, [since, until])
    for step in (_MOVED, _TOLD, _TAKEN_OUT, _PUT_BACK):
        cursor.execute(step)
    cursor.execute("DROP TABLE fresh_ids")
    cursor.execute("DROP TABLE told_ids")
    keep(cursor, "ids.seq", str(until))


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
