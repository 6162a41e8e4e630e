"""How fresh what is known from each tool is."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.stack.inventory import connected

ORDER = ("failed", "stale", "never", "fresh")


@report(
    "stack.freshness",
    title="Freshness of sources",
    source="Time since the last good sync, against thresholds.stale_after_days",
    columns=(
        Column("title", "Tool", href="/stack?tool={tool}"),
        Column("state", "State"),
        Column("synced_at", "Last sync", unit="time"),
        Column("days", "Age", unit="days"),
        Column("owner", "Owner", ref="person"),
        Column("words", "In words"),
    ),
)
def freshness(facts: Facts, period: Period) -> Report:
    """Tools and sources that facts come from, the stalest first. Tools without a connector are left out."""
    rows, without = connected(facts, period.until)
    keys = ("tool", "title", "owner", "synced_at", "days", "state", "words")
    plain = [{key: row[key] for key in keys} for row in rows]
    plain.sort(key=lambda row: (ORDER.index(str(row["state"])), -float(row["days"] or 0), str(row["title"])))
    return facts.report(plain, left_out=without, why="no connector")
