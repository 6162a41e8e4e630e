"""What events of files and connectors say of persons and accounts: the merges and traits that the stream reads off at
once are read here when a batch lands, and go again with it.

A merge or trait that only a batch tells of has the batch's id as its `source`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callsheet.model.intake import Merge

if TYPE_CHECKING:
    import duckdb

_MOST_ID, _MOST_NAME = 1_000, 400
_LOG = "SELECT l.batch, l.what, b.counts FROM batch_log l JOIN batch b ON b.id = l.batch WHERE l.number > ?"
_REPLACED = "SELECT DISTINCT batch FROM old_events WHERE replaced_by IN (SELECT unnest(?::VARCHAR[]))"
_EVERY = "SELECT DISTINCT batch FROM events WHERE batch <> 'stream'"
_TOLD = """CREATE OR REPLACE TEMP TABLE told AS
SELECT event_id, batch, occurred_at, coalesce(distinct_id, person_id) AS whom, account_id, event, properties
FROM events WHERE batch IN (SELECT unnest(?::VARCHAR[])) AND occurred_at IS NOT NULL
  AND CASE WHEN event = '$groupidentify' OR contains(properties, '"$set') OR contains(properties, '"$unset"')
    THEN json_valid(properties) ELSE false END"""
"""Only what may tell something is read as JSON: that is what takes time."""
_ENDS = """SELECT event_id, batch, source, occurred_at, coalesce(distinct_id, person_id) AS into_id,
  CASE event WHEN '$identify' THEN 'identify' ELSE 'alias' END AS how,
  CASE WHEN NOT coalesce(json_valid(properties), false) THEN NULL
    WHEN event = '$identify' THEN coalesce(properties ->> '$."$anon_distinct_id"', properties ->> '$.anonymousId')
    ELSE coalesce(properties ->> '$.alias', properties ->> '$.previousId') END AS from_id
FROM events WHERE occurred_at IS NOT NULL AND CASE WHEN event IN ('$identify', '$create_alias', '$merge_dangerously')
  THEN json_valid(properties) ELSE false END"""
_SAID = f"""SELECT batch, from_id, into_id, how, event_id, occurred_at FROM ({_ENDS})
WHERE batch IN (SELECT unnest(?::VARCHAR[])) AND from_id <> '' AND into_id <> '' AND from_id <> into_id
  AND length(from_id) <= {_MOST_ID} AND length(into_id) <= {_MOST_ID}
  AND sha256((SELECT value FROM stream_state WHERE name = 'deleted:salt') || from_id)
    NOT IN (SELECT hash FROM deleted_persons)
ORDER BY batch, occurred_at, event_id"""  # noqa: S608
_LOST = f"""SELECT merge_id FROM merges m WHERE how <> 'manual' AND NOT EXISTS (SELECT 1 FROM ({_ENDS}) e
  WHERE e.event_id = m.event_id AND e.from_id = m.from_id AND e.into_id = m.into_id AND e.how = m.how)"""  # noqa: S608
_ELSE = f"""CREATE OR REPLACE TEMP TABLE said_else AS
SELECT m.merge_id, min(e.occurred_at) AS merged_at, arg_min(e.event_id, e.occurred_at) AS event_id,
  arg_min(CASE e.batch WHEN 'stream' THEN e.source ELSE e.batch END, e.occurred_at) AS source
FROM merges m JOIN ({_ENDS}) e ON e.from_id = m.from_id AND e.into_id = m.into_id AND e.how = m.how
WHERE m.merge_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY 1"""  # noqa: S608
_OBJECT = """CASE json_type({0}) WHEN 'OBJECT' THEN {0} WHEN 'VARCHAR' THEN
  CASE WHEN json_type(try_cast({0} ->> '$' AS JSON)) = 'OBJECT' THEN try_cast({0} ->> '$' AS JSON) END END"""
_GROUP = "coalesce(properties ->> '$.\"$group_key\"', account_id)"
_TRAITS = """INSERT INTO traits (unit, unit_id, name, value, since_at, source, once)
SELECT unit, unit_id, one.key, coalesce(one.value::VARCHAR, 'null'), occurred_at, batch, once FROM (
  SELECT '{unit}' AS unit, {whom} AS unit_id, occurred_at, batch, event_id, {once} AS once,
    unnest(map_entries(({given})::MAP(VARCHAR, JSON))) AS one
  FROM told WHERE {when} AND {whom} <> '' AND length({whom}) <= {most_id})
