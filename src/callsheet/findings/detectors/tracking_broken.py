"""Tracking broken: events that vanished, broke in volume, or whose properties changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from callsheet.base.text import capital, count, joined
from callsheet.findings.model import Answer, Evidence, Found, Signal, detector
from callsheet.metrics.reader import Reader

MANY = 4
"""More events than this with one problem are one finding: then a source has stopped, not an event."""


def headline(found: Sequence[Found]) -> str:
    """`tracking of checkout_done is broken`."""
    return f"tracking of {joined([str(one.facts['title']) for one in found], 2)} is broken"


@detector(
    "tracking_broken", title="Tracking broken", needs=("usage.tracking",), rank=63, headline=headline,
    threshold="No event of a name where so long a silence has a chance below 0.1% over all names together; the last"
    " three whole days together six robust deviations away from the same weekdays, each at half or twice as much; a"
    " property of 95% of the rows (or its type) that at most half of the newest rows have.",
    try_this="Look at the last release of the client and at the source's refused events; figures since then are too low.",
)  # fmt: skip
def tracking_broken(reader: Reader) -> Iterable[Signal]:
    """Event names of `usage.tracking` with a problem, one finding each, or one for all where many have the same."""
    rows = [row for row in reader.report("usage.tracking").rows if row["problem"]]
    for problem in dict.fromkeys(row["problem"] for row in rows):
        own = [row for row in rows if row["problem"] == problem]
        events = list(dict.fromkeys(row["event"] for row in own))
        if len(events) > MANY:
            yield _many(problem, events, own)
        else:
            yield from (_one(problem, event, [row for row in own if row["event"] == event]) for event in events)


WORDS = {
    "vanished": "has stopped coming in", "dropped": "comes in far less", "jumped": "comes in far more",
    "type changed": "changed the type of a property", "property vanished": "has lost a property",
    "type unexpected": "has a property of another type than planned", "unexpected": "is not in the tracking plan",
}  # fmt: skip


SCHEMA = "/usage/events?tab=schema&drifting=1"
MILD = frozenset({"jumped", "unexpected"})


def _one(problem: str, event: str, rows: list[dict[str, Any]]) -> Signal:
    href = f"/usage/events?tab=schema&event={quote(event, safe='')}"
    return Signal(
        subject=f"event:{event}:{problem}", title=f"{event} {WORDS[problem]}",
        sentence=" ".join(capital(row["words"]) for row in rows), severity="info" if problem in MILD else "warn",
        pill="Tracking", weight=0.4, since=None, clause=f"[[{event}]] {WORDS[problem]}",
        evidence=(Evidence("tracking", joined([row["property"] for row in rows if row["property"]]) or problem, href),),
        answers=(Answer("Look at it", href, primary=True),), facts={"title": event},
    )  # fmt: skip


def _many(problem: str, events: list[str], rows: list[dict[str, Any]]) -> Signal:
    verb = WORDS[problem].replace("has ", "have ", 1).replace("comes", "come").replace("changed", "have changed")
    verb = verb.replace("is not", "are not")
    title = f"{count(len(events), 'event')} {verb}"
    return Signal(
        subject=f"event:*:{problem}", title=title, sentence=f"{capital(rows[0]['words'])} Among them {joined(events)}.",
        severity="info" if problem in MILD else "bad", pill="Tracking", weight=0.8, clause=f"[[{title}]]",
        evidence=(Evidence("tracking", str(len(events)), SCHEMA),),
        answers=(Answer("Look at the schema", SCHEMA, primary=True),), facts={"title": "many events"},
    )  # fmt: skip
