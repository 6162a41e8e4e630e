"""The peer of the usage benchmarks: ClickHouse's engine in process (chdb), asked in its own idiom.

The table is laid out as for product analytics: typed columns instead of JSON, LowCardinality where it helps,
partitions by month, sorted by event, day and person. Duplicates are gone and merged people are one person before
the first question, which the peer gets for nothing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = """
CREATE TABLE events (
  event LowCardinality(String), occurred_at DateTime64(6, 'UTC'), person_id String, account_id LowCardinality(String),
  plan LowCardinality(String), country LowCardinality(String), device LowCardinality(String),
  browser LowCardinality(String), version LowCardinality(String), page LowCardinality(String),
  amount Float64, items UInt32
) ENGINE = MergeTree PARTITION BY toYYYYMM(occurred_at)
ORDER BY (event, toDate(occurred_at), cityHash64(person_id), occurred_at)
"""
_LOAD = """
INSERT INTO events SELECT event, occurred_at, person_id, account_id, ifNull(plan, ''), ifNull(country, ''),
  ifNull(device, ''), ifNull(browser, ''), ifNull(version, ''), ifNull(page, ''), ifNull(amount, 0), ifNull(items, 0)
FROM file('{file}', Parquet) LIMIT 1 BY event_id
SETTINGS max_memory_usage = 12000000000, max_bytes_before_external_group_by = 4000000000
"""


@dataclass(slots=True)
class Peer:
    """An open database of the peer."""

    session: Any

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        import io

        import pyarrow as pa

        answer = self.session.query(sql, "Arrow")
        table = pa.ipc.open_file(io.BytesIO(answer.bytes())).read_all()
        return list(zip(*[column.to_pylist() for column in table.columns], strict=True)) if table.num_rows else []


def load(file: Path, folder: Path) -> Peer:
    """Load the events once for each folder, and open them."""
    from chdb import session

    done = folder / "loaded"
    opened: Any = session.Session
    peer = Peer(opened(str(folder / "database")))
    if not done.exists():
        for statement in (_TABLE, _LOAD.format(file=file), "OPTIMIZE TABLE events FINAL"):
            peer.session.query(statement)
        done.touch()
    return peer


SPAN = "occurred_at >= toDateTime64('{since}', 6, 'UTC') AND occurred_at < toDateTime64('{until}', 6, 'UTC')"


def funnel(steps: list[str], days: int, span: str, by: str = "") -> str:
    """Return the funnel's query: people by the step they reached, and by `by` where given."""
    conditions = ", ".join(f"event = '{name}'" for name in steps)
    names = ", ".join(f"'{name}'" for name in steps)
    column = f", any({by}) AS by_" if by else ""
    return f"""
    SELECT level{", by_" if by else ""}, count() FROM (
      SELECT person_id, windowFunnel({days * 86_400_000_000})(toUInt64(toUnixTimestamp64Micro(occurred_at)), {conditions})
        AS level{column}
      FROM events WHERE event IN ({names}) AND {span} GROUP BY person_id
    ) WHERE level > 0 GROUP BY ALL ORDER BY ALL
    """


def retention(event: str, span: str, last: str, periods: int) -> str:
    """Return the query of a weekly grid: people by their week, up to the week of `last`, and the weeks since."""
    return f"""
    SELECT cohort, dateDiff('week', cohort, back) AS later, count() FROM (
      SELECT person_id, groupUniqArray(toStartOfWeek(occurred_at, 1)) AS weeks FROM events
      WHERE event = '{event}' AND {span} GROUP BY person_id
    ) ARRAY JOIN weeks AS cohort ARRAY JOIN weeks AS back
    WHERE back >= cohort AND cohort <= toDate('{last}') AND later <= {periods}
    GROUP BY cohort, later ORDER BY cohort, later
    """


def lifecycle(event: str, span: str, since: str) -> str:
    """Return the query of people by week and standing; new are those whose first event of all is in the week."""
    return f"""
    WITH weekly AS (
      SELECT person_id, arraySort(groupUniqArrayIf(toStartOfWeek(occurred_at, 1), event = '{event}' AND {span})) AS weeks,
        toStartOfWeek(min(occurred_at), 1) AS born
      FROM events GROUP BY person_id HAVING notEmpty(weeks)
    )
    SELECT week, standing, count() FROM (
      SELECT person_id, week, multiIf(week = born, 'new', has(weeks, week - 7), 'returning', 'resurrecting') AS standing
      FROM weekly ARRAY JOIN weeks AS week
      UNION ALL
      SELECT person_id, week + 7, 'dormant' FROM weekly ARRAY JOIN weeks AS week WHERE NOT has(weeks, week + 7)
    ) WHERE week >= toDate('{since}') GROUP BY ALL ORDER BY ALL
    """


def main() -> None:
    """Load a file by hand: `python -m bench.peer_clickhouse FILE FOLDER`."""
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    peer = load(Path(sys.argv[1]), folder)
    sys.stdout.write(f"{peer.ask('SELECT count() FROM events')}\n")


if __name__ == "__main__":
    main()
