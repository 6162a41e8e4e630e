"""Funnels: how many get from step to step, how long it takes them, and where they are lost.

Steps are counted from 1. A unit reaches a step if some chain of its events does, within the window counted from
step 1 (the bound included). The rules are those of PostHog's funnels: see `stats.walks.funnel`.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Asked, Bucket, Name, Series, Strict, WhereIn

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
"""A month of a window is 30 days, as in PostHog."""


class Step(Series):
    """A step; an optional one may be skipped, and is counted where it is taken."""

    optional: bool = False


class Window(Strict):
    """How long a unit may take from step 1 to the last step; a month is 30 days."""

    value: int = Field(default=14, ge=1, le=10_000)
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"

    @property
    def seconds(self) -> int:
        """Length in seconds."""
        return self.value * SECONDS[self.unit]


class Exclusion(Strict):
    """Events that must not happen after `from_step` and before `to_step` (counted from 1)."""

    events: tuple[Name, ...] = Field(default=(), max_length=100)
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)
    from_step: int = Field(ge=1)
    to_step: int = Field(ge=2)


class Question(Asked):
    """What share of those who took step 1 reached each later step.

    `attribution` says whose value of the breakdown a unit stands under: that of its first or last event among all
    steps that has one, of the step `attribution_step`, or that all its events must share (`all`: the unit then
    counts once for each value, with the events of that value only). `show` is `steps` (counts, shares, times),
    `time` (how long from `from_step` to `to_step`) or `trend` (the share that gets from `from_step` to `to_step`,
    by the interval of entry). `to_step` 0 is the last step.
    """

    kind: Literal["funnel"] = "funnel"
    steps: tuple[Step, ...] = Field(max_length=30)
    order: Literal["ordered", "strict", "unordered"] = "ordered"
    window: Window = Window()
    exclusions: tuple[Exclusion, ...] = Field(default=(), max_length=20)
    attribution: Literal["first", "last", "all", "step"] = "first"
    attribution_step: int = Field(default=1, ge=1)
    show: Literal["steps", "time", "trend"] = "steps"
    from_step: int = Field(default=1, ge=1)
    to_step: int = Field(default=0, ge=0)
    bins: int = Field(default=0, ge=0, le=90)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        count = len(self.steps)
        if count < 2:
            raise ValueError("a funnel needs at least two steps; for one series of events ask for a trend")
        if self.steps[0].optional or self.steps[-1].optional:
            raise ValueError("the first and the last step of a funnel cannot be optional")
        if self.order == "unordered" and any(step.optional for step in self.steps):
            raise ValueError("optional steps need an order; use ordered or strict, or make every step required")
        if self.attribution == "step" and self.attribution_step > count:
            raise ValueError(f"attribution_step is {self.attribution_step}, but the funnel has {count} steps")
        if not 1 <= self.from_step < self.last_step <= count:
            raise ValueError(f"from_step must come before to_step, both within the {count} steps")
        for one in self.exclusions:
            if not one.from_step < one.to_step <= count:
                raise ValueError(
                    f"an exclusion runs from step {one.from_step} to step {one.to_step}; the first must come before "
                    f"the second, both within the {count} steps"
                )
        return self

    @property
    def last_step(self) -> int:
        """The step that `time` and `trend` measure up to."""
        return self.to_step or len(self.steps)


class StepOut(BaseModel):
    """One step of a line. Shares are 0 to 1 with their Wilson interval (95%); times are seconds.

    `dropped` reached the step before (the last required one) and not this one.
    """

    step: int
    name: str
    optional: bool = False
    count: int
    dropped: int = 0
    of_first: float | None = None
    of_first_interval: tuple[float, float] | None = None
    of_previous: float | None = None
    of_previous_interval: tuple[float, float] | None = None
    mean_from_previous: float | None = None
    median_from_previous: float | None = None
    mean_from_first: float | None = None
    median_from_first: float | None = None


class Line(BaseModel):
    """All steps for one value of the breakdown (label "" without one)."""

    label: str
    steps: list[StepOut]


class Bin(BaseModel):
    """Units that took `[since, until)` seconds; the last bin includes its end."""

    since: float
    until: float
    count: int


class Times(BaseModel):
    """How long the units of one label took from `from_step` to `to_step`, in seconds."""

    label: str
    count: int
    mean: float | None = None
    median: float | None = None
    bins: list[Bin] = Field(default_factory=list)


class Point(Bucket):
    """Those who entered in one interval. `partial` where the window of some has not passed yet."""

    entered: int = 0
    converted: int = 0
    share: float | None = None
    interval: tuple[float, float] | None = None


class Trend(BaseModel):
    """The share that converts, by interval of entry, for one label."""

    label: str
    points: list[Point]


class FunnelAnswer(common.Answer):
    """`lines` for `steps`, `times` for `time`, `trends` for `trend`; `before_*` are those of the previous period."""

    kind: str = "funnel"
    show: str = "steps"
    lines: list[Line] = Field(default_factory=list)
    times: list[Times] = Field(default_factory=list)
    trends: list[Trend] = Field(default_factory=list)
    before_since: str = ""
    before_until: str = ""
    before_lines: list[Line] = Field(default_factory=list)
    before_times: list[Times] = Field(default_factory=list)
    before_trends: list[Trend] = Field(default_factory=list)


class Cell(Strict):
    """Who reached `step` (`converted`), or the required step before it and not `step`.

    `label` is that of a line (None: all lines). `bucket` is the `since` of a point of a trend; `step` is then
    ignored: converted means from `from_step` to `to_step`. `before`: in the previous period.
    """

    step: int = Field(default=1, ge=1)
    converted: bool = True
    label: str | None = None
    bucket: str = ""
    before: bool = False
