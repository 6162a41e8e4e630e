"""How long finished work took."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import at_quantile, finished, finished_days, sound
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.cycle_time", title="Cycle time, 85%", unit="days", better="lower", scopes=("team", "product"), window=28,
    source="Kanban Guide (2020): elapsed time from start to finish; Hyndman & Fan (1996), definition 7",
)  # fmt: skip
def cycle_time(facts: Facts, period: Period) -> Value:
    """85% of the work finished in the last 28 days took at most this many days, from start to finish.

    Elapsed time. An item counts from its first start after the last time that it was un-started. Items never
    started, and items that finish before they begin, are left out and counted. Nothing finished: no amount.
    """
    days, left_out, why = sound(finished_days(facts, period))
    amount, interval = at_quantile(days, 0.85)
    return facts.value(
        amount, sample=len(days), left_out=left_out, why=why, interval=interval, rows=lambda: finished(facts, period)
    )
