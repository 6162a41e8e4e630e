"""Decisions needed: findings that can be answered in place."""

from __future__ import annotations

from callsheet.findings.api import out
from callsheet.sheet.model import Ask, Section, section


@section("decisions", place=20)
def decisions(ask: Ask) -> Section:
    """Open findings that ask for a decision, the gravest first."""
    rows = [row for row in ask.findings if row.decide and row.state == "open"]
    return Section(
        "decisions", "Decisions needed", "findings", href="/findings",
        note=f"{len(rows)} · answer here, the evidence is kept with the decision",
        findings=[out(row).model_dump(mode="json") for row in rows],
    )  # fmt: skip
