"""How much was finished in each week, and which weeks are news."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callsheet.charts import Option, bar
from callsheet.delivery.metrics.finishes import daily
from callsheet.delivery.metrics.spans import until_now
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.stats.xmr import limits

WEEKS = 26


def chart(found: Report) -> Option:
    """A bar a week, with the process's natural limits."""
    option = bar(
        [row["week"] for row in found.rows], {"items": [row["items"] for row in found.rows]}, title="Items finished by week",
        unit="items",
    )  # fmt: skip
    last = found.rows[-1] if found.rows else None
    if last and last["mean"] is not None and option["series"]:
        lines = (("mean", "mean", "solid"), ("upper limit", "high", "dashed"), ("lower limit", "low", "dashed"))
        option["series"][0]["markLine"] = {
            "silent": True, "symbol": "none", "label": {"show": False},
            "data": [
                {"yAxis": round(last[key], 2), "name": name, "lineStyle": {"color": "@ink-3", "type": kind}}
                for name, key, kind in lines
            ],
        }  # fmt: skip
    return option


@report(
    "delivery.throughput_weeks", title="Throughput by week", chart=chart, scopes=("team", "product"),
    source="Kanban Guide (2020); limits: Wheeler (1993), mean +/- 2.66 x mean moving range, floor 0",
    columns=(
        Column("week", "Week of", "date"), Column("items", "Finished", "items"), Column("mean", "Mean", "items"),
        Column("low", "Lower limit", "items"), Column("high", "Upper limit", "items"), Column("news", "Outside"),
    ),
)  # fmt: skip
def throughput_weeks(facts: Facts, period: Period) -> Report:
    """Items finished in each of the last 26 whole weeks (Monday to Sunday), with the limits of usual variation.

    A week outside the limits is news. Days that closed a batch are left out, and named.
    """
    history = daily(facts, until_now(facts, period))
    over = (history.last.weekday() + 1) % 7  # days of a week that is not over
    counts = history.counts[: history.counts.size - over] if over else history.counts
    weeks = counts[counts.size % 7 :].reshape(-1, 7).sum(axis=1)[-WEEKS:]
    bounds = limits(weeks)
    first = history.last - timedelta(days=over + 7 * len(weeks) - 1)
    rows: list[dict[str, Any]] = [
        {
            "week": (first + timedelta(weeks=index)).isoformat(), "items": int(done),
            "mean": bounds.mean if bounds else None, "low": bounds.low if bounds else None,
            "high": bounds.high if bounds else None, "news": bool(bounds and index in bounds.outside),
        }
        for index, done in enumerate(weeks)
    ]  # fmt: skip
    return facts.report(
        rows, sample=int(weeks.sum()), left_out=history.left_out, why="closed in batches", note=history.note
    )
