"""Stale source: a tool whose facts have stopped arriving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callsheet.base.text import joined, number
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader


def headline(found: Sequence[Found]) -> str:
    """`Helpharbour has not synced`."""
    names = joined([str(one.facts["title"]) for one in found])
    return f"{names} {'has' if len(found) == 1 else 'have'} not synced"


@detector(
    "stale_source", title="Stale source", needs=("stack.freshness",), rank=70, headline=headline,
    threshold="No successful sync for more than `thresholds.stale_after_days` (2) days, or the last sync failed.",
    try_this="Sync it by hand and read the error; figures that rest on it are older than they look.",
)  # fmt: skip
def stale_source(reader: Reader) -> Iterable[Signal]:
    """Tools of `stack.freshness` that are stale or whose last sync failed."""
    for row in reader.report("stack.freshness").rows:
        if row.get("state") not in ("stale", "failed"):
            continue
        title, days = str(row["title"]), row.get("days")
        words = f"has not synced for {number(days)} days" if days is not None else "could not sync"
        more = f" The last error: {row['words']}." if row.get("state") == "failed" and row.get("words") else ""
        yield Signal(
            subject=f"tool:{row['tool']}", title=f"{title} {words}",
            sentence=f"What Callsheet knows from {title} is {number(days)} days old.{more}" if days is not None
            else f"{title} {words}.{more}",
            severity="warn", pill="Stale", weight=0.2, owner=row.get("owner") or "", since=row.get("synced_at"),
            clause=f"[[{title}]] {words}",
            evidence=(Evidence("freshness", words, "/stack"),),
            answers=(Answer("Open the stack", "/stack", primary=True),), facts={"title": title},
        )  # fmt: skip
