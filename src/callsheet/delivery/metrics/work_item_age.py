"""How old the work in progress is."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import at_quantile, in_progress, until_now, usable
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.work_item_age", title="Work item age, 85%", unit="days", better="lower", scopes=("team", "product"),
    source="Kanban Guide (2020): time since the start of an item that is not finished",
)  # fmt: skip
def work_item_age(facts: Facts, period: Period) -> Value:
    """85% of the items in progress at the end of the period (or now) have been so for at most this many days."""
    running = in_progress(facts, until_now(facts, period))
    ages, left_out, why = usable(facts, running, "age")
    amount, interval = at_quantile(ages, 0.85)
    return facts.value(amount, sample=len(ages), left_out=left_out, why=why, interval=interval, rows=running)
