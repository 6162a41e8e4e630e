"""How much has an owner."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric


@metric(
    "people.owned_share",
    title="Clearly owned",
    unit="%",
    better="higher",
    source="Share of active objects with exactly one accountable person (RACI: one A a thing)",
    scopes=("team",),
)
def owned_share(facts: Facts, period: Period) -> Value:
    """Share of active initiatives, features, components and tools with exactly one accountable owner who is here.

    As at the end of the period. Kinds of which nothing says who owns them are unknown and left out.
    """
    found = facts.read.report("people.ownership", period, **facts.scope)
    owned = sum(row["state"] == "owned" for row in found.rows)
    share = 100 * owned / len(found.rows) if found.rows else None
    return facts.value(share, sample=len(found.rows), left_out=found.left_out, why=found.left_out_why, rows=found.rows)
