"""Demand behind initiatives."""

from __future__ import annotations

from collections import defaultdict

from callsheet.feedback.metrics.asked import asked
from callsheet.feedback.rules import WAITING
from callsheet.metrics import Column, Facts, Period, Report, report


@report(
    "feedback.demand",
    title="Demand behind initiatives",
    source="Callsheet: unique requesters and accounts over all requests that an initiative answers",
    columns=(
        Column("initiative", "Initiative", ref="initiative"),
        Column("requests", "Requests", unit="requests"),
        Column("requesters", "People", unit="people"),
        Column("accounts", "Accounts", unit="accounts"),
        Column("revenue", "Revenue", unit="money"),
        Column("waiting_accounts", "Still waiting", unit="accounts"),
        Column("waiting_revenue", "Revenue waiting", unit="money"),
    ),
    scopes=("product", "segment"),
)
def demand(facts: Facts, period: Period) -> Report:
    """Who asked for what an initiative answers, over all its requests, each person and account once.

    `waiting_*` counts only requests that are open, planned or started.
    """
    found = asked(facts)
    behind: dict[str, list[str]] = defaultdict(list)
    for request, initiatives in found.answers.items():
        for initiative in initiatives:
            behind[initiative].append(request)
    rows = []
    for initiative, keys in sorted(behind.items()):
        total = found.demand_of(keys, period.until)
        waits = found.demand_of([key for key in keys if found.requests[key].status in WAITING], period.until)
        rows.append({
            "initiative": initiative, "requests": len(keys), "request_ids": keys,
            "requesters": len(total.requesters), "accounts": len(total.accounts), "revenue": total.revenue,
            "segments": total.segments, "waiting_accounts": len(waits.accounts),
            "waiting_revenue": waits.revenue,
        })  # fmt: skip
    return facts.report(rows, sample=sum(row["requesters"] for row in rows))
