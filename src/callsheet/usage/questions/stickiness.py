"""Stickiness: on how many days (hours, weeks, months) of the span each unit was active.

The rules are PostHog's: the columns are 1 to the number of intervals of the span; a unit stands in one of them, or,
cumulative, in all up to its own.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import MOST_SERIES, Asked, Bucket, Name, Series, Strict


class Question(Asked):
    """An interval counts where the unit did the event at least `least` and at most `most` times in it.

    `cumulative` counts units active in so many intervals or more.
    """

    kind: Literal["stickiness"] = "stickiness"
    series: tuple[Series, ...] = Field(min_length=1, max_length=MOST_SERIES)
    cumulative: bool = False
    least: int = Field(default=1, ge=1, le=1_000_000)
    most: int | None = Field(default=None, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.most is not None and self.most < self.least:
            raise ValueError("most must not be below least")
        return self


class Line(BaseModel):
    """Units by number of active intervals (`counts[0]`: one), for one series, line of the breakdown and period.

    `units` is everybody who was active at all, `mean` their mean number of intervals (None when there is nobody).
    """

    series: str
    label: str
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    period: Literal["current", "previous"] = "current"
    counts: list[int]
    units: int
    mean: float | None = None


class Answer(common.Answer):
    """`columns` are the words for the numbers of intervals."""

    buckets: list[Bucket]
    columns: list[str]
    lines: list[Line]


class Cell(Strict):
    """Whom to show: those active in `intervals` intervals (or more, where the question is cumulative)."""

    series: Name = "A"
    intervals: int = Field(ge=1)
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
    period: Literal["current", "previous"] = "current"
