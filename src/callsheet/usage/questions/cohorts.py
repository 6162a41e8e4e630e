"""Who satisfies the conditions that describe a cohort.

Only units that did something at some time can satisfy a condition; what has no event is in no dynamic cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.base.relative import relative
from callsheet.base.time import day_start, last, local_date, local_midnight, parse_moment
from callsheet.model.history import Activity, Ask
from callsheet.usage.questions.buckets import buckets, micros
from callsheet.usage.questions.cohort_shapes import (
    All,
    AnyOf,
    Compare,
    Condition,
    Did,
    DidFirst,
    Events,
    FirstSeen,
    Not,
    Regularly,
    Restarted,
    Sequence,
    Stopped,
    Trait,
    Window,
    Within,
)
from callsheet.usage.questions.common import Desk, Series, Span, Unit, WhereIn
from callsheet.usage.questions.conditions import mark

T = TypeVar("T", np.bool_, np.int64)
BEGIN = datetime(1970, 1, 1)
Truths: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]
_EVERY = Events()

Funnelled: TypeAlias = Callable[[Sequence, Unit, Desk], list[str]]


@dataclass(slots=True)
class Census:
    """Finds out who satisfies a condition. `funnelled` gives the ids of those who did steps one after another.

    Units are places in arrays of truths, as long as there were codes when it began.
    """

    desk: Desk
    unit: Unit
    funnelled: Funnelled
    known: Truths = field(init=False)
    names: Callable[[Iterable[int]], list[str]] = field(init=False)
    codes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = self._activity(_EVERY, BEGIN, self._today[1])
        self.names = every.names
        self.known = np.bincount(every.unit, minlength=every.size) > 0

    @property
    def _today(self) -> tuple[datetime, datetime]:
        """Today's beginning and end."""
        return self._last(1)

    def _last(self, days: int) -> tuple[datetime, datetime]:
        found = last(days, self.desk.now, self.desk.zone)
        return found.since, found.until

    def ids(self, condition: Condition) -> list[str]:
        """Return the ids of those who satisfy it, in the order of their codes."""
        return self.names(np.flatnonzero(self.known & self._holds(condition)))

    def _holds(self, one: Condition) -> Truths:
        self.desk.cancelled()
        if isinstance(one, All | AnyOf):
            meet = np.logical_and if isinstance(one, All) else np.logical_or
            found: Truths = reduce(meet, [self._holds(part) for part in one.of])
            return found
        return ~self._holds(one.one) if isinstance(one, Not) else self._leaf(one)

    def _leaf(
        self, one: Did | DidFirst | Regularly | Stopped | Restarted | Trait | Within | FirstSeen | Sequence
    ) -> Truths:
        if isinstance(one, Events):
            return self._behaved(one)
        if isinstance(one, Trait):
            having = Events(where=(WhereIn(field=one.field, op=one.op, values=one.values),))
            return self._counts(having, BEGIN, self._today[1]) > 0
        if isinstance(one, FirstSeen):
            return self._first_seen(one.span)
        if isinstance(one, Sequence):
            return self._listed(self.funnelled(one, self.unit, self.desk))
        return self._listed(self.desk.cohort(one.cohort))

    def _behaved(self, one: Events) -> Truths:
        """Return who did, or ceased to do, events like these."""
        if isinstance(one, Did):
            return _fits(self._counts(one, *bounds(one, self.desk)), one.compare, one.times)
        if isinstance(one, DidFirst):
            since, until = bounds(one, self.desk)
            then, before = self._counts(one, since, until), self._counts(one, BEGIN, since)
            return np.asarray((then > 0) & (before == 0), np.bool_)
        if isinstance(one, Regularly):
            return self._regularly(one)
        return self._lately(one) if isinstance(one, Stopped | Restarted) else ~self.known

    def _lately(self, one: Stopped | Restarted) -> Truths:
        (since, until), (recent, _) = self._last(one.days), self._last(one.recent)
        now, between = self._counts(one, recent, until) > 0, self._counts(one, since, recent) > 0
        if isinstance(one, Stopped):
            return np.asarray(between & ~now, np.bool_)
        before = self._counts(one, BEGIN, since) > 0
        return np.asarray(now & ~between & before, np.bool_)

    def _regularly(self, one: Regularly) -> Truths:
        """Count the stretches in which they did it so many times."""
        today = local_date(self.desk.now, self.desk.zone)
        back = relative(f"-{one.every * one.periods}{one.interval[0]}", self.desk.now, self.desk.zone)
        begin = BEGIN.date() if back is None else local_date(back, self.desk.zone)
        span = Span(since=begin.isoformat(), until=(today - timedelta(days=1)).isoformat())
        within = buckets(span, one.interval, self.desk.zone, self.desk.now)
        found = self._activity(one, within.since, min(within.until, self._today[0]))
        place = within.places_of_days(found.day) // one.every
        width = len(within) // one.every + 1
        times = np.bincount(found.unit.astype(np.int64) * width + place, found.count, found.size * width)
        fits = _fits(times.astype(np.int64).reshape(-1, width), one.compare, one.times)
        return _fitted(fits.sum(axis=1) >= one.least, len(self.known))

    def _counts(self, one: Events, since: datetime, until: datetime) -> Counts:
        """Return how often each unit did this in `[since, until)`."""
        if until <= since:
            return np.zeros(len(self.known), np.int64)
        found = self._activity(one, since, until)
        counts = np.bincount(found.unit, weights=found.count, minlength=found.size)
        return _fitted(counts.astype(np.int64), len(self.known))

    def _activity(self, one: Events, since: datetime, until: datetime) -> Activity:
        """Return when units did this, by day; by moments, where the days are not whole."""
        desk = self.desk.near(since, until)
        asked = mark(Series(events=one.events, where=one.where), desk)
        if all(moment == BEGIN or local_midnight(moment, desk.zone) == moment for moment in (since, until)):
            return desk.histories.activity(asked, since, until, desk.zone, self.unit)
        found = desk.histories.read(Ask((asked,), since, until, self.unit))
        day = np.zeros(len(found), np.int32)
        return Activity(found.unit, day, np.ones(len(found), np.uint32), found.names, found.size, found.left_out)

    def _first_seen(self, span: Span) -> Truths:
        within = buckets(span, "day", self.desk.zone, self.desk.now)
        created = self.desk.histories.created(self.unit)
        since, until = micros(within.since), micros(within.until)
        return _fitted((created >= since) & (created < until), len(self.known))

    def _listed(self, ids: list[str] | tuple[str, ...]) -> Truths:
        if not self.codes:
            self.codes = {name: code for code, name in enumerate(self.names(range(len(self.known))))}
        found = np.zeros(len(self.known), dtype=np.bool_)
        found[[self.codes[one] for one in ids if one in self.codes]] = True
        return found


