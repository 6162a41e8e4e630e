"""Goals, measured."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from callsheet.charts import Option, bar
from callsheet.metrics import Column, Facts, Period, Report, Value, report
from callsheet.metrics.registry import METRICS
from callsheet.roadmap.metrics.plans import initiatives
from callsheet.roadmap.records import Goal
from callsheet.roadmap.rules import progress


def goals_chart(found: Report) -> Option:
    """How much of the way to each target has been gone."""
    shares = {"of the way": [None if row["share"] is None else max(row["share"], 0.0) for row in found.rows]}
    return bar([row["title"] for row in found.rows], shares, title="Progress", unit="share", horizontal=True)


@report(
    "roadmap.goals",
    title="Goals",
    source="Callsheet: the named metric between its baseline and its target",
    columns=(
        Column("title", "Goal"),
        Column("owner", "Owner", ref="person"),
        Column("metric_title", "Measured by"),
        Column("baseline", "Baseline"),
        Column("now", "Now"),
        Column("target", "Target"),
        Column("share", "Of the way", unit="share"),
        Column("due_at", "Due", unit="date"),
        Column("initiatives", "Initiatives", unit="initiatives"),
    ),
    chart=goals_chart,
)
def goals(facts: Facts, period: Period) -> Report:
    """Every goal with where its metric stands over the period: progress is measured, never typed.

    `share` is the part of the way from baseline to target; below 0 the metric went the wrong way. Goals whose
    metric is missing or has no data are left out of the measuring.
    """
    serving = Counter(row.goal for row in initiatives(facts) if row.goal)
    finished = Counter(row.goal for row in initiatives(facts) if row.goal and row.stage == "done")
    rows = []
    for goal in facts.book.all(select(Goal).order_by(Goal.created_at, Goal.id)):
        value = _measured(facts, goal, period)
        rows.append(_row(goal, value) | {"initiatives": serving[goal.id], "done": finished[goal.id]})
    unmeasured = sum(row["now"] is None for row in rows)
    return facts.report(rows, sample=len(rows) - unmeasured, left_out=unmeasured, why="metric missing or without data")


def _measured(facts: Facts, goal: Goal, period: Period) -> Value | None:
    return facts.read.value(goal.metric, period) if goal.metric in METRICS else None


def _row(goal: Goal, value: Value | None) -> dict[str, Any]:
    now = value.amount if value else None
    known = goal.baseline is not None and goal.target is not None
    share = progress(goal.baseline or 0.0, goal.target or 0.0, now) if known else None
    return {
        "goal": goal.id, "title": goal.title, "owner": goal.owner, "parent": goal.parent, "metric": goal.metric,
        "metric_title": METRICS[goal.metric].title if goal.metric in METRICS else goal.metric, "baseline": goal.baseline,
        "now": now, "target": goal.target, "share": share, "unit": value.unit if value else "",
        "sample": value.sample if value else 0, "due_at": goal.due_at,
    }  # fmt: skip
