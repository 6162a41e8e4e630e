"""What has changed in the schema of events: pure rules on counts by UTC day, and on what people said is planned.

`Course` is what the registry knows of one event by day. Shares are of rows. The last days are compared with those of
some weeks ago: after that, a change is the new usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from callsheet.base.text import count, joined

RECENT_DAYS, EARLIER_DAYS = 3, (28, 8)
LEAST_ROWS = 30
USUAL, RARE = 0.95, 0.5
"""A property is usual when this share of earlier rows has it (or its type); it broke when at most RARE has it now."""
NEW_DAYS, KNOWN_DAYS = 7, 14
"""A name is new within NEW_DAYS of its first row, where others are known for KNOWN_DAYS by then."""
TURNS = 3
"""A property whose commonest type changed this often within four weeks has none that can be relied on."""
SILENT_DAYS = 28
WORDS = {
    "string": "text", "boolean": "true or false", "number": "number", "array": "list", "object": "object", "null": "null",
}  # fmt: skip
TYPES = tuple(WORDS)
STATES = ("", "expected", "deprecated", "hidden")
BAD = frozenset({"vanished", "dropped", "type changed", "property vanished", "type unexpected"})
"""Problems by which figures are wrong; of the others one should know."""


UNPLANNED = ("unexpected", "Not in the plan of this event.")


@dataclass(frozen=True, slots=True)
class Noted:
    """What people said of an event or a property; `type` is the expected one of a property."""

    state: str = ""
    type: str = ""


@dataclass(slots=True)
class Course:
    """One event: rows by day, and rows by day of each property and type; when each was first seen."""

    first_seen: datetime
    last_seen: datetime
    rows: dict[datetime, int] = field(default_factory=dict)
    types: dict[str, dict[str, dict[datetime, int]]] = field(default_factory=dict)
    first_of: dict[str, datetime] = field(default_factory=dict)

    def add(self, name: str, kind: str, day: datetime, amount: int) -> None:
        """Take in a count; an empty type is the event's own."""
        into = self.types.setdefault(name, {}).setdefault(kind, {}) if kind else self.rows
        into[day] = into.get(day, 0) + amount


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that changed. `property` is empty where it is about the event as a whole."""

    event: str
    property: str
    problem: str
    words: str


def of_properties(
    event: str, course: Course, now: datetime, notes: Mapping[str, Noted] | None = None
) -> Iterator[Drift]:
    """Yield what changed in the properties of an event; hidden ones are left alone."""
    notes = notes or {}
    with_plan = planned(notes.values())
    for name in sorted({*course.types, *notes}):
        note = notes.get(name, Noted())
        kinds = course.types.get(name, {})
        if note.state == "hidden":
            continue
        told = (
            _expected(kinds, note, course, now)
            or _changed(name, kinds, course, now)
            or _unsteady(kinds, now)
            or _new(course.first_of.get(name), course.first_seen, now)
            or (UNPLANNED if with_plan and kinds and not note.state and not name.startswith("$") else None)
        )
        if told:
            yield Drift(event, name, *told)


def of_event(
    event: str, course: Course | None, note: Noted, with_plan: bool, begun: datetime, now: datetime
) -> Drift | None:
    """Return what is to be said of an event's name: `begun` is since when anything is known, `with_plan` whether
    people said of any event that it is expected."""
    if note.state == "hidden":
        return None
    silent = course is None or course.last_seen < now - timedelta(days=SILENT_DAYS)
    if note.state == "expected" and silent:
        words = "Planned, and not seen yet." if course is None else f"None within the last {SILENT_DAYS} days."
        return Drift(event, "", "missing", words)
    if course is None or silent:
        return None
    lately = sum(amount for day, amount in course.rows.items() if day > now - timedelta(days=NEW_DAYS + 1))
    if note.state == "deprecated" and lately:
        return Drift(event, "", "deprecated", f"Still sent: {count(lately, 'row')} within the last week.")
    if with_plan and not note.state and not event.startswith("$"):
        return Drift(event, "", "unexpected", "Not in the tracking plan.")
    new = course.first_seen > now - timedelta(days=NEW_DAYS) and begun < now - timedelta(days=KNOWN_DAYS)
    return Drift(event, "", "new event", "First seen within the last week.") if new and not note.state else None


def _changed(name: str, kinds: dict[str, dict[datetime, int]], course: Course, now: datetime) -> tuple[str, str] | None:
    """Whether a usual property, or its usual type, is rare in the last days; null is as if it were missing."""
    before, after = _split(course.rows, now)
    if before < LEAST_ROWS or after < LEAST_ROWS:
        return None
    by_type = {kind: _split(days, now) for kind, days in kinds.items() if kind != "null"}
    had, has = sum(one for one, _ in by_type.values()), sum(one for _, one in by_type.values())
    if had < USUAL * before:
        return None
    if has <= RARE * after:
        return "property vanished", f"{name} was in {had / before:.0%} of the rows, now in {has / after:.0%}."
    usual = max(by_type, key=lambda kind: by_type[kind][0])
    if by_type[usual][0] < USUAL * had or by_type[usual][1] > RARE * has:
        return None
    now_is = max(by_type, key=lambda kind: by_type[kind][1])
    share = by_type[now_is][1] / has
    return "type changed", f"{name} was {WORDS[usual]}, now it is {WORDS[now_is]} in {share:.0%} of the rows."


def _unsteady(kinds: dict[str, dict[datetime, int]], now: datetime) -> tuple[str, str] | None:
    """Whether the commonest type changed again and again from one day to the next."""
    course = turns(kinds, now)
    changes = sum(one != other for one, other in pairwise(course))
    if changes < TURNS:
        return None
    days = [f"{WORDS[kind]} on {count(amount, 'day')}" for kind, amount in Counter(course).most_common()]
    return "type changed", f"Its type changed {changes} times within {SILENT_DAYS} days: {joined(days)}."


def turns(kinds: Mapping[str, Mapping[datetime, int]], now: datetime) -> list[str]:
    """Return the commonest type of each day of the last four weeks on which the property was seen, in order."""
    by_day: dict[datetime, dict[str, int]] = {}
    for kind, days in kinds.items():
        for day, amount in days.items():
            if kind != "null" and now - timedelta(days=SILENT_DAYS) <= day <= now:
                by_day.setdefault(day, {})[kind] = amount
    return [max(sorted(found), key=lambda kind: found[kind]) for _, found in sorted(by_day.items())]


def _expected(
    kinds: dict[str, dict[datetime, int]], note: Noted, course: Course, now: datetime
) -> tuple[str, str] | None:
    """Whether the last days are as was planned."""
    after = _split(course.rows, now)[1]
    recent = {kind: _split(days, now)[1] for kind, days in kinds.items() if kind != "null"}
    has, wrong = sum(recent.values()), {kind: one for kind, one in recent.items() if one and kind != note.type}
    if note.type and wrong:
        most = max(wrong, key=lambda kind: wrong[kind])
        share = sum(wrong.values()) / has
        words = (
            f"{WORDS[note.type].capitalize()} is expected; {share:.1%} of the rows have another type ({WORDS[most]})."
        )
        return "type unexpected", words
    if note.state == "expected" and after >= LEAST_ROWS and has <= RARE * after:
        return "missing", f"Planned, and in {has / after:.0%} of the rows of the last {RECENT_DAYS} days."
    if note.state == "deprecated" and has:
        return "deprecated", f"Still sent: {count(has, 'row')} within the last {RECENT_DAYS} days."
    return None


def _new(first: datetime | None, event_first: datetime, now: datetime) -> tuple[str, str] | None:
    """Whether the property is new in an event that is not."""
    if first is None or first <= now - timedelta(days=NEW_DAYS) or event_first > now - timedelta(days=KNOWN_DAYS):
        return None
    return "new property", "First seen within the last week."


def _split(days: Mapping[datetime, int], now: datetime) -> tuple[int, int]:
    """Return the rows of 28 to 8 days ago, and of the last days."""
    far, near = (now - timedelta(days=back) for back in EARLIER_DAYS)
    recent = now - timedelta(days=RECENT_DAYS)
    before = sum(amount for day, amount in days.items() if far <= day < near)
    return before, sum(amount for day, amount in days.items() if recent <= day <= now)


def planned(notes: Iterable[Noted]) -> bool:
    """Whether there is a plan: somebody said of at least one that it is expected."""
    return any(note.state == "expected" for note in notes)
