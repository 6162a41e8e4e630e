"""How long changes stay open."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import at_quantile, elapsed, usable
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.merge_time", title="Time to merge", unit="days", better="lower", scopes=("team", "product"), window=28,
    source="DORA (dora.dev): lead time split, opened to merged",
)  # fmt: skip
def merge_time(facts: Facts, period: Period) -> Value:
    """Median days from opening a change to its merge, for changes merged in the last 28 days.

    Needs no record of reviews. A change that was merged before it was opened is a data fault: left out, counted.
    """
    changes = facts.changes
    merged = changes.filter(period.holds(changes.merged_at))
    merged = merged.mutate(days=elapsed(merged.created_at, merged.merged_at))
    days, left_out, why = usable(facts, merged, missing="opening unknown", negative="merged before opened")
    amount, interval = at_quantile(days, 0.5)
    return facts.value(amount, sample=len(days), left_out=left_out, why=why, interval=interval, rows=merged)
