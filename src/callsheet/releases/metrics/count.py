"""How many releases came out."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric


@metric(
    "releases.count",
    title="Releases",
    unit="releases",
    better="none",
    source="Count of final versions made available",
    scopes=("product", "team"),
)
def releases_count(facts: Facts, period: Period) -> Value:
    """Final releases of the period; prereleases are left out.

    None when no release is known up to the end of the period: nothing is connected, which is not zero releases.
    """
    known = facts.releases.filter(facts.releases.released_at < period.until)
    within = known.filter(period.holds(known.released_at))
    early = within.filter(within.prerelease.fill_null(False))
    final = within.filter(~within.prerelease.fill_null(False))
    number = facts.scalar(final.count()) if facts.scalar(known.count()) else None
    return facts.value(
        number, sample=number or 0, left_out=early.count(), why="prereleases", rows=final.order_by("released_at")
    )
