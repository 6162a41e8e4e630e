"""How much was done in the product."""

from __future__ import annotations

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.usage.metrics.shared import begun, events_of
from callsheet.usage.rules import progress


@metric(
    "usage.events", title="Events", unit="events", better="none", scopes=("product", "segment"),
    source="Exact count of stored events, each once by its own id",
)  # fmt: skip
def events(facts: Facts, period: Period) -> Value:
    """Events that happened in the period. Before the first event known at all the amount is None, not 0."""
    known = events_of(facts)
    within = known.filter(period.holds(known.occurred_at))
    return facts.value(
        within.count() if begun(facts, period.until) else None, sample=within.count(), rows=within,
        note=progress(period, facts.now, facts.zone),
    )  # fmt: skip
