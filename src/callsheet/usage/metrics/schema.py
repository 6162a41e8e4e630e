"""The schema registry as reports and pages read it: what was seen by event, property and day, and what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.metrics import Facts
from callsheet.store.book import Book
from callsheet.store.settlers.schema import AT_ONCE, UNLISTED
from callsheet.store.workspace import Workspace
from callsheet.usage.drift import Course, Drift, Noted, of_event, of_properties, planned
from callsheet.usage.records import EventNote, PropertyNote

SLACK = 4 * AT_ONCE
"""Rows by which the registry may be behind and still count as filled."""


@dataclass(slots=True)
class Notes:
    """What people said, by event and by event and property."""

    events: dict[str, EventNote] = field(default_factory=dict)
    properties: dict[str, dict[str, PropertyNote]] = field(default_factory=dict)

    def of(self, event: str) -> Noted:
        """Return what counts for drift."""
        note = self.events.get(event)
        return Noted(note.state) if note else Noted()

    def of_properties(self, event: str) -> dict[str, Noted]:
        """The same for the properties of an event."""
        return {name: Noted(note.state, note.type) for name, note in self.properties.get(event, {}).items()}

    @property
    def planned(self) -> bool:
        """Whether there is a tracking plan."""
        return planned(map(self.of, self.events))


def notes(book: Book) -> Notes:
    """Read what people said."""
    found = Notes({note.event: note for note in book.all(select(EventNote))})
    for note in book.all(select(PropertyNote)):
        found.properties.setdefault(note.event, {})[note.property] = note
    return found


def behind(ws: Workspace) -> tuple[int, int]:
    """Return how many numbers of events the registry has not counted yet, and of how many; (1, 1) when this
    warehouse has no registry."""
    tables = ws.facts.tables()
    if "seen_days" not in tables or "seq" not in tables["events"].columns:
        return 1, 1
    state = tables["stream_state"]
    told = ws.facts.run(state.filter(state.name == "settled:schema").select("value")).to_pylist()
    last = ws.facts.run(tables["events"].seq.max().name("n").as_table()).column("n")[0].as_py() or 0
    return max(0, last - int(told[0]["value"] if told else 0)), last


def filled(ws: Workspace) -> bool:
    """Whether the registry knows nearly all rows, so that reports can rest on it."""
    left, of = behind(ws)
    return left <= min(SLACK, of // 20)


def unlisted(ws: Workspace) -> int:
    """Return the rows of event names beyond those that are listed."""
    state = ws.facts.tables()["stream_state"]
    told = ws.facts.run(state.filter(state.name == UNLISTED).select("value")).to_pylist()
    return int(told[0]["value"]) if told else 0


def courses(ws: Workspace, event: str | None = None, plain: bool = False) -> dict[str, Course]:
    """Return what was seen, by event: of one only if given; `plain` leaves their properties out."""
    tables = ws.facts.tables()
    seen, days, properties = (tables[name] for name in ("seen_events", "seen_days", "seen_properties"))
    if event is not None:
        seen, days, properties = (table.filter(table.event == event) for table in (seen, days, properties))
    ends = seen.group_by("event").agg(first=seen.first_seen.min(), last=seen.last_seen.max())
    found = {row["event"]: Course(row["first"], row["last"]) for row in _rows(ws, ends)}
    for row in _rows(ws, days.filter(days.type == "") if plain else days):
        if row["event"] in found:
            found[row["event"]].add(row["property"], row["type"], row["day"], row["amount"])
    for row in () if plain else _rows(ws, properties):
        course = found.get(row["event"])
        if course is not None:
            first = course.first_of.get(row["property"], row["first_seen"])
            course.first_of[row["property"]] = min(first, row["first_seen"])
    return found


def drifts(found: dict[str, Course], said: Notes, now: datetime) -> list[Drift]:
    """Return all that changed, of events as a whole and of their properties."""
    begun = min((course.first_seen for course in found.values()), default=now)
    told: list[Drift] = []
    for event in sorted({*found, *said.events}):
        note, course = said.of(event), found.get(event)
        whole = of_event(event, course, note, said.planned, begun, now)
        if whole:
            told.append(whole)
        if course is not None and note.state != "hidden":
            told += of_properties(event, course, now, said.of_properties(event))
    return told


def drifts_of(facts: Facts) -> list[Drift]:
    """Return all that changed, as a report reads it."""
    return drifts(courses(facts.workspace), notes(facts.book), facts.now)


def _rows(ws: Workspace, expr: Any) -> Iterable[dict[str, Any]]:
    rows: list[dict[str, Any]] = ws.facts.run(expr).to_pylist()
    return rows