def _fits(counts: Counts, compare: Compare, times: int) -> Truths:
    """Return which numbers fit; at most so many is one at least, unless it is none."""
    if compare == "at_least":
        return counts >= times
    return (counts > 0) & (counts <= times) if compare == "at_most" and times else counts == times


def bounds(one: Window, desk: Desk) -> tuple[datetime, datetime]:
    """Return the beginning and the end of a window. BadInput where it ends before it begins."""
    today = last(one.days or 1, desk.now, desk.zone)
    since = _begin(one.since, desk) if one.since else today.since if one.days else BEGIN
    until = _end(one.until, desk) if one.until else today.until
    if until <= since:
        raise BadInput("The window ends before it begins.", "Give a since that is before the until.")
    return since, until


def _begin(text: str, desk: Desk) -> datetime:
    """Return the moment of a text; one that is told from now is the beginning of its day."""
    told = relative(text, desk.now, desk.zone)
    return parse_moment(text, desk.zone) if told is None else local_midnight(told, desk.zone)


def _end(text: str, desk: Desk) -> datetime:
    """Return the end of the day that a text tells from now or names, or the moment it names."""
    begin = _begin(text, desk)
    if local_midnight(begin, desk.zone) != begin or ":" in text:
        return begin
    return day_start(local_date(begin, desk.zone) + timedelta(days=1), desk.zone)


def _fitted(found: NDArray[T], length: int) -> NDArray[T]:
    """Return so many places of an array; codes that are not in it have zeros. Events go on arriving meanwhile."""
    return np.pad(found[:length], (0, max(0, length - len(found))))
