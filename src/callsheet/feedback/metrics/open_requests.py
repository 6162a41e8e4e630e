"""Requests whose requesters wait."""

from callsheet.feedback.metrics.asked import asked
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "feedback.open_requests",
    title="Open requests",
    unit="requests",
    source="Callsheet: count of requests that are open, planned or started",
)
def open_requests(facts: Facts, period: Period) -> Value:
    """Requests that were open, planned or started at the end of the period; merged ones count once.

    No request was ever opened: no data.
    """
    found = asked(facts)
    opened = [request for request in found.requests.values() if request.created_at < period.until]
    rows = [
        {"request": request.id, "title": request.title, "status": request.status, "created_at": request.created_at}
        for request in found.open_at(period.until)
    ]
    return facts.value(len(rows) if opened else None, sample=len(opened), rows=rows)
