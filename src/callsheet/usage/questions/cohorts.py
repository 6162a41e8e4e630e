"""Conditions that describe a cohort, and who satisfies them.

Days are local days and today is the last of them: "in the last 7 days" is today and the six days before. Only
units that did something at some time can satisfy a condition; what has no event is in no dynamic cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Annotated, Literal, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from callsheet.base.time import last
from callsheet.model.history import OPS, Activity
from callsheet.usage.questions.buckets import buckets, micros
from callsheet.usage.questions.common import Desk, Name, Series, Span, Strict, Unit, WhereIn, mark

T = TypeVar("T", np.bool_, np.int64)
BEGIN = datetime(1970, 1, 1)
MOST_PARTS = 100
MOST_DEEP = 12
Days: TypeAlias = Annotated[int | None, Field(ge=1, le=5000)]
Truths: TypeAlias = NDArray[np.bool_]


class Did(Strict):
    """Did events like these so many times in the last `days` days (ever, if none are given). Exactly 0 times is
    "did not"."""

    kind: Literal["did"]
    events: tuple[Name, ...] = Field(default=(), max_length=100)
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)
    compare: Literal["at_least", "at_most", "exactly"] = "at_least"
    times: int = Field(default=1, ge=0, le=1_000_000_000)
    days: Days = None


class Trait(Strict):
    """Has a trait as it is now: `field` is `person.<trait>` or `account.<trait>`, or `properties.<name>` of any of
    its events."""

    kind: Literal["trait"]
    field: Name
    op: Literal[OPS] = "is"  # type: ignore[valid-type]
    values: tuple[str | float | bool, ...] = Field(default=(), max_length=1000)


class Within(Strict):
    """Is in another cohort of the same unit."""

    kind: Literal["in"]
    cohort: Name


class FirstSeen(Strict):
    """Came into being in the span: was created, or did something for the first time."""

    kind: Literal["first_seen"]
    span: Span = Span(last=30)


class Sequence(Strict):
    """Did these steps one after another, within `within_days` days from the first, in the last `days` days."""

    kind: Literal["sequence"]
    steps: tuple[Series, ...] = Field(min_length=2, max_length=10)
    within_days: int = Field(default=14, ge=1, le=5000)
    days: Days = None


class All(Strict):
    """Satisfies all of these."""

    kind: Literal["all"]
    of: tuple[Condition, ...] = Field(min_length=1, max_length=50)


class AnyOf(Strict):
    """Satisfies at least one of these."""

    kind: Literal["any"]
    of: tuple[Condition, ...] = Field(min_length=1, max_length=50)


class Not(Strict):
    """Does not satisfy this."""

    kind: Literal["not"]
    one: Condition


Condition: TypeAlias = Annotated[
    Did | Trait | Within | FirstSeen | Sequence | All | AnyOf | Not, Field(discriminator="kind")
]


class Described(Strict):
    """Who belongs to a dynamic cohort."""

    unit: Unit = "person"
    condition: Condition

    @model_validator(mode="after")
    def _small(self) -> Self:
        parts, deep = size(self.condition)
        if parts > MOST_PARTS or deep > MOST_DEEP:
            raise ValueError(f"a condition has at most {MOST_PARTS} parts, {MOST_DEEP} inside one another")
        return self


for _model in (All, AnyOf, Not, Described):
    _model.model_rebuild()


def parts(one: Condition) -> tuple[Condition, ...]:
    """Return what a condition is directly made of."""
    if isinstance(one, All | AnyOf):
        return one.of
    return (one.one,) if isinstance(one, Not) else ()


def size(one: Condition) -> tuple[int, int]:
    """Return how many parts a condition has, and how deep they stand inside one another."""
    inner = [size(part) for part in parts(one)]
    return 1 + sum(count for count, _ in inner), 1 + max((deep for _, deep in inner), default=0)


def mentioned(one: Condition) -> dict[str, bool]:
    """Return the ids of cohorts that a condition rests on, and whether membership itself is asked for (else events
    of its members are)."""
    own = {one.cohort: True} if isinstance(one, Within) else {}
    if isinstance(one, Did):
        own |= _named(one.where)
    if isinstance(one, Sequence):
        own |= {key: False for step in one.steps for key in _named(step.where)}
    for part in parts(one):
        inner = mentioned(part)
        own = inner | own | {key: True for key, direct in inner.items() if direct}
    return own


def _named(given: tuple[WhereIn, ...]) -> dict[str, bool]:
    return {str(key): False for one in given if one.field == "cohort" for key in one.values}


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
        every = self._activity((), (), None)
        self.names = every.names
        self.known = np.bincount(every.unit, minlength=every.size) > 0

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

    def _leaf(self, one: Did | Trait | Within | FirstSeen | Sequence) -> Truths:
        if isinstance(one, Did):
            return self._did(one)
        if isinstance(one, Trait):
            return self._counts((), (WhereIn(field=one.field, op=one.op, values=one.values),), None) > 0
        if isinstance(one, FirstSeen):
            return self._first_seen(one.span)
        if isinstance(one, Sequence):
            return self._listed(self.funnelled(one, self.unit, self.desk))
        return self._listed(self.desk.cohort(one.cohort))

    def _did(self, one: Did) -> Truths:
        counts = self._counts(one.events, one.where, one.days)
        if one.compare == "at_least":
            return counts >= one.times
        return counts <= one.times if one.compare == "at_most" else counts == one.times

    def _counts(self, events: tuple[str, ...], given: tuple[WhereIn, ...], days: int | None) -> NDArray[np.int64]:
        """Return how often each unit did this in the last days."""
        found = self._activity(events, given, days)
        counts = np.bincount(found.unit, weights=found.count, minlength=found.size)
        return _fitted(counts.astype(np.int64), len(self.known))

    def _activity(self, events: tuple[str, ...], given: tuple[WhereIn, ...], days: int | None) -> Activity:
        today = last(days or 1, self.desk.now, self.desk.zone)
        asked = mark(Series(events=events, where=given), self.desk)
        since = today.since if days else BEGIN
        return self.desk.histories.activity(asked, since, today.until, self.desk.zone, self.unit)

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


def _fitted(found: NDArray[T], length: int) -> NDArray[T]:
    """Return so many places of an array; codes that are not in it have zeros. Events go on arriving meanwhile."""
    return np.pad(found[:length], (0, max(0, length - len(found))))
