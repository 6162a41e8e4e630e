"""How much is in progress."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import in_progress, items, until_now
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.wip", title="Work in progress", unit="items", better="lower", scopes=("team", "product"),
    source="Kanban Guide (2020): items started and not finished",
)  # fmt: skip
def wip(facts: Facts, period: Period) -> Value:
    """Items started and not finished at the end of the period, or now when it is not over.

    Items that stand in progress with no known start are left out and counted.
    """
    moment = until_now(facts, period)
    known = items(facts).filter(lambda t: t.created_at < moment)
    if not facts.scalar(known.count()):
        return facts.value(None, sample=0)
    running = in_progress(facts, moment)
    lost = known.filter(lambda t: t.category.isin(("doing", "waiting")) & t.started_at.isnull() & t.done_at.isnull())
    lost = lost.anti_join(running, "item_id")
    return facts.value(
        running.count(), sample=running.count(), left_out=lost.count(), why="start unknown", rows=running
    )
