"""What has no clear owner."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report

REASONS = {
    "none": "nobody is accountable",
    "gone": "the accountable person has left",
    "many": "more than one person is accountable",
}


@report(
    "people.unowned",
    title="Without a clear owner",
    source="Objects of people.ownership without exactly one accountable person who is still here",
    columns=(
        Column("title", "What", href="/people?tab=ownership&assign={ref}"),
        Column("kind", "Kind"),
        Column("reason", "Why"),
        Column("since_at", "Since", unit="time"),
        Column("last_owner", "Last"),
        Column("team", "Team", ref="team"),
    ),
    scopes=("team",),
)
def unowned(facts: Facts, period: Period) -> Report:
    """Active objects that nobody, somebody who left, or more than one person is accountable for."""
    found = facts.read.report("people.ownership", period, **facts.scope)
    keys = ("ref", "kind", "title", "state", "since_at", "last_owner", "team", "owner_names")
    rows = [
        {**{key: row[key] for key in keys}, "reason": REASONS[row["state"]]}
        for row in found.rows
        if row["state"] != "owned"
    ]
    return facts.report(rows, sample=found.sample, left_out=found.left_out, why=found.left_out_why)
