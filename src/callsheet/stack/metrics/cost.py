"""What the stack costs."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric
from callsheet.stack.inventory import tools


@metric(
    "stack.cost", title="Tool stack, a year", unit="money", better="lower", source="Cost of each tool as entered here"
)
def cost(facts: Facts, period: Period) -> Value:
    """Sum of what the tools in use cost a year. Tools without a cost, or in another currency, are left out."""
    rows = tools(facts, period.until)
    paid = [row for row in rows if row["cost"] is not None and row["currency"] == facts.currency]
    amount = sum(float(row["cost"]) for row in paid) if paid else None
    return facts.value(amount, sample=len(paid), left_out=len(rows) - len(paid), why="cost not known", rows=paid)
