"""The tools in use."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.stack.inventory import tools


@report(
    "stack.inventory",
    title="Tools in use",
    source="Entered here; seats, users and syncs as the tools report them",
    columns=(
        Column("title", "Tool", href="/stack?tool={tool}"),
        Column("capability", "For"),
        Column("owner", "Owner", ref="person"),
        Column("cost", "Cost a year", unit="money"),
        Column("seats", "Seats", unit="seats"),
        Column("active", "Active", unit="users"),
        Column("unused", "Unused", unit="seats"),
        Column("cost_per_user", "Cost a user", unit="money"),
        Column("renewal_at", "Renews", unit="day"),
        Column("notice_at", "Notice by", unit="day"),
        Column("state", "Freshness"),
    ),
)
def inventory(facts: Facts, period: Period) -> Report:
    """Tools in use with cost, seats, renewal and freshness; the dearest first. Retired tools are not in it."""
    return facts.report(tools(facts, period.until))
