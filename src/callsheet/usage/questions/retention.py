"""Retention: of those who started in an interval, how many came back in each later one.

The rules are PostHog's: column 0 holds all who started; minimum occurrences do not touch it; with first-time starts
the whole history decides what was first.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Asked, Bucket, Name, Series, Strict


class Value(Strict):
    """A property of the returns to sum, or to take the mean of for each unit that returned."""

    property: Name = Field(min_length=1)
    math: Literal["sum", "mean"] = "sum"


class Question(Asked):
    """A grid of intervals of starting (`span`, `interval`) by intervals of returning (`periods` after it).

    `mode`: `recurring` (a unit starts in every interval in which it did the start event), `first_time` (where it did
    so for the first time ever, with these conditions), `first_ever` (the same, if this was also its first of these
    events whatever their properties), `first_in_span` (for the first time in the span). `when`: a return `on` the
    interval, or `on_or_after` it (within the periods). `basis`: intervals of the calendar, or `rolling` windows (1
    hour, 24 hours, 7 days, 30 days) from the unit's own start; a unit then has one start. `brackets` are lengths in
    intervals: 1, 3, 7 gives the columns 1, 2-4 and 5-11. `least` is how often a unit must return in an interval.
    """

    kind: Literal["retention"] = "retention"
    start: Series
    back: Series
    mode: Literal["recurring", "first_time", "first_ever", "first_in_span"] = "recurring"
    when: Literal["on", "on_or_after"] = "on"
    basis: Literal["calendar", "rolling"] = "calendar"
    periods: int = Field(default=7, ge=1, le=90)
    brackets: tuple[int, ...] = Field(default=(), max_length=30)
    least: int = Field(default=1, ge=1, le=10_000)
    value: Value | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(size < 1 for size in self.brackets) or sum(self.brackets) > 400:
            raise ValueError("brackets are lengths of 1 or more intervals, 400 together at most")
        if self.value and (self.when == "on_or_after" or self.least > 1):
            raise ValueError("a value is summed over all returns of an interval; leave out on_or_after and least")
        if self.compare:
            raise ValueError("retention is compared by the rows of its grid; leave out compare")
        return self

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many intervals each column after the first holds."""
        return self.brackets or (1,) * self.periods


class Share(BaseModel):
    """One cell: units that returned, their share with its Wilson interval (95%), and the value where one was asked
    for. `complete` says that its time is over: until then `share` is None; before it begins, `units` too."""

    units: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    value: float | None = None
    complete: bool = True


class Cohort(BaseModel):
    """Those who started in one interval (a place in `Answer.buckets`), column by column."""

    bucket: int
    size: int
    cells: list[Share]


class Grid(BaseModel):
    """The grid of one line of the breakdown (parts as in trends) and its mean row: all complete cells of a column
    together, so that larger cohorts weigh more."""

    label: str = ""
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    size: int
    cohorts: list[Cohort]
    mean: list[Share]


class Answer(common.Answer):
    """`columns` are the words over the columns, 0 first."""

    buckets: list[Bucket]
    columns: list[str]
    grids: list[Grid]


class Cell(Strict):
    """Whom to show: of those who started in `bucket`, those who returned in column `offset`, or did not."""

    bucket: int = Field(ge=0)
    offset: int = Field(default=0, ge=0)
    returned: bool = True
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
