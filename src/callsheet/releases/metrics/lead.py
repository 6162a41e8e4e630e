"""How often releases come out."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric


@metric(
    "releases.lead",
    title="Days between releases",
    unit="days",
    better="lower",
    source="Median of the gaps between final releases that follow each other on a line",
    scopes=("product", "team"),
)
def releases_lead(facts: Facts, period: Period) -> Value:
    """Median days from a final release to the next on its line, over gaps that end in the period.

    The first release of a line has no gap and is left out. No gap: None.
    """
    table = facts.releases
    final = table.filter((table.released_at < period.until) & ~table.prerelease.fill_null(False))
    lines: dict[tuple[str, str], list[dict[str, object]]] = {}
    names = ("release_id", "version", "product", "line", "released_at")
    for row in facts.records(final.select(*names).order_by("released_at")):
        lines.setdefault((row["product"] or "", row["line"] or ""), []).append(row)
    gaps, firsts = [], 0
    for rows in lines.values():
        firsts += _within(rows[0], period)
        for before, row in pairwise(rows):
            if _within(row, period):
                days = (row["released_at"] - before["released_at"]).total_seconds() / 86400  # type: ignore[operator]
                gaps.append({**row, "previous": before["release_id"], "days": round(days, 3)})
    amount = median(gap["days"] for gap in gaps) if gaps else None
    return facts.value(amount, sample=len(gaps), left_out=firsts, why="first of their line", rows=gaps)


def _within(row: dict[str, object], period: Period) -> bool:
    return period.since <= row["released_at"] < period.until  # type: ignore[operator]
