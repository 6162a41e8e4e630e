"""Out of the loop and other loose ends: findings that need no decision but should be known."""

from __future__ import annotations

from callsheet.base.text import capital
from callsheet.findings.model import DETECTORS, linked
from callsheet.sheet.compose import marked
from callsheet.sheet.model import Ask, Piece, Section, section


@section("loose_ends", place=60)
def loose_ends(ask: Ask) -> Section:
    """Open and acknowledged findings that are not answered under decisions, one clause each."""
    rows = [row for row in ask.findings if not (row.decide and row.state == "open") and row.detector in DETECTORS]
    items: list[Piece] = []
    for row in rows[:12]:
        items += [*([Piece(" · ")] if items else []), *marked(capital(linked(row)))]
    return Section("loose_ends", "Also to know", "list", items=items, wide=False, href="/findings")
