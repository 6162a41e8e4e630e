"""Made-up events for the usage benchmarks: the same for the same size, written as Parquet by DuckDB.

Zipf-like activity, 40 event names, 180 days, 8 properties, 5% late, 1% duplicates, a tenth of the people first
anonymous and then identified, 2,000 accounts, one person for every 40 events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from callsheet.model.intake import Merge, Parcel

if TYPE_CHECKING:
    from callsheet.store.engines.duck import DuckWarehouse

BEGINS = datetime(2026, 5, 1)
DAYS = 180
NAMES = 40
ACCOUNTS = 2000
PARCEL = 50_000
_UNIFORM = """CREATE MACRO h(i, salt) AS hash(i::BIGINT * 1000003 + salt * 7919);
CREATE MACRO u(i, salt) AS (h(i, salt) >> 11) / 9007199254740992.0"""
_ROWS = """
CREATE TABLE made AS
WITH drawn AS (
  SELECT i, floor({persons} * pow(u(i, 1), 2.2))::BIGINT AS p,
    TIMESTAMP '{begins}' + to_microseconds((i::DOUBLE / {events} * {days} * 86400e6)::BIGINT) AS received_at,
    CASE WHEN u(i, 2) < 0.05 THEN u(i, 3) * 3 * 86400e6 ELSE u(i, 3) * 60e6 END AS behind,
    floor({names} * pow(u(i, 4), 1.8))::INT AS e
  FROM range({events}) AS r(i)
), placed AS (
  SELECT *, greatest(received_at - to_microseconds(behind::BIGINT), TIMESTAMP '{begins}') AS occurred_at,
    h(p, 7) % 10 = 0 AS first_anonymous,
    TIMESTAMP '{begins}' + to_microseconds((u(p, 8) * {days} * 86400e6)::BIGINT) AS identified_at
  FROM drawn
)
SELECT md5(i::VARCHAR) AS event_id, received_at, occurred_at,
  'event_' || lpad(e::VARCHAR, 2, '0') AS event,
  CASE WHEN first_anonymous AND occurred_at < identified_at THEN 'anon-' ELSE 'user-' END || p AS distinct_id,
  'user-' || p AS person_id, 'account-' || (h(p, 9) % {accounts}) AS account_id,
  ['free', 'team', 'business', 'enterprise'][1 + (h(p, 10) % 4)::INT] AS plan,
  'c' || floor(40 * pow(u(p, 11), 2))::INT AS country,
  ['desktop', 'phone', 'tablet'][1 + (h(p, 12) % 3)::INT] AS device,
  'browser ' || floor(6 * pow(u(i, 13), 2))::INT AS browser,
  '2026.' || (floor(i::DOUBLE / {events} * 24)::INT) AS version,
  '/page/' || floor(200 * pow(u(i, 14), 2))::INT AS page,
  round(u(i, 15) * 500, 2) AS amount, 1 + floor(u(i, 16) * 20)::INT AS items
FROM placed
UNION ALL
SELECT 'identify-' || p, t, t, '$identify', 'user-' || p, 'user-' || p, 'account-' || (h(p, 9) % {accounts}),
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (SELECT DISTINCT p, identified_at AS t FROM placed WHERE first_anonymous)
"""
_COPY = """
COPY (
  SELECT *, CASE WHEN event = '$identify' THEN '{{}}' ELSE
    to_json({{plan: plan, country: country, device: device, browser: browser, version: version, page: page,
              amount: amount, items: items}})::VARCHAR END AS properties
  FROM (SELECT * FROM made UNION ALL
        SELECT * REPLACE (received_at + INTERVAL 5 SECOND AS received_at) FROM made WHERE hash(event_id) % 100 = 7)
  ORDER BY received_at
) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 100000)
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A file of made-up events; `file` is Parquet with the columns that both engines load."""

    events: int
    file: Path


def make(events: int, folder: Path) -> Made:
    """Write the events, once for each folder and size."""
    file = folder / f"events-{events}.parquet"
    if not file.exists():
        engine = duckdb.connect(str(folder / "making.duckdb"))
        engine.execute("SET memory_limit = '3GB'; SET preserve_insertion_order = false")
        engine.execute(_UNIFORM)
        sizes = {"persons": max(events // 40, 100), "events": events, "days": DAYS, "names": NAMES}
        engine.execute(_ROWS.format(**sizes, begins=f"{BEGINS:%Y-%m-%d}", accounts=ACCOUNTS))
        engine.execute(_COPY.format(file=file))
        engine.close()
        (folder / "making.duckdb").unlink()
    return Made(events, file)


def parcels(made: Made) -> Iterator[Parcel]:
    """Yield the events as SDKs would bring them, in the order of their arrival, duplicates and merges included."""
    engine = duckdb.connect()
    wanted = "event_id, occurred_at, received_at, event, distinct_id, account_id, properties"
    reader = engine.sql(f"SELECT {wanted} FROM '{made.file}'").to_arrow_reader(PARCEL)
    for batch in reader:
        yield _parcel(batch)


_FILL = """
INSERT INTO events (event_id, occurred_at, event, person_id, account_id, properties, distinct_id, received_at, source, batch)
SELECT event_id, occurred_at, event, person_id, account_id, properties, distinct_id, received_at, 'bench', 'stream'
FROM (
  SELECT * FROM '{file}' WHERE hash(event_id) % 100 <> 7
  UNION ALL SELECT DISTINCT ON (event_id) * FROM '{file}' WHERE hash(event_id) % 100 = 7
)
"""
_MERGED = """
INSERT INTO merges (merge_id, from_id, into_id, how, source, event_id, merged_at)
SELECT 'mrg_' || event_id, replace(distinct_id, 'user-', 'anon-'), distinct_id, 'identify', 'bench', event_id, occurred_at
FROM events WHERE event = '$identify'
"""
_KNOWN = """
INSERT INTO person_ids (distinct_id, person_id) SELECT DISTINCT distinct_id, person_id FROM events
UNION SELECT from_id, into_id FROM merges
"""


def fill(made: Made, facts: DuckWarehouse) -> None:
    """Put the events where the stream would have put them, duplicates left out and merges settled: for sizes that
    would take an hour through the stream, of which other benchmarks tell."""
    with facts.change() as cursor:
        for statement in (_FILL.format(file=made.file), _MERGED, _KNOWN):
            cursor.execute(statement)
    facts.grow()


def _parcel(batch: pa.RecordBatch) -> Parcel:
    columns = {name: batch.column(name) for name in batch.schema.names}
    event, distinct, ids = (columns[name].to_pylist() for name in ("event", "distinct_id", "event_id"))
    moments = columns["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()
    merges = [
        Merge(who.replace("user-", "anon-"), who, "identify", key, when)
        for what, who, key, when in zip(event, distinct, ids, columns["occurred_at"].to_pylist(), strict=True)
        if what == "$identify"
    ]
    return Parcel(
        source="bench", received_at=columns["received_at"][-1].as_py(), event_id=ids, moment=moments, event=event,
        distinct_id=distinct, account_id=columns["account_id"].to_pylist(), session_id=[""] * len(ids),
        properties=columns["properties"].to_pylist(), merges=merges,
    )  # fmt: skip
