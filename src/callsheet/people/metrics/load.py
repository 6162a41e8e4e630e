"""How much one person answers for."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric
from callsheet.people.metrics import objects


@metric(
    "people.load",
    title="Most on one person",
    unit="objects",
    better="lower",
    source="Active objects per accountable person, the highest",
    scopes=("team",),
)
def people_load(facts: Facts, period: Period) -> Value:
    """Active objects of the person who is accountable for the most. Nobody accountable: None."""
    found = facts.read.report("people.ownership", period, **facts.scope)
    names = {row["owner"]: row["owner_name"] for row in found.rows if row["owner"]}
    load = objects.load(found.rows)
    rows = [{"person": person, "name": names[person], "objects": number} for person, number in load.most_common()]
    most = rows[0]["objects"] if rows else None
    unowned = sum(row["state"] != "owned" for row in found.rows)
    return facts.value(most, sample=len(rows), left_out=unowned, why="objects without one owner", rows=rows)
