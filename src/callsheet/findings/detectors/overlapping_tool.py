"""Overlapping tool: paid for, hardly used, and another tool does the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import money
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def headline(found: Sequence[Found]) -> str:
    """`two tools do the same`."""
    return f"{found[0].facts['title']} is paid for and hardly used"


@detector(
    "overlapping_tool", title="Overlapping tool", needs=("stack.overlap",), rank=90, headline=headline,
    threshold="Two paid tools of one capability, where one has under a quarter of its seats active.",
    try_this="Move its few users over before the renewal's notice ends.",
)  # fmt: skip
def overlapping_tool(reader: Reader) -> Iterable[Signal]:
    """Tools of `stack.overlap`."""
    currency = reader.workspace.config.workspace.currency
    for row in reader.report("stack.overlap").rows:
        title, cost = str(row["title"]), float(row.get("cost") or 0)
        yield Signal(
            subject=f"tool:{row['tool']}", title=f"{title} overlaps with {row['other_title']}",
            sentence=f"{row['active']} of {row['seats']} seats of {title} were active; {row['other_title']} covers"
            f" {row['capability']} too. It costs {money(cost, currency)} a year.",
            severity="info", pill="Overlap", weight=cost / 1_000_000, owner=row.get("owner") or "",
            clause=f"[[{title}]] costs {money(cost, currency)} and overlaps with {row['other_title']}",
            evidence=(Evidence("tools by capability", str(row["capability"]), "/stack"),),
            answers=(Answer("Open the tool", f"/stack?tool={row['tool']}", primary=True),), facts={"title": title},
        )  # fmt: skip
