"""Tools that do what another one does."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.stack.inventory import tools
from callsheet.stack.rules import overlaps


@report(
    "stack.overlap",
    title="Overlapping tools",
    source="Paid tools of one capability, one under 25% of its seats active, another at 50% or more",
    columns=(
        Column("title", "Tool", href="/stack?tool={tool}"),
        Column("capability", "For"),
        Column("other_title", "Covered by"),
        Column("active", "Active", unit="users"),
        Column("seats", "Seats", unit="seats"),
        Column("cost", "Cost a year", unit="money"),
        Column("notice_at", "Notice by", unit="day"),
    ),
)
def overlap(facts: Facts, period: Period) -> Report:
    """Little used paid tools whose capability a well used paid tool covers. The sample is all tools in use.

    Left out: tools whose cost, seats or active users are not known.
    """
    listed = tools(facts, period.until)
    unknown = sum(not row["cost"] or row["used"] is None for row in listed)
    return facts.report(overlaps(listed), sample=len(listed), left_out=unknown, why="cost or users not known")
