"""How much of the finished work nobody had planned."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import finished
from callsheet.metrics import Facts, Period, Value, metric
from callsheet.stats.intervals import wilson


@metric(
    "delivery.unplanned_share", title="Unplanned work", unit="%", better="lower", scopes=("team", "product"), window=28,
    source="Share of finished items that were added after the period began, or are incident or expedite work",
)  # fmt: skip
def unplanned_share(facts: Facts, period: Period) -> Value:
    """Share of the items finished in the last 28 days that came in after the period began or were marked unplanned.

    Items whose creation is not known count as planned unless they are marked. Nothing finished: no amount.
    """
    done = finished(facts, period)
    marked = done.mutate(late=(done.unplanned.fill_null(False) | (done.created_at >= period.since).fill_null(False)))
    number = int(facts.scalar(done.count()))
    if not number:
        return facts.value(None, sample=0, rows=marked)
    late = int(facts.scalar(marked.late.sum()) or 0)
    bounds = wilson(late, number)
    interval = None if bounds.low is None or bounds.high is None else (100 * bounds.low, 100 * bounds.high)
    return facts.value(100 * late / number, sample=number, interval=interval, rows=marked)
