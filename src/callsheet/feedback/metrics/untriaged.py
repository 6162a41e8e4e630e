"""Feedback that nobody has looked at."""

from callsheet.feedback.metrics.asked import asked
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "feedback.untriaged",
    title="Untriaged feedback",
    unit="items",
    better="lower",
    source="Callsheet: count of feedback filed to no request and not set aside",
    scopes=("product", "segment"),
)
def untriaged(facts: Facts, period: Period) -> Value:
    """Feedback given before the end of the period that was filed to no request by then.

    Items set aside as asking for nothing count as triaged. No feedback at all: no data.
    """
    found = asked(facts)
    given = sum(item["given_at"] is None or item["given_at"] < period.until for item in found.items.values())
    rows = found.unfiled(period.until)
    return facts.value(len(rows) if given else None, sample=given, rows=rows)
