"""Slipped: a roadmap item went back, or its promised date moved out, lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from callsheet.base.text import count, joined, short_day
from callsheet.base.time import last
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

DAYS, LEAST, OFTEN = 90, 14, 3


def headline(found: Sequence[Found]) -> str:
    """`Bulk import slipped again`."""
    return f"{joined([str(one.facts['title']) for one in found])} slipped again"


@detector(
    "slipped", title="Slipping again", needs=("roadmap.slips",), rank=15, headline=headline,
    threshold="A roadmap item that slipped at least three times (its status went back, or its promise moved out by 14 days"
    " or more), the last time within 90 days.",
    try_this="Ask what was learned at the last move; promise a range, or take it off the board.",
)  # fmt: skip
def slipped(reader: Reader) -> Iterable[Signal]:
    """Initiatives that slipped often, and lately."""
    history = last(3650, reader.now, reader.zone)
    by_item: dict[str, list[dict[str, object]]] = {}
    for row in reader.report("roadmap.slips", history).rows:
        moved = row.get("days")
        if row.get("words") == "went back" or (isinstance(moved, int | float) and moved >= LEAST):
            by_item.setdefault(str(row["initiative"]), []).append(row)
    since = reader.now - timedelta(days=DAYS)
    for key, rows in sorted(by_item.items()):
        newest = max(rows, key=lambda row: row["changed_at"])  # type: ignore[arg-type, return-value]
        if len(rows) < OFTEN or newest["changed_at"] < since:  # type: ignore[operator]
            continue
        title = str(newest["title"])
        yield Signal(
            subject=f"initiative:{key}", title=f"{title} slipped {count(len(rows), 'time')}",
            sentence=f"The last time on {short_day(newest['changed_at'])}.",  # type: ignore[arg-type]
            severity="info", pill="Slipping", weight=len(rows) / 10, clause=f"[[{title}]] slipped again",
            evidence=(Evidence("slips", str(len(rows)), "/roadmap?tab=slips"),),
            answers=(Answer("Open it", f"/roadmap/initiatives/{key}", primary=True),), facts={"title": title},
        )  # fmt: skip
