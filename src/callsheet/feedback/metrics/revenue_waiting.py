"""Revenue at stake."""

from callsheet.feedback.metrics.asked import account_rows, asked
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "feedback.revenue_waiting",
    title="Revenue waiting",
    unit="money",
    better="lower",
    source="Callsheet: yearly revenue of distinct accounts",
    scopes=("product", "segment"),
)
def revenue_waiting(facts: Facts, period: Period) -> Value:
    """Yearly revenue of the accounts behind requests that were open, planned or started at the end of the period.

    An account counts once, however many requests and messages it has. The sample is accounts; those whose
    revenue is not known are left out. No such request or nobody behind one: no data.
    """
    found = asked(facts)
    waiting = found.demand_of([request.id for request in found.open_at(period.until)], period.until)
    rows = account_rows(found, waiting.accounts)
    unknown = sum(row.get("revenue") is None for row in rows)
    known = len(rows) - unknown
    amount = waiting.revenue if known else None
    return facts.value(amount, sample=known, left_out=unknown, why="revenue not known", rows=rows)
