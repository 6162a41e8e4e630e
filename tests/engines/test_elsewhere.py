"""Events that stay in another engine: the same answers as from our own warehouse, and nothing copied."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callsheet.base.config import Config, EventsSettings
from callsheet.base.errors import ConfigError
from callsheet.base.time import Period
from callsheet.metrics.reader import reading
from callsheet.model.history import Ask, History, Mark, Where
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.elsewhere import Elsewhere
from callsheet.store.histories.expressed import ExpressedHistories
from callsheet.store.histories.rows import EPOCH, MICROSECOND
from callsheet.store.workspace import Workspace, in_memory

BEGINS, ENDS = datetime(2026, 3, 1), datetime(2026, 4, 20)
MAP = {
    "event_id": "uuid", "occurred_at": "ts", "event": "name", "person_id": "who", "account_id": "org",
    "properties": "props",
}  # fmt: skip
TEXTS = ("name", "who", "org", "plan", "seats", "props")
ENGINES = ("duckdb", "clickhouse", "spark")


def made() -> list[dict[str, Any]]:
    """1,500 events of 60 people over 50 days that hold a change to summer time; some name no account, as their engine
    says it."""
    draw = random.Random(3)
    rows = []
    for number in range(1500):
        who = draw.randrange(60)
        plan = ("free", "pro", "team")[who % 3]
        rows.append({
            "uuid": f"e{number}", "ts": BEGINS + timedelta(seconds=draw.randrange(50 * 86_400), microseconds=number),
            "name": draw.choice(["opened", "saved", "shared", "it's; DROP TABLE x --"]), "who": f"p{who}",
            "org": f"a{who % 7}" if number % 11 else "", "plan": plan, "seats": str(who % 5),
            "props": json.dumps(
                {"plan": plan, "seats": who % 5, "amount": round(draw.random() * 90, 2), "a.b": draw.randrange(3)}
            ),
        })  # fmt: skip
    return rows


ROWS = made()
TABLE = pa.table({name: pa.array([row[name] for row in ROWS]) for name in ROWS[0]}).cast(
    pa.schema([(name, pa.timestamp("us") if name == "ts" else pa.string()) for name in ROWS[0]])
)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The events as a Parquet file."""
    file = tmp_path_factory.mktemp("there") / "events.parquet"
    pq.write_table(TABLE, file)
    return file


@pytest.fixture(scope="module")
def settings(
    request: pytest.FixtureRequest, parquet: Path, clickhouse: str, spark: str
) -> Callable[[str], EventsSettings]:
    """Settings for each engine, with the events in it."""
    columns = "uuid String, ts DateTime64(6, 'Europe/Madrid'), " + ", ".join(f"{one} String" for one in TEXTS)
    there = ibis.clickhouse.connect(host="127.0.0.1", port=int(clickhouse.split(":")[-1].split("/")[0]))
    there.raw_sql(f"CREATE TABLE their_events ({columns}) ENGINE = MergeTree ORDER BY ts")
    there.insert("their_events", TABLE)

    def of(engine: str, **more: Any) -> EventsSettings:
        where = {"duckdb": {"path": str(parquet)}, "spark": {"path": str(parquet), "url": spark}}
        found: dict[str, Any] = where.get(engine, {"url": clickhouse, "table": "their_events"})
        return EventsSettings(
            engine=engine, **{"map": MAP, "properties": {"plan": "plan", "seats": "seats"}, **found, **more}
        )

    return of


@pytest.fixture(scope="module")
def ours() -> DuckWarehouse:
    """The same events in our own warehouse."""
    house = DuckWarehouse(None)
    with house.batch("test", "events") as batch:
        batch.merge("events", [{name: row[there] or None for name, there in MAP.items()} for row in ROWS])
    return house


def seen(history: History) -> list[tuple[Any, ...]]:
    """Rows by the names of units and labels, so that two stores can be compared."""
    labels = (
        [history.labels[place] if place >= 0 else None for place in history.label.tolist()]
        if history.label is not None
        else [None] * len(history)
    )
    values = history.value.tolist() if history.value is not None else [None] * len(history)
    names = history.names(history.unit.tolist())
    return sorted(zip(names, history.moment.tolist(), history.marks.tolist(), labels, values, strict=True))


