"""Trends: how often something happens, by how many, and how much, interval by interval.

The rules are PostHog's where it has one; where this differs (no amount instead of 0 where there is nothing to take
a mean of, no amount after a division by zero) the field says so.
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import MOST_SERIES, Asked, Bucket, Name, Series, Strict

Math: TypeAlias = Literal[
    "count", "unique", "per_unit", "weekly_active", "monthly_active", "first_time", "first_ever", "sum", "mean", "min",
    "max", "median", "p75", "p90", "p95", "p99", "unique_values",
]  # fmt: skip
OF_PROPERTY = ("sum", "mean", "min", "max", "median", "p75", "p90", "p95", "p99", "unique_values")
ADDING_UP = ("count", "unique", "first_time", "first_ever", "sum", "unique_values")
"""Maths of which a running total makes sense; those of units and values count each once."""


class TrendSeries(Series):
    """A series and what is taken of it.

    `count`: rows. `unique`: persons or accounts. `per_unit`: rows for each active unit. `weekly_active`,
    `monthly_active`: units active in the 7 or 30 local days that end with the interval (for the one under way, with
    today). `first_time`: units whose first row ever that fits the series falls in the interval. `first_ever`: the
    same where this is also their first row of these events at all, whatever its properties. `sum`, `mean`, `min`,
    `max`, `median`, `p75` to `p99` (linear between closest ranks): of the numbers in `property`. `unique_values`:
    different values of `property`.
    """

    math: Math = "count"
    property: Name = ""

    @model_validator(mode="after")
    def _has_property(self) -> Self:
        if self.math in OF_PROPERTY and not self.property:
            raise ValueError(f"{self.math} needs a property")
        if self.math not in OF_PROPERTY and self.property:
            raise ValueError(f"{self.math} takes no property")
        return self


class Question(Asked):
    """Series over time, and formulas over them (by letters A, B ...); with formulas, only these are shown unless
    `show_series`.

    `cumulative` gives running totals (each unit and value once), `smoothing` the mean of so many intervals up to
    and including each one. Both change amounts by interval, not totals.
    """

    kind: Literal["trends"] = "trends"
    series: tuple[TrendSeries, ...] = Field(min_length=1, max_length=MOST_SERIES)
    formulas: tuple[Name, ...] = Field(default=(), max_length=10)
    show_series: bool = False
    cumulative: bool = False
    smoothing: int = Field(default=1, ge=1, le=60)
    display: Literal["line", "area", "bar", "number", "table"] = "line"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        odd = next((one.math for one in self.series if one.math not in ADDING_UP), None)
        if self.cumulative and odd:
            raise ValueError(f"a running total of {odd} means nothing; use {', '.join(ADDING_UP)}")
        if self.breakdown and any(one.math == "unique_values" for one in self.series):
            raise ValueError("unique_values cannot be broken down; filter by one value instead")
        return self


class Line(BaseModel):
    """The amounts of one series or formula, for one line of the breakdown and one period.

    `series` is a letter, or the formula itself. `group` is the value of the breakdown; `part` says what the line
    stands for: everything (""), a `value`, all the `other` values together, or rows with `none`. An amount is None
    where there is nothing to compute it from. `total` is over the whole span: units are counted once in it.
    """

    series: str
    label: str
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    period: Literal["current", "previous"] = "current"
    amounts: list[float | None]
    total: float | None
    sample: int = 0
    unit: str = ""


class Answer(common.Answer):
    """`buckets` are those of the span, `previous` those it is compared with (place by place).

    `known_since` is the local day of the first known event, where intervals of the span lie before it: these have
    no data rather than nothing that happened.
    """

    buckets: list[Bucket]
    previous: list[Bucket] = Field(default_factory=list)
    lines: list[Line]
    known_since: str = ""


class Cell(Strict):
    """Whom to show: those behind one interval (`bucket`; None: the whole span) of one line."""

    series: Name = "A"
    bucket: int | None = Field(default=None, ge=0)
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
    period: Literal["current", "previous"] = "current"
