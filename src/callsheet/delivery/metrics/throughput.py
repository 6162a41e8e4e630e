"""How much was finished."""

from __future__ import annotations

from callsheet.delivery.metrics.finishes import daily, noted
from callsheet.delivery.metrics.spans import finished, finished_days, items
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.throughput", title="Throughput", unit="items", better="higher", scopes=("team", "product"),
    source="Kanban Guide (2020): exact count of items finished per unit of time",
)  # fmt: skip
def throughput(facts: Facts, period: Period) -> Value:
    """Work items finished in the period.

    Days on which a batch was closed (more than 20 items, and six sigma above the usual day) are counted here and
    named in the note; forecasts leave them out. No amount when there is no work at all.
    """
    count = int(finished_days(facts, period).size)
    first = facts.once("delivery.first_item", lambda: facts.scalar(items(facts).created_at.min()))
    if not count and (first is None or first >= period.until):
        return facts.value(None, sample=0)
    note = noted(daily(facts, period.until), period)
    return facts.value(count, sample=count, rows=lambda: finished(facts, period), note=note)
