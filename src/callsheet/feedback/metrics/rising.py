"""What more customers ask for than before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callsheet.charts import Option, bar
from callsheet.feedback.metrics.asked import asked
from callsheet.feedback.rules import demand
from callsheet.metrics import Column, Facts, Period, Report, report

SPAN = timedelta(days=28)
SHOWN = 8


def rising_chart(found: Report) -> Option:
    """Accounts of the last four weeks beside those of the four before."""
    rows = [row for row in found.rows if row["change"] > 0][:SHOWN]
    series = {"last 4 weeks": [row["customers"] for row in rows], "4 weeks before": [row["before"] for row in rows]}
    return bar([row["title"] for row in rows], series, title="Accounts that asked", horizontal=True)


@report(
    "feedback.rising",
    title="Rising requests",
    source="Callsheet: distinct accounts in the last 28 days against the 28 before",
    columns=(
        Column("title", "Request", href="/feedback/requests/{request}"),
        Column("customers", "Customers, last 4 weeks", unit="accounts"),
        Column("before", "4 weeks before", unit="accounts"),
        Column("change", "Change", unit="accounts"),
        Column("revenue", "Revenue", unit="money", doc="Of the accounts of the last 4 weeks, a year"),
        Column("new", "New", doc="Nobody had asked before these 4 weeks"),
    ),
    scopes=("product", "segment"),
    chart=rising_chart,
)
def rising(facts: Facts, period: Period) -> Report:
    """Requests by how many more accounts asked in the 28 days up to the end of the period than in the 28 before.

    Counted by account, so that one loud customer is one. Requests that nobody asked for in either span are
    not shown; falling ones stand at the end. A request is new when nobody had asked for it before these 28 days.
    """
    found, end = asked(facts), min(period.until, facts.now)
    rows: list[dict[str, Any]] = []
    sample = 0
    for request in found.requests.values():
        items = [item for item in found.items_of(request.id, end) if item["given_at"] is not None]
        recent = [item for item in items if item["given_at"] >= end - SPAN]
        earlier = [item for item in items if end - 2 * SPAN <= item["given_at"] < end - SPAN]
        now, before = demand(recent, found.accounts), demand(earlier, found.accounts)
        if not now.accounts and not before.accounts:
            continue
        sample += len(recent) + len(earlier)
        rows.append({
            "request": request.id, "title": request.title, "customers": len(now.accounts),
            "before": len(before.accounts), "change": len(now.accounts) - len(before.accounts),
            "revenue": now.revenue, "new": len(recent) == len(items), "status": request.status,
        })  # fmt: skip
    rows.sort(key=lambda row: (-row["change"], -row["customers"], row["request"]))
    unfiled = sum(item["given_at"] is not None and item["given_at"] >= end - 2 * SPAN for item in found.unfiled(end))
    return facts.report(rows, sample=sample, left_out=unfiled, why="filed to no request yet")
