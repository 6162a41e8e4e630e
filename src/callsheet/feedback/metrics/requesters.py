"""People who asked."""

from callsheet.feedback.metrics.asked import asked
from callsheet.feedback.rules import demand
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "feedback.requesters",
    title="People who asked",
    unit="people",
    source="Callsheet: distinct persons, or accounts where no person is known",
    scopes=("product", "segment"),
)
def requesters(facts: Facts, period: Period) -> Value:
    """Distinct people who gave feedback in the period; one who wrote five times counts once.

    Items without a person count by their account; items with neither are left out. No feedback: no data.
    """
    found = asked(facts)
    items = [
        item
        for item in found.items.values()
        if item["given_at"] is not None and period.since <= item["given_at"] < period.until
    ]
    total = demand(items, found.accounts)
    amount = len(total.requesters) if items else None
    sample = total.messages - total.anonymous
    return facts.value(amount, sample=sample, left_out=total.anonymous, why="nobody named", rows=items)
