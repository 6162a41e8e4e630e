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
_KNOWN = """UPDATE person_ids SET person_id = f.person_id, first_at = least(person_ids.first_at, f.first_at),
  last_at = greatest(person_ids.last_at, f.last_at), events = person_ids.events + f.events,
  first_seq = least(person_ids.first_seq, f.first_seq),
  account_id = CASE WHEN f.account_at >= coalesce(person_ids.account_at, f.account_at) THEN f.account_id
    ELSE person_ids.account_id END,
  account_at = greatest(person_ids.account_at, f.account_at)
FROM fresh_ids f WHERE person_ids.distinct_id = f.id"""
_NEW = """INSERT INTO person_ids
SELECT id, person_id, account_id, account_at, first_at, last_at, events, first_seq FROM fresh_ids f
WHERE NOT EXISTS (SELECT 1 FROM person_ids p WHERE p.distinct_id = f.id)"""


def settle(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
    """Count the new events; all of them anew after an import that changed or took back events."""
    logged = str(cursor.execute("SELECT coalesce(max(number), 0) FROM batch_log").fetchall()[0][0])
    if state(cursor, "ids.log") != logged:
        since = _begin_anew(cursor) if _rewritten(cursor) else since
        keep(cursor, "ids.log", logged)
    cursor.execute(_FRESH, [since, until])
    for step in (_MOVED, _KNOWN, _NEW):
        cursor.execute(step)
    cursor.execute("DROP TABLE fresh_ids")
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
