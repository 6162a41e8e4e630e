"""Releases of a period."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.releases.metrics.table import rows_of


@report(
    "releases.recent",
    title="Releases",
    source="Releases as the tools tell them, with what was decided here",
    columns=(
        Column("release", "Release", ref="release", href="/releases/{release}"),
        Column("version", "Version"),
        Column("title", "Title"),
        Column("line", "Line"),
        Column("released_at", "Released", unit="time"),
        Column("items", "Entries"),
        Column("initiatives", "Initiatives", ref="initiative"),
        Column("tier", "Tier"),
        Column("state", "Notes"),
        Column("published_at", "Published", unit="time"),
        Column("ready", "Checklist"),
        Column("incidents", "Incidents within 7 days"),
    ),
    scopes=("product", "team"),
)
def recent(facts: Facts, period: Period) -> Report:
    """Releases of the period, newest first, with their entries, initiatives, readiness and publication.

    `ready` counts checklist lines with evidence; `incidents` are those tied to the release as in
    `releases.incidents`. `tier` is empty until someone sets it.
    """
    rows = rows_of(facts, period.until, period.since)
    unsaid = sum(row["items"] == 0 for row in rows)
    return facts.report(rows, left_out=0, note=f"{unsaid} with unknown contents" if unsaid else "")
