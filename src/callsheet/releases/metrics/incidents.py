"""Incidents and the releases they are tied to."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.releases.metrics.table import tied


@report(
    "releases.incidents",
    title="Incidents after releases",
    source="The last final release of the product before the incident, within 7 days; confidence 0.8, halved every 2 days",
    columns=(
        Column("incident", "Incident"),
        Column("title", "What happened"),
        Column("severity", "Severity"),
        Column("started_at", "Began", unit="time"),
        Column("release", "Release", ref="release", href="/releases/{release}"),
        Column("days_after", "After it", unit="days"),
        Column("confidence", "Confidence", doc="0 to 1; a judgement from the time between, not a proof"),
        Column("why", "Why"),
    ),
    scopes=("product",),
)
def incidents(facts: Facts, period: Period) -> Report:
    """Incidents that began in the period, each with the last release before it.

    An incident of another product is tied by time only, with a quarter of the confidence, and does not count
    as an incident of the release. One with no release in the 7 days before it is tied to none and left out.
    """
    rows, _ = tied(facts, by_time=True)
    kept = [row for row in rows if period.since <= row["started_at"] < period.until]
    began = facts.scalar(facts.incidents.filter(period.holds(facts.incidents.started_at)).count())
    return facts.report(kept[::-1], left_out=began - len(kept), why="no release in the 7 days before")
