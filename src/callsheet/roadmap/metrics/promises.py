"""Promised dates against what the team's own history says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from callsheet.charts import Option, range_row
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.metrics.plans import demands, forecasts, initiatives, promise_changes
from callsheet.roadmap.records import Initiative, PromiseChange
from callsheet.roadmap.rules import OPEN, chance, moved_days, why

NO_FORECAST = "no open work is linked to it"


def promises_chart(found: Report) -> Option:
    """Ranges of 50, 85 and 95% with the promise as a tick, one row an initiative."""
    rows = [
        {
            "name": row["title"], "p50": _day(row["p50_at"]), "p85": _day(row["p85_at"]), "p95": _day(row["p95_at"]),
            "promised": _day(row["promised_at"]), "chance": row["chance"],
        }
        for row in found.rows
    ]  # fmt: skip
    return range_row(rows, title="Forecasts against promises", today=found.note.removeprefix("as of ") or None)


@report(
    "roadmap.promises",
    title="Promises",
    source="Callsheet: delivery.initiatives, simulated from the team's own throughput, against the promised day",
    columns=(
        Column("title", "Initiative", href="/roadmap/initiatives/{initiative}"),
        Column("team", "Team"),
        Column("stage", "Stage"),
        Column("left", "Left", unit="items"),
        Column("promised_at", "Promised", unit="date"),
        Column("p50_at", "50%", unit="date"),
        Column("p85_at", "85%", unit="date"),
        Column("p95_at", "95%", unit="date"),
        Column("chance", "Chance", unit="chance", doc="Share of simulated outcomes within the promised day"),
        Column("why", "Why"),
        Column("moves", "Moved", unit="times", doc="How often the promised date moved"),
        Column("accounts", "Waiting", unit="accounts"),
        Column("revenue", "Revenue", unit="money"),
    ),
    scopes=("team", "product"),
    chart=promises_chart,
)
def promises(facts: Facts, period: Period) -> Report:
    """Open initiatives that are promised or worked on: when they will probably be done, and the chance of the date.

    As of now, whatever the period. The chance is the share of simulated outcomes that end within the promised
    day; the least likely come first. `accounts` and `revenue` are those whose requests still wait for it. An
    initiative without a forecast says `why_not`. Left out: those without a forecast.
    """
    ahead, wanted, changes = forecasts(facts), demands(facts, period), promise_changes(facts)
    rows = [
        _row(facts, row, ahead.get(row.id, {}), wanted.get(row.id, {}), changes.get(row.id, []))
        for row in initiatives(facts)
        if row.stage in OPEN and (row.promised_at is not None or row.stage == "now")
    ]
    rows.sort(key=lambda row: (row["promised_at"] is None, 2 if row["chance"] is None else row["chance"], row["title"]))
    known = sum(row["p50_at"] is not None for row in rows)
    return facts.report(rows, sample=known, left_out=len(rows) - known, why="without a forecast",
                        note=f"as of {facts.now:%Y-%m-%d}")  # fmt: skip


def _row(
    facts: Facts, row: Initiative, ahead: dict[str, Any], wanted: dict[str, Any], changes: list[PromiseChange]
) -> dict[str, Any]:
    days = [moved_days(change.before_at, change.after_at) for change in changes]
    moves = [day for day in days if day is not None]
    finish = ahead.get("finish_days") or []
    likely = chance(finish, row.promised_at, facts.now, facts.zone) if row.promised_at else None
    words = why(likely, ahead.get("review_share"), ahead.get("scope_added_28"), len(moves),
                facts.thresholds.bottleneck_share)  # fmt: skip
    return {
        "initiative": row.id, "title": row.title, "team": row.team, "owner": row.owner, "stage": row.stage,
        "left": ahead.get("left"), "done": ahead.get("done"), "promised_at": row.promised_at,
        "p50_at": _after(facts.now, ahead.get("p50_days")), "p85_at": _after(facts.now, ahead.get("p85_days")),
        "p95_at": _after(facts.now, ahead.get("p95_days")), "chance": likely,
        "coverage85": ahead.get("coverage85"), "origins": ahead.get("origins"), "why": words if finish else "",
        "why_not": "" if finish else ahead.get("why_not") or NO_FORECAST, "sample_days": ahead.get("sample_days"),
        "moves": len(moves), "moved_days": sum(moves), "accounts": wanted.get("waiting_accounts", 0),
        "revenue": wanted.get("waiting_revenue", 0.0), "goal": row.goal,
    }  # fmt: skip


def _after(now: datetime, days: float | None) -> datetime | None:
    return None if days is None else (now + timedelta(days=days)).replace(microsecond=0)


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
