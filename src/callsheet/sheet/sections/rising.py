"""Rising in feedback: what more customers ask for than before."""

from __future__ import annotations

from callsheet.metrics.registry import Column
from callsheet.sheet.model import Ask, Section, section

MOST = 5


@section("rising", place=50, cadences=("weekly", "monthly"))
def rising(ask: Ask) -> Section:
    """Requests by customers in the last four weeks, against the four before."""
    part = Section("rising", "Rising in feedback", "table", note="by customer, 4 weeks", wide=False, href="/feedback")
    if ask.reader.has("feedback.rising"):
        rows = ask.reader.report("feedback.rising").rows[:MOST]
        part.rows = [
            {key: row.get(key) for key in ("request", "title", "customers", "change", "revenue", "new")} for row in rows
        ]
        part.columns = [
            Column("title", "Request", href="/feedback/requests/{request}"), Column("customers", "Customers", "accounts"),
            Column("revenue", "Revenue", "money"),
        ]  # fmt: skip
    return part
