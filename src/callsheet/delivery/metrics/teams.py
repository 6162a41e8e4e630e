"""The teams side by side."""

from __future__ import annotations

from typing import Any

from callsheet.delivery.metrics.spans import items
from callsheet.metrics import Column, Facts, Period, Report, report

READ = {
    "throughput": "delivery.throughput", "cycle_time": "delivery.cycle_time", "wip": "delivery.wip",
    "review_wait": "delivery.review_wait", "age": "delivery.work_item_age",
}  # fmt: skip


@report(
    "delivery.teams", title="Teams", scopes=("product",), source="Kanban Guide (2020); DORA: measure per team, never blended",
    columns=(
        Column("team", "Team", ref="team"), Column("throughput", "Finished", "items"),
        Column("cycle_time", "Cycle time, 85%", "days"),
        Column("wip", "In progress", "items"), Column("age", "Age, 85%", "days"), Column("review_wait", "First review", "days"),
        Column("sample", "Items"), Column("left_out", "Left out"),
    ),
)  # fmt: skip
def teams(facts: Facts, period: Period) -> Report:
    """Throughput, cycle time, work in progress, age and wait for review of each team; not a ranking."""
    work = items(facts)
    names = facts.records(
        work.filter(work.team.notnull() & (work.team != "")).select("team").distinct().order_by("team")
    )
    rows: list[dict[str, Any]] = []
    for name in names:
        scope = facts.scope | {"team": name["team"]}
        values = {key: facts.read.value(metric, period, **scope) for key, metric in READ.items()}
        cycle = values["cycle_time"]
        rows.append({"team": name["team"], **{key: value.amount for key, value in values.items()},
                     "sample": cycle.sample, "left_out": cycle.left_out})  # fmt: skip
    return facts.report(rows, sample=sum(row["sample"] for row in rows), left_out=sum(row["left_out"] for row in rows),
                        why="never started")  # fmt: skip