WHERE length(one.key) BETWEEN 1 AND {most_name} ORDER BY occurred_at, event_id"""

_PROFILED = "(properties ->> '$.\"$process_person_profile\"') IS DISTINCT FROM 'false'"
_UNSET = f"""INSERT INTO traits (unit, unit_id, name, value, since_at, source, once)
SELECT 'person', whom, name, 'null', occurred_at, batch, false FROM (
  SELECT whom, occurred_at, batch, event_id, unnest(CASE json_type(properties, '$."$unset"')
    WHEN 'ARRAY' THEN properties ->> '$."$unset"[*]' WHEN 'OBJECT' THEN json_keys(properties, '$."$unset"') END) AS name
  FROM told WHERE {_PROFILED} AND whom <> '' AND length(whom) <= {_MOST_ID})
WHERE length(name) BETWEEN 1 AND {_MOST_NAME} ORDER BY occurred_at, event_id"""  # noqa: S608


def touched(cursor: duckdb.DuckDBPyConnection, since: int) -> tuple[list[str], bool]:
    """Return the batches whose events came, went or were replaced after number `since` of the log, and whether any
    went or was replaced."""
    batches: set[str] = set()
    gone = False
    for batch, what, counts in cursor.execute(_LOG, [since]).fetchall():
        events = json.loads(counts or "{}").get("events")
        if events:
            batches.add(batch)
            gone |= what == "undone" or bool(events["updated"])
    if gone:
        batches |= {str(one) for (one,) in cursor.execute(_EVERY).fetchall()}
        batches |= {str(one) for (one,) in cursor.execute(_REPLACED, [sorted(batches)]).fetchall()}
    return sorted(batches), gone


def merges(cursor: duckdb.DuckDBPyConnection, batches: list[str]) -> list[tuple[str, Merge]]:
    """Return the merges that events of these batches tell of, each with its batch."""
    found = cursor.execute(_SAID, [batches]).fetchall()
    return [(batch, Merge(from_id, into_id, how, event_id, at)) for batch, from_id, into_id, how, event_id, at in found]


def named(cursor: duckdb.DuckDBPyConnection, batches: list[str]) -> set[str]:
    """Return the ids that merges of these batches name."""
    found = cursor.execute(
        "SELECT unnest([from_id, into_id]) FROM merges WHERE source IN (SELECT unnest(?::VARCHAR[]))", [batches]
    ).fetchall()
    return {str(one) for (one,) in found}


def forget_merges(cursor: duckdb.DuckDBPyConnection, batches: list[str]) -> bool:
    """Put right the merges whose event is gone or says something else now: another event may say the same, else they
    go as well, unless somebody has undone them. Whether there were any. What no batch brought is left as it is."""
    lost = [str(one) for (one,) in cursor.execute(_LOST).fetchall()]
    if not lost:
        return False
    cursor.execute(_ELSE, [lost])
    moved = cursor.execute(
        "UPDATE merges SET merged_at = s.merged_at, event_id = s.event_id, source = s.source FROM said_else s"
        " WHERE merges.merge_id = s.merge_id"
    )
    changed = _one(moved)
    gone = cursor.execute(
        "DELETE FROM merges WHERE undone_at IS NULL AND merge_id IN (SELECT unnest($1::VARCHAR[]))"
        " AND merge_id NOT IN (SELECT merge_id FROM said_else) AND source IN (SELECT unnest($2::VARCHAR[]))",
        [lost, batches],
    )
    changed += _one(gone)
    cursor.execute("DROP TABLE temp.said_else")
    return changed > 0


def traits(cursor: duckdb.DuckDBPyConnection, batches: list[str]) -> None:
    """Write the traits anew that events of these batches tell of."""
    cursor.execute(
        "INSERT INTO unsettled SELECT DISTINCT t.unit, coalesce(p.person_id, t.unit_id) FROM traits t LEFT JOIN"
        " person_ids p ON t.unit = 'person' AND p.distinct_id = t.unit_id WHERE t.source IN (SELECT unnest(?::VARCHAR[]))"
        " EXCEPT SELECT unit, unit_id FROM unsettled",
        [batches],
    )
    cursor.execute("DELETE FROM traits WHERE source IN (SELECT unnest(?::VARCHAR[]))", [batches])
    cursor.execute(_TOLD, [batches])
    for unit, name, whom, once in (
        ("person", "$set", "whom", "false"), ("person", "$set_once", "whom", "true"),
        ("account", "$group_set", _GROUP, "false"),
    ):  # fmt: skip
        given = _OBJECT.format(f"(properties -> '$.\"{name}\"')")
        when = "event = '$groupidentify'" if unit == "account" else _PROFILED
        cursor.execute(
            _TRAITS.format(
                unit=unit, whom=whom, once=once, given=given, when=f"{when} AND ({given}) IS NOT NULL",
                most_id=_MOST_ID, most_name=_MOST_NAME,
            )
        )  # fmt: skip
    cursor.execute(_UNSET)
    cursor.execute("DROP TABLE temp.told")


def _one(cursor: duckdb.DuckDBPyConnection) -> int:
    return int(cursor.fetchall()[0][0])
