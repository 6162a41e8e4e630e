"""How much of its time in progress work is being worked on."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from callsheet.delivery.metrics.spans import finished
from callsheet.delivery.rules import flow_efficiency as split
from callsheet.delivery.rules import visits
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.flow_efficiency", title="Flow efficiency", unit="%", better="higher", scopes=("team", "product"), window=28,
    source="Kanban practice: (time in progress - waiting) / time in progress, summed over the items",
)  # fmt: skip
def flow_efficiency(facts: Facts, period: Period) -> Value:
    """Share of the time in progress in which the items finished in the last 28 days were not waiting.

    Needs steps that count as waiting; without any it is not configured and has no amount, never 100%. Items with no
    history of steps are left out and counted.
    """
    steps = facts.transitions
    if not facts.scalar((steps.to_category == "waiting").sum()):
        return facts.value(None, sample=0, note="not configured: no step counts as waiting")
    done = finished(facts, period)
    rows: list[dict[str, Any]] = []
    ordered = facts.records(steps.semi_join(done, "item_id").order_by("item_id", "occurred_at"))
    for item_id, history in groupby(ordered, key=lambda row: row["item_id"]):
        taken = list(history)
        active, whole = split(visits(None, taken, taken[-1]["occurred_at"]))
        if whole > 0:
            rows.append({"item_id": item_id, "active_days": active, "waiting_days": whole - active, "days": whole})
    total = sum(row["days"] for row in rows)
    left_out = int(facts.scalar(done.count())) - len(rows)
    amount = 100 * sum(row["active_days"] for row in rows) / total if total else None
    return facts.value(amount, sample=len(rows), left_out=left_out, why="no history of steps in progress", rows=rows)
