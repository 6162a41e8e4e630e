"""What the stack can do, and what nothing covers."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.stack.inventory import tools
from callsheet.stack.rules import CAPABILITIES


@report(
    "stack.capabilities",
    title="Capabilities covered",
    source="The capabilities that a product organisation needs, and the tools entered here",
    columns=(
        Column("capability", "Capability"),
        Column("number", "Tools"),
        Column("titles", "Which"),
        Column("cost", "Cost a year", unit="money"),
        Column("covered", "Covered"),
    ),
)
def capabilities(facts: Facts, period: Period) -> Report:
    """Each needed capability, and any other that a tool has, with its tools; the uncovered first."""
    listed = tools(facts, period.until)
    names = list(dict.fromkeys([*CAPABILITIES, *sorted(str(tool["capability"]) for tool in listed)]))
    rows = []
    for name in names:
        mine = [tool for tool in listed if tool["capability"] == name]
        costs = [float(tool["cost"]) for tool in mine if tool["cost"] is not None]
        rows.append({
            "capability": name, "number": len(mine), "titles": [tool["title"] for tool in mine],
            "cost": sum(costs) if costs else None, "covered": bool(mine),
        })  # fmt: skip
    rows.sort(key=lambda row: bool(row["covered"]))
    return facts.report(rows, sample=len(listed))
