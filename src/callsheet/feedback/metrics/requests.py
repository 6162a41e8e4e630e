"""All requests with the demand behind them."""

from __future__ import annotations

from typing import Any

from callsheet.charts import Option, bar
from callsheet.feedback.metrics.asked import Asked, asked
from callsheet.feedback.records import Request
from callsheet.feedback.rules import furthest
from callsheet.metrics import Column, Facts, Period, Report, report

SHOWN = 12


def requests_chart(found: Report) -> Option:
    """Accounts behind the most wanted requests that wait."""
    rows = [row for row in found.rows if row["status"] in ("open", "planned", "started")][:SHOWN]
    accounts = {"accounts": [row["accounts"] for row in rows]}
    return bar([row["title"] for row in rows], accounts, title="Accounts behind a request", horizontal=True)


@report(
    "feedback.requests",
    title="Requests",
    source="Callsheet: unique requesters and accounts, never messages",
    columns=(
        Column("title", "Request", href="/feedback/requests/{request}"),
        Column("status", "Status"),
        Column("requesters", "People", unit="people", doc="Distinct people who asked"),
        Column("accounts", "Accounts", unit="accounts", doc="Distinct accounts"),
        Column("revenue", "Revenue", unit="money", doc="A year, each account once"),
        Column("last_at", "Last asked", unit="date"),
        Column("initiative", "Answered by", ref="initiative"),
        Column("stage", "Stage"),
    ),
    scopes=("product", "segment"),
    chart=requests_chart,
)
def requests(facts: Facts, period: Period) -> Report:
    """Every request that was opened before the end of the period, the one with the most revenue behind it first.

    People and accounts count once each, however often they wrote. Merged requests stand under the one that
    they went into. `stage` is that of the initiative furthest along. The sample is messages.
    """
    found = asked(facts)
    stages = stages_known(facts)
    wanted = facts.scope.get("product")
    rows = [
        _row(found, request, period, stages)
        for request in found.requests.values()
        if request.created_at < period.until and (not wanted or request.product in ("", wanted))
    ]
    rows.sort(key=lambda row: (-row["revenue"], -row["requesters"], row["request"]))
    anonymous = sum(row["anonymous"] for row in rows)
    sample = sum(row["messages"] for row in rows) - anonymous
    return facts.report(rows, sample=sample, left_out=anonymous, why="nobody named")


def _row(found: Asked, request: Request, period: Period, stages: dict[str, str]) -> dict[str, Any]:
    wanted = found.demand_of([request.id], period.until)
    answers = found.answers.get(request.id, [])
    return {
        "request": request.id, "title": request.title, "status": request.status,
        "requesters": len(wanted.requesters), "accounts": len(wanted.accounts), "revenue": wanted.revenue,
        "segments": wanted.segments, "messages": wanted.messages, "anonymous": wanted.anonymous,
        "first_at": wanted.first_at, "last_at": wanted.last_at, "initiative": answers[0] if answers else None,
        "initiatives": answers, "stage": furthest(stages.get(key, "") for key in answers) or None,
        "product": request.product, "owner": request.owner, "reason": request.reason,
        "created_at": request.created_at,
    }  # fmt: skip


def stages_known(facts: Facts) -> dict[str, str]:
    """Return the stage of each initiative, as the roadmap names it."""
    if not facts.read.has("roadmap.portfolio"):
        return {}
    return {row["initiative"]: row["stage"] for row in facts.read.report("roadmap.portfolio").rows}
