"""How fast installations move to a release."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet import charts
from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.releases.metrics.table import releases_of
from callsheet.releases.rules import month_after

SERIES = "installs_by_core_version"
MONTHS = (1, 3, 6)
SHOWN = 60


def uptake_chart(found: Report) -> dict[str, Any]:
    """One line each for the share after 1, 3 and 6 months, by release, the newest SHOWN of them."""
    rows = found.rows[:SHOWN][::-1]
    lines = {
        f"{months} month{'s' if months > 1 else ''}": [
            (row["released_at"].date().isoformat(), row[f"month{months}"]) for row in rows
        ]
        for months in MONTHS
    }
    return charts.line(lines, title="Share of installs after a release", unit="%")


@report(
    "releases.uptake",
    title="Uptake of releases",
    source=f"Counts by month in the series {SERIES}; share of all installs of the calendar month",
    columns=(
        Column("release", "Release", ref="release", href="/releases/{release}"),
        Column("version", "Version"),
        Column("line", "Line"),
        Column("released_at", "Released", unit="time"),
        Column("month1", "After 1 month", unit="%"),
        Column("month3", "After 3 months", unit="%"),
        Column("month6", "After 6 months", unit="%"),
        Column("peak", "At its peak", unit="%"),
    ),
    scopes=("product",),
    chart=uptake_chart,
)
def uptake(facts: Facts, period: Period) -> Report:
    """Share of all installs that ran a version in the calendar month 1, 3 and 6 months after it came out.

    All releases up to the end of the period, newest first. None where the counts do not reach that month.
    Versions that the counts never name are left out.
    """
    counts, totals = _counts(facts)
    found = releases_of(facts, period.until)
    rows = [_row(row, counts[row["version"]], totals) for row in found if row["version"] in counts]
    return facts.report(rows, left_out=len(found) - len(rows), why="no install counts name the version")


def _counts(facts: Facts) -> tuple[dict[str, dict[datetime, float]], dict[datetime, float]]:
    table = facts.measures.filter(facts.measures.series == SERIES)
    month = table.mutate(month=table.measured_at.truncate("M"))
    grouped = month.group_by("item", "month").agg(amount=month.amount.sum())
    counts: dict[str, dict[datetime, float]] = {}
    totals: dict[datetime, float] = {}
    for row in facts.records(grouped):
        counts.setdefault(row["item"], {})[row["month"]] = row["amount"]
        totals[row["month"]] = totals.get(row["month"], 0.0) + row["amount"]
    return counts, totals


def _row(row: dict[str, Any], counts: dict[datetime, float], totals: dict[datetime, float]) -> dict[str, Any]:
    def share(month: datetime) -> float | None:
        total = totals.get(month)
        return round(100 * counts.get(month, 0.0) / total, 2) if total else None

    shares = {f"month{months}": share(month_after(row["released_at"], months)) for months in MONTHS}
    after = [share(month) for month in counts if month >= month_after(row["released_at"], 0)]
    peak = max((one for one in after if one is not None), default=None)
    kept = {key: row[key] for key in ("version", "line", "released_at")}
    return {"release": row["release_id"], **kept, **shares, "peak": peak}
