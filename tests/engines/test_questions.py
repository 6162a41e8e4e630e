"""Every kind of question on random histories: the same answer from DuckDB, ClickHouse and Spark, rows and all.

Against brute force the answers are proved in tests/usage/questions, over DuckDB; here it is the other engines' turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet.base.config import EventsSettings
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.elsewhere import Elsewhere
from callsheet.store.histories.expressed import ExpressedHistories
from callsheet.store.histories.indexed import IndexedHistories
from callsheet.store.warehouse import Warehouse
from callsheet.usage.questions import kinds
from callsheet.usage.questions.common import Desk

BEGINS, NOW = datetime(2026, 3, 23), datetime(2026, 4, 9, 12)
NAMES = ("event_id", "occurred_at", "event", "person_id", "account_id", "properties", "seq")
SHAPE = pa.schema([
    (name, {"occurred_at": pa.timestamp("us"), "seq": pa.int64()}.get(name, pa.string())) for name in NAMES
])  # fmt: skip
COLUMNS = ", ".join(
    f"{name} {({'occurred_at': 'DateTime64(6)', 'seq': 'Int64'}).get(name, 'Nullable(String)')}" for name in NAMES
)
SPAN = {"since": "2026-03-24", "until": "2026-04-07"}
PRO = {"field": "properties.plan", "values": ["pro"]}
A, B, C = ({"events": [name]} for name in "abc")
ASKED: dict[str, dict[str, Any]] = {
    "trends": {"kind": "trends", "series": [{**A, "math": "unique"}, B], "formulas": ["A / B"], "show_series": True},
    "trends by plan": {"kind": "trends", "series": [{**A, "math": "sum", "property": "n"}],
                       "breakdown": {"by": "properties.plan"}, "compare": "previous"},
    "funnel": {"kind": "funnel", "steps": [A, B, C], "window": {"value": 3, "unit": "day"}},
    "strict funnel of accounts": {"kind": "funnel", "steps": [A, {**B, "where": [PRO]}], "order": "strict", "unit": "account"},
    "unordered funnel": {"kind": "funnel", "steps": [A, B], "order": "unordered", "breakdown": {"by": "properties.plan"}},
    "funnel from first times": {"kind": "funnel", "steps": [{**A, "where": [PRO], "math": "first_ever"}, B],
                                "breakdown": {"by": "properties.plan"}},
    "trend of a funnel without order": {"kind": "funnel", "steps": [A, B, C], "order": "unordered", "show": "trend",
                                        "to_step": 2, "window": {"value": 2, "unit": "day"}},
    "times of a funnel": {"kind": "funnel", "steps": [A, B], "show": "time", "compare": "previous"},
    "retention": {"kind": "retention", "start": A, "back": B, "periods": 5},
    "retention of first times": {"kind": "retention", "start": A, "back": A, "mode": "first_time", "when": "on_or_after"},
    "retention by plan": {"kind": "retention", "start": A, "back": B, "breakdown": {"by": "properties.plan"}, "periods": 4},
    "rolling retention by plan": {"kind": "retention", "start": A, "back": B, "breakdown": {"by": "properties.plan"},
                                  "basis": "rolling"},
    "numbers of rows of each, by plan and account": {
        "kind": "trends", "series": [{**A, "math": "per_unit_median"}, {"math": "weekly_active"}], "compare": "3d",
        "breakdown": {"by": "properties.plan", "also": ["account_id"]}, "gaps": "zero",
    },
    "trends by ranges": {"kind": "trends", "series": [A], "breakdown": {"by": "properties.n", "bins": 3}},
    "first ever among pro": {"kind": "trends", "series": [{**A, "math": "first_ever"}], "where": [PRO]},
    "paths": {"kind": "paths"},
    "grouped paths": {"kind": "paths", "clean": [{"pattern": "[bc]", "by": "x"}], "groups": ["a*"], "least": 2},
    "lifecycle": {"kind": "lifecycle", "series": A, "interval": "week"},
    "stickiness": {"kind": "stickiness", "series": [A, B]},
    "stickiness of three days": {"kind": "stickiness", "series": [A], "every": 3, "span": {"since": "all"}},
    "sessions": {"kind": "sessions"},
}  # fmt: skip
ROW = st.tuples(
    st.sampled_from("abcd"), st.integers(0, 4), st.integers(0, 17 * 24), st.sampled_from([0, 0, 30]),
    st.sampled_from(["pro", "free", None]), st.integers(0, 9),
)  # fmt: skip


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    """Return random rows as events: few people, whole and half hours, so that ties are common."""
    made = [
        {
            "event_id": f"e{place}", "occurred_at": BEGINS + timedelta(hours=hour, minutes=minute), "event": event,
            "person_id": f"p{who}", "account_id": f"a{who % 2}" if who else None, "seq": place,
            "properties": json.dumps({"plan": plan, "n": n} if plan else {"n": n}),
        }
        for place, (event, who, hour, minute, plan, n) in enumerate(rows)
    ]  # fmt: skip
    return pa.Table.from_pylist(made, SHAPE)


@pytest.fixture(scope="module")
def engines(
    clickhouse: str, spark: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[pa.Table], dict[str, Warehouse]]:
    """Put a table into each engine, in place of the one before; give the warehouses that read it."""
    address = urlsplit(clickhouse)
    there = ibis.clickhouse.connect(host=address.hostname, port=address.port)
    there.raw_sql(f"CREATE TABLE asked ({COLUMNS}) ENGINE = MergeTree ORDER BY occurred_at")
    folder = tmp_path_factory.mktemp("asked")
    placed: list[Path] = []

    def place(events: pa.Table) -> dict[str, Warehouse]:
        there.raw_sql("TRUNCATE TABLE asked")
        there.insert("asked", events)
        placed.append(folder / f"{len(placed)}.parquet")
        pq.write_table(events, placed[-1])
        where = {
            "clickhouse": EventsSettings(engine="clickhouse", url=clickhouse, table="asked"),
            "spark": EventsSettings(engine="spark", url=spark, path=str(placed[-1])),
        }
        return {name: Elsewhere(DuckWarehouse(None), settings) for name, settings in where.items()}

    return place


def answers(desk: Desk) -> dict[str, Any]:
    """Return every answer as plain values."""
    return {
        name: kinds.answer(kinds.parse({"span": SPAN, **asked}), desk).model_dump(mode="json")
        for name, asked in ASKED.items()
    }


def nobody(_: str) -> tuple[str, ...]:
    """Return no members, whatever the cohort."""
    return ()


@pytest.mark.slow
@settings(max_examples=5, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROW, min_size=1, max_size=60))
def test_every_engine_answers_alike(
    engines: Callable[[pa.Table], dict[str, Warehouse]], rows: list[tuple[Any, ...]]
) -> None:
    events = table(rows)
    ours = DuckWarehouse(None)
    with ours.batch("test", "events") as batch:
        batch.merge("events", events.drop_columns(["seq"]))
    expected = answers(Desk(ExpressedHistories(ours.tables(), ours.run), NOW, "Europe/Madrid", nobody))
    sorted_columns = IndexedHistories(None, ours, least=1)
    assert answers(Desk(sorted_columns, NOW, "Europe/Madrid", nobody)) == expected
    sorted_columns.close()
    for name, house in engines(events).items():
        found = answers(Desk(ExpressedHistories(house.tables(), house.run), NOW, "Europe/Madrid", nobody))
        for kind in ASKED:
            assert found[kind] == expected[kind], f"{name}: {kind}"
