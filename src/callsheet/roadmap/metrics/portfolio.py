"""All initiatives with the goals they serve."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.charts import Option, bar
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.metrics.plans import initiatives, open_at
from callsheet.roadmap.records import Goal
from callsheet.roadmap.rules import STAGES


def portfolio_chart(found: Report) -> Option:
    """Initiatives by goal, split by stage."""
    goals = list(dict.fromkeys(row["goal_title"] or "No goal" for row in found.rows))
    series = {
        stage: [
            sum(row["stage"] == stage and (row["goal_title"] or "No goal") == goal for row in found.rows)
            for goal in goals
        ]
        for stage in STAGES[:4]
    }
    return bar(goals, series, title="Initiatives by goal", stacked=True, horizontal=True)


@report(
    "roadmap.portfolio",
    title="Portfolio",
    source="Callsheet: the roadmap as it stands",
    columns=(
        Column("title", "Initiative", href="/roadmap/initiatives/{initiative}"),
        Column("stage", "Stage"),
        Column("goal_title", "Goal"),
        Column("team", "Team"),
        Column("owner", "Owner", ref="person"),
        Column("promised_at", "Promised", unit="date"),
        Column("started_at", "Started", unit="date"),
        Column("done_at", "Done", unit="date"),
    ),
    scopes=("team", "product"),
    chart=portfolio_chart,
)
def portfolio(facts: Facts, period: Period) -> Report:
    """Every initiative in the order of the board with the goal that it serves; those added before the period's end.

    The stage is that of today. Those that serve no goal are counted as left out of the goals.
    """
    goals = {goal.id: goal.title for goal in facts.book.all(select(Goal))}
    names = ("title", "why", "stage", "team", "owner", "goal", "product", "promised_at", "started_at", "done_at",
             "created_at", "position", "source_ref")  # fmt: skip
    rows = [
        {"initiative": row.id} | {name: getattr(row, name) for name in names}
        | {"goal_title": goals.get(row.goal), "open": open_at(row, period.until)}
        for row in initiatives(facts)
        if row.created_at < period.until
    ]  # fmt: skip
    return facts.report(rows, left_out=sum(not row["goal"] for row in rows), why="serve no goal")
