"""The planted stories are there when planted, and absent when not."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.base.time import CADENCES, cadence_period
from callsheet.charts import render
from callsheet.delivery import demo
from callsheet.metrics.reader import Reader
from callsheet.metrics.registry import METRICS, REPORTS
from callsheet.model.sample import STORIES, Company
from tests.delivery.conftest import NOW

NAMES = sorted(name for name in METRICS if name.startswith("delivery."))
TABLES = sorted(name for name in REPORTS if name.startswith("delivery."))


def chance(reader: Reader, company: Company, key: str) -> float:
    """The chance to keep an initiative's promise, from its 99 percentiles."""
    row = next(row for row in reader.report("delivery.initiatives").rows if row["initiative"] == key)
    promised = company.plan(key).promised
    assert promised is not None
    days = (promised.date() - NOW.date()).days
    return sum(1 for day in row["finish_days"] if day is not None and day <= days) / 100


def stage(reader: Reader, key: str) -> dict[str, Any]:
    """A row of the stages."""
    return next(row for row in reader.report("delivery.stages").rows if row["stage"] == key)


def test_review_is_the_bottleneck(told: Reader) -> None:
    """About 4 of 6.5 days, from 2.4 of 4.9, and no accident."""
    row = stage(told, "first_review")
    assert 3.4 <= row["median_days"] <= 4.6
    assert 0.55 <= row["share"] <= 0.68
    assert 2.1 <= row["before_days"] <= 2.9
    assert row["p"] < 0.001
    assert row["limits"]
    assert 0 < row["gain_low"] <= row["gain_days"] <= row["gain_high"]


def test_without_the_story_review_is_flat(calm: Reader) -> None:
    """Below 45% of the time, and no change to speak of."""
    row = stage(calm, "first_review")
    assert row["share"] < 0.45
    assert row["p"] > 0.01


def test_the_slipping_initiatives_slip(told: Reader) -> None:
    """Bulk import 10 to 35%, audit export under half, usage alerts safe; four items were added to bulk import."""
    company = Company(NOW, stories=STORIES)
    assert 0.10 <= chance(told, company, "bulk-import") <= 0.35
    assert 0.20 <= chance(told, company, "audit-export") < 0.5
    assert chance(told, company, "usage-alerts") > 0.9
    added = {row["initiative"]: row["scope_added_28"] for row in told.report("delivery.initiatives").rows}
    assert (added["bulk-import"], added["audit-export"]) == (4, 0)


def test_without_the_story_promises_hold(calm: Reader) -> None:
    """Every promised initiative with work left is above 85%."""
    company = Company(NOW, stories=frozenset())
    open_plans = [plan.id for plan in company.plans if plan.left and plan.promised]
    assert {key: chance(calm, company, key) > 0.85 for key in open_plans} == dict.fromkeys(open_plans, True)


def test_counts_agree_with_the_company(told: Reader) -> None:
    """What is left and done of each initiative is what the plan says; starts need work to be begun."""
    rows = {row["initiative"]: row for row in told.report("delivery.initiatives").rows}
    for plan in Company(NOW).plans:
        assert (rows[plan.id]["left"], rows[plan.id]["done"]) == (plan.left, plan.done)
    assert rows["calendar-sync"]["why_not"].startswith("none of its items")


def silo(reader: Reader) -> dict[str, Any]:
    """The pair data and platform."""
    return next(
        row for row in reader.report("delivery.silos").rows if {row["team"], row["other"]} == {"data", "platform"}
    )


def test_silos_depend_and_do_not_contribute(told: Reader, calm: Reader) -> None:
    """Many links and nobody across the border; without the story few links and several people."""
    walled, free = silo(told), silo(calm)
    assert walled["crossing"] >= 10
    assert (walled["contributors"], walled["contributions"]) == (0, 0)
    assert free["crossing"] <= 3
    assert free["contributors"] >= 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cadence", CADENCES)
def test_every_figure_answers_at_every_cadence(told: Reader, name: str, cadence: str) -> None:
    """A number with its sample; a day is enough, for figures look back by themselves."""
    value = told.value(name, cadence_period(cadence, NOW))
    assert value.amount is not None
    assert value.amount >= 0


@pytest.mark.parametrize("name", TABLES)
def test_every_report_has_its_columns_and_draws(told: Reader, name: str) -> None:
    """Rows hold every declared column; charts are drawn without a browser."""
    found, spec = told.report(name), REPORTS[name]
    assert found.rows
    assert {column.key for column in found.columns} <= set(found.rows[0])
    if spec.chart:
        assert "<svg" in render.svg(spec.chart(found))


@pytest.mark.parametrize("name", [*NAMES, *TABLES])
def test_an_empty_workspace_answers(land: Any, name: str) -> None:
    """No data is no amount and no rows, never an error, and never 0."""
    reader = land()
    if name in METRICS:
        assert reader.value(name).amount is None
        return
    found, spec = reader.report(name), REPORTS[name]
    assert found.rows == []
    if spec.chart:
        assert spec.chart(found)["callsheet"]["empty"]


def test_the_company_is_the_same_every_time() -> None:
    """Deterministic: two makings are equal."""
    first, second = (dict(demo.facts(Company(NOW))) for _ in range(2))
    assert first == second
    assert len({row["item_id"] for row in first["work"]}) == len(first["work"])
