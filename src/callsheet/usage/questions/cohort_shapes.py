"""Conditions that describe a cohort: what was done, how often and when, what is so now, and how these are joined.

Days are local days and today is the last of them: "in the last 7 days" is today and the six days before.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from callsheet.model.history import OPS
from callsheet.usage.questions.common import TOGETHER, Name, Series, Span, Strict, Unit, WhereIn, dated_from_now

MOST_PARTS = 100
MOST_DEEP = 12
Days: TypeAlias = Annotated[int | None, Field(ge=1, le=5000)]
SomeDays: TypeAlias = Annotated[int, Field(ge=1, le=5000)]
Moment: TypeAlias = Annotated[str, Field(max_length=40)]
Times: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000_000)]
Compare: TypeAlias = Literal["at_least", "at_most", "exactly"]


class Events(Strict):
    """Events like these (none named: all)."""

    events: tuple[Name, ...] = Field(default=(), max_length=100)
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)


class Window(Strict):
    """In the last `days` days, or from `since` to `until`: days, of which both are in, or moments, also told from now
    (`-7d` is from the beginning of the day seven days ago). Ever, where neither is given."""

    days: Days = None
    since: Moment = ""
    until: Moment = ""

    @model_validator(mode="after")
    def _one_window(self) -> Self:
        if self.days and (self.since or self.until):
            raise ValueError("give days, or since and until")
        return self


class Did(Events, Window):
    """Did events like these so many times. At most so many times is once at least, as in PostHog; exactly 0 times
    is "did not"."""

    kind: Literal["did"]
    compare: Compare = "at_least"
    times: Times = 1


class DidFirst(Events, Window):
    """Did events like these for the first time ever then."""

    kind: Literal["did_first"]


class Regularly(Events):
    """Did events like these so many times in a stretch of `every` days, weeks or months, in at least `least` of the last
    `periods` of them, which end with yesterday. As in PostHog, calendar weeks and months are taken together, from
    the one on in which the first stretch begins."""

    kind: Literal["regularly"]
    compare: Compare = "at_least"
    times: Annotated[int, Field(ge=1, le=1_000_000_000)] = 1
    interval: Literal["day", "week", "month"] = "day"
    every: Annotated[int, Field(ge=1, le=366)] = 1
    periods: Annotated[int, Field(ge=1, le=500)] = 3
    least: Annotated[int, Field(ge=1, le=500)] = 2

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.least > self.periods:
            raise ValueError("least is at most periods")
        return self


class Lately(Events):
    """What was done in the last `days` days, the last `recent` of them apart."""

    days: SomeDays = 30
    recent: SomeDays = 7

    @model_validator(mode="after")
    def _recent_is_less(self) -> Self:
        if self.recent >= self.days:
            raise ValueError("recent is less than days")
        return self


class Stopped(Lately):
    """Did events like these in the last `days` days, but not in the last `recent` of them."""

    kind: Literal["stopped"]


class Restarted(Lately):
    """Did events like these in the last `recent` days and long before, but not in between, since the last `days` began."""

    kind: Literal["restarted"]


class Trait(Strict):
    """Has a trait as it is now: `field` is `person.<trait>` or `account.<trait>`, or `properties.<name>` of any of
    its events."""

    kind: Literal["trait"]
    field: Name
    op: Literal[OPS] = "is"  # type: ignore[valid-type]
    values: tuple[str | float | bool, ...] = Field(default=(), max_length=1000)

    @property
    def to_the_minute(self) -> bool:
        """Whether a moment that it names is told from now."""
        return dated_from_now(self.op, self.values)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.field in TOGETHER:
            raise ValueError("a trait is a single field; join conditions of the cohort with all or any instead")
        if self.field == "cohort":
            raise ValueError('members of another cohort are {"kind": "in", "cohort": ID}')
        return self


class Within(Strict):
    """Is in another cohort of the same unit."""

    kind: Literal["in"]
    cohort: Name


class FirstSeen(Strict):
    """Came into being in the span: was created, or did something for the first time."""

    kind: Literal["first_seen"]
    span: Span = Span(last=30)


class Sequence(Window):
    """Did these steps one after another, within `within_days` days from the first."""

    kind: Literal["sequence"]
    steps: tuple[Series, ...] = Field(min_length=2, max_length=10)
    within_days: int = Field(default=14, ge=1, le=5000)


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
    Did | DidFirst | Regularly | Stopped | Restarted | Trait | Within | FirstSeen | Sequence | All | AnyOf | Not,
    Field(discriminator="kind"),
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
    if isinstance(one, Events):
        own |= _named(one.where)
    if isinstance(one, Sequence):
        own |= {key: False for step in one.steps for key in _named(step.where)}
    for part in parts(one):
        inner = mentioned(part)
        own = inner | own | {key: True for key, direct in inner.items() if direct}
    return own


def _named(given: tuple[WhereIn, ...]) -> dict[str, bool]:
    plain = (leaf for one in given for leaf in one.leaves())
    return {str(key): False for one in plain if one.field == "cohort" for key in one.values}