ASKS = {
    "two events": Ask((Mark(("opened",)), Mark(("saved",))), BEGINS, ENDS),
    "a name that looks like SQL": Ask((Mark(("it's; DROP TABLE x --",)),), BEGINS, ENDS),
    "accounts": Ask((Mark(("opened", "shared")),), BEGINS, ENDS, unit="account"),
    "a property with a column": Ask((Mark(("opened",), (Where("properties.plan", "is", ("pro",)),)),), BEGINS, ENDS),
    "a number with a column": Ask((Mark(("saved",), (Where("properties.seats", "gte", (3,)),)),), BEGINS, ENDS),
    "a property in JSON": Ask((Mark(("opened",)),), BEGINS, ENDS, where=(Where("properties.amount", "gt", (45,)),)),
    "a property with a dot": Ask((Mark(()),), BEGINS, ENDS, where=(Where("properties.a.b", "is", (1,)),)),
    "broken down and summed": Ask((Mark(("saved",)),), BEGINS, ENDS, label="properties.plan", value="amount"),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", ASKS)
def test_the_same_rows(case: str, engine: str, settings: Callable[..., EventsSettings], ours: DuckWarehouse) -> None:
    there = Elsewhere(DuckWarehouse(None), settings(engine))
    own = ExpressedHistories(ours.tables(), ours.run).read(ASKS[case])
    found = ExpressedHistories(there.tables(), there.run).read(ASKS[case])
    assert len(own) > 0
    assert seen(found) == seen(own)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Madrid", "Asia/Kolkata"])
@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_days(engine: str, zone: str, settings: Callable[..., EventsSettings], ours: DuckWarehouse) -> None:
    there = Elsewhere(DuckWarehouse(None), settings(engine))
    answers = []
    for house in (ours, there):
        days = ExpressedHistories(house.tables(), house.run).activity(Mark(("opened",)), BEGINS, ENDS, zone)
        names = days.names(days.unit.tolist())
        answers.append(sorted(zip(names, days.day.tolist(), days.count.tolist(), strict=True)))
    assert answers[0] == answers[1]
    assert len(answers[0]) > 200


@pytest.mark.parametrize("engine", ENGINES)
def test_named_metrics_join_them_with_our_accounts(
    engine: str, settings: Callable[..., EventsSettings], ours: DuckWarehouse, tmp_path: Path
) -> None:
    accounts = [
        {"account_id": f"a{n}", "name": f"Account {n}", "segment": "big" if n < 3 else "small"} for n in range(9)
    ]
    period = Period(BEGINS, ENDS)
    answers: list[dict[str, Any]] = []
    there = Elsewhere(DuckWarehouse(None), settings(engine))
    for house in (ours, there):
        with house.batch("test", "accounts") as batch:
            batch.merge("accounts", accounts)
        workspace = in_memory(tmp_path / str(len(answers)))
        answers.append(_figures(Workspace(tmp_path / str(len(answers)), Config(), house, workspace.books), period))
        workspace.close()
    assert answers[0] == answers[1]
    assert answers[0]["active_accounts"] == 7


def _figures(workspace: Workspace, period: Period) -> dict[str, Any]:
    with reading(workspace) as reader:
        return {
            "active_accounts": reader.value("usage.active_accounts", period).amount,
            "active_people": reader.value("usage.active_persons", period).amount,
            "by_segment": reader.report("usage.by_segment", period).rows,
            "accounts": reader.report("usage.accounts", period).rows,
            "activity": reader.report("usage.activity", period).rows,
        }


def test_moments_as_text_with_an_offset(tmp_path: Path) -> None:
    """02:30 at +02:00 and 19:30 of the day before at -05:00 are the same moment, as is what names no offset in UTC."""
    texts = ["2026-03-01T02:30:00.5+02:00", "2026-02-28 19:30:00.5-05:00", "2026-03-01 00:30:00.5"]
    table = pa.table({"occurred_at": texts, "event": ["did"] * 3, "person_id": ["a", "b", "c"]})
    pq.write_table(table, tmp_path / "told.parquet")
    there = Elsewhere(DuckWarehouse(None), EventsSettings(engine="duckdb", path=str(tmp_path / "told.parquet")))
    found = ExpressedHistories(there.tables(), there.run).read(Ask((Mark(),), datetime(2026, 1, 1), ENDS))
    assert {EPOCH + int(moment) * MICROSECOND for moment in found.moment} == {datetime(2026, 3, 1, 0, 30, 0, 500_000)}
    assert len(found) == 3


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such engine": ({"engine": "oracle"}, "Use one of duckdb, clickhouse, spark"),
    "no such column": ({"map": {**MAP, "event": "nmae"}}, "Columns there"),
    "a column that must be said": ({"map": {"occurred_at": "ts", "event": "name"}}, "Columns there"),
    "no path": ({"path": ""}, "Write path"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str, settings: Callable[..., EventsSettings]) -> None:
    given, mend = WRONG[case]
    engine = str(given.get("engine", "duckdb"))
    with pytest.raises(ConfigError) as error:
        Elsewhere(
            DuckWarehouse(None), settings(engine, **{key: value for key, value in given.items() if key != "engine"})
        )
    assert mend in error.value.mend


def test_nothing_is_copied(settings: Callable[..., EventsSettings]) -> None:
    there = Elsewhere(DuckWarehouse(None), settings("duckdb"))
    assert there.counts()["events"] == len(ROWS)
    assert there.here.counts()["events"] == 0
