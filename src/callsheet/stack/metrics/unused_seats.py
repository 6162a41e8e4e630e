"""Seats that nobody uses."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric
from callsheet.stack.inventory import tools


@metric(
    "stack.unused_seats",
    title="Unused seats",
    unit="seats",
    better="lower",
    source="Seats without an active user, as each tool last reported",
)
def unused_seats(facts: Facts, period: Period) -> Value:
    """Seats of all tools in use less their active users. Tools that do not tell both are left out."""
    rows = tools(facts, period.until)
    known = [row for row in rows if row["unused"] is not None]
    amount = sum(int(row["unused"]) for row in known) if known else None
    return facts.value(amount, sample=len(known), left_out=len(rows) - len(known), why="users not known", rows=known)
