"""When work happens: commits by weekday and hour."""

from __future__ import annotations

from typing import Any

from callsheet.charts import empty, heatmap
from callsheet.metrics import Column, Facts, Period, Report, report

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _chart(found: Report) -> dict[str, Any]:
    if not found.rows:
        return empty("heatmap", "Commits by weekday and hour")
    grid = [[0.0] * 24 for _ in DAYS]
    for row in found.rows:
        grid[DAYS.index(row["weekday"])][row["hour"]] = row["commits"]
    hours = [str(hour) for hour in range(24)]
    return heatmap(list(DAYS), hours, grid, title="Commits by weekday and hour", unit="commits")


@report(
    "delivery.hours", title="When work happens", source="Author's own clock, from commits", scopes=("team", "product"),
    columns=(Column("weekday", "Weekday"), Column("hour", "Hour", "h"), Column("commits", "Commits", "commits")),
    chart=_chart,
)  # fmt: skip
def hours(facts: Facts, period: Period) -> Report:
    """Commits of the period by weekday and hour of the author's own clock. Those without one are left out."""
    made = facts.commits.filter(period.holds(facts.commits.committed_at))
    timed = made.filter(made.local_hour.notnull() & made.local_weekday.notnull())
    counted = timed.group_by(["local_weekday", "local_hour"]).aggregate(commits=timed.count())
    rows = facts.records(counted.order_by(["local_weekday", "local_hour"]))
    every = facts.scalar(made.count())
    told = [
        {"weekday": DAYS[row["local_weekday"]], "hour": row["local_hour"], "commits": row["commits"]} for row in rows
    ]
    size = sum(row["commits"] for row in told)
    return facts.report(told, sample=size, left_out=every - size, why="no local hour")
