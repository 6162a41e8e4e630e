"""The share of sources that are fresh."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric


@metric(
    "stack.fresh_sources",
    title="Fresh sources",
    unit="%",
    better="higher",
    source="Share of connected tools with a good sync within thresholds.stale_after_days",
)
def fresh_sources(facts: Facts, period: Period) -> Value:
    """Share of connected tools and sources that were synced in time, at the end of the period.

    A failed last sync counts as not fresh. Those that were never synced by then are left out. None connected: None.
    """
    rows = [row for row in facts.read.report("stack.freshness", period).rows if row["state"] != "never"]
    never = facts.read.report("stack.freshness", period).sample - len(rows)
    fresh = sum(row["state"] == "fresh" for row in rows)
    amount = 100 * fresh / len(rows) if rows else None
    return facts.value(amount, sample=len(rows), left_out=never, why="never synced", rows=rows)
