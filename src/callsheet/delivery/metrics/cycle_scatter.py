"""Every finished item by the day it was finished and the days it took."""

from __future__ import annotations

from datetime import timedelta

from callsheet.charts import Option, scatter
from callsheet.delivery.metrics.spans import finished
from callsheet.delivery.rules import reasons
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.stats.quantile import quantile

LEAST = 90
LEVELS = (50, 85, 95)


def chart(found: Report) -> Option:
    """Dots with the 50, 85 and 95% lines."""
    days = [row["days"] for row in found.rows]
    items = [{"x": row["done_at"].isoformat(), "y": row["days"], "name": row["title"]} for row in found.rows]
    levels = {level: amount for level in LEVELS if (amount := quantile(days, level / 100)) is not None}
    return scatter(items, title="Cycle time of finished items", unit="days", percentiles=levels)


@report(
    "delivery.cycle_scatter", title="Cycle times", chart=chart, scopes=("team", "product"), source="Kanban Guide (2020)",
    columns=(
        Column("item_id", "Item", href="/delivery/items/{item_id}"), Column("title", "Title"),
        Column("team", "Team", ref="team"),
        Column("begun_at", "Begun", "time"), Column("done_at", "Finished", "time"), Column("days", "Took", "days"),
    ),
)  # fmt: skip
def cycle_scatter(facts: Facts, period: Period) -> Report:
    """Items finished in the period (at least the last 90 days) with the days they took, newest first.

    Items never started, and items that finish before they begin, are left out and counted.
    """
    since = min(period.since, period.until - timedelta(days=LEAST))
    done = finished(facts, Period(since, period.until))
    names = ("item_id", "title", "team", "begun_at", "done_at", "days")
    found = facts.records(done.select(*names).order_by(done.done_at.desc()))
    good = [row for row in found if row["days"] is not None and row["days"] >= 0]
    empty = sum(row["days"] is None for row in found)
    why = reasons({"never started": empty, "finished before it began": len(found) - len(good) - empty})
    return facts.report(good, left_out=len(found) - len(good), why=why)
