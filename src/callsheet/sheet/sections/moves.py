"""What moved on the roadmap: promised dates and states that slipped."""

from __future__ import annotations

from callsheet.base.time import last
from callsheet.metrics.registry import Column
from callsheet.sheet.model import Ask, Section, section

MOST = 6


@section("moves", place=35, cadences=("weekly", "monthly"))
def moves(ask: Ask) -> Section:
    """Promises that moved out, and roadmap items that went back or were dropped, in the last 90 days."""
    part = Section(
        "moves", "Moved on the roadmap", "table", note="slips of the last 90 days", href="/roadmap?tab=slips"
    )
    if not ask.reader.has("roadmap.slips"):
        return part
    found = ask.reader.report("roadmap.slips", last(90, ask.reader.now, ask.reader.zone))
    rows = sorted(found.rows, key=lambda row: row["changed_at"], reverse=True)
    keys = ("initiative", "title", "changed_at", "before", "after", "words")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    if len(rows) > MOST:
        part.note += f", {MOST} of {len(rows)}"
    part.columns = [
        Column("title", "Initiative", href="/roadmap/initiatives/{initiative}"), Column("changed_at", "Changed", "time"),
        Column("before", "From"), Column("after", "To"), Column("words", "Moved"),
    ]  # fmt: skip
    return part
