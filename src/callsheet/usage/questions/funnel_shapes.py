"""What the answer to a funnel is made of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Bucket
from callsheet.usage.questions.slices import Part

Period: TypeAlias = Literal["current", "previous"]


class Of(BaseModel):
    """Whom something is about: a line of the breakdown (as in trends) and one of the two periods compared."""

    label: str = ""
    part: Part = ""
    group: str = ""
    period: Period = "current"


class StepOut(BaseModel):
    """One step of a line. Shares are 0 to 1 with their Wilson interval (95%); times are seconds.

    The previous step of a step is the last required one before it; `dropped` reached that and not this one.
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


class Line(Of):
    """All steps."""

    steps: list[StepOut]


class Bin(BaseModel):
    """Units that took `[since, until)` seconds."""

    since: float
    until: float
    count: int


class Times(Of):
    """How long units took from `from_step` to `to_step`, in seconds."""

    count: int
    mean: float | None = None
    median: float | None = None
    bins: list[Bin] = Field(default_factory=list)


class Point(Bucket):
    """Those who entered in one interval. `partial`: the window of some reaches beyond what is known."""

    entered: int = 0
    converted: int = 0
    share: float | None = None
    interval: tuple[float, float] | None = None


class Trend(Of):
    """The share that converts, by interval of entry."""

    points: list[Point]


class FunnelAnswer(common.Answer):
    """`lines` for `steps`, `times` for `time`, `trends` for `trend`; `previous_since` begins the period before."""

    kind: str = "funnel"
    show: str = "steps"
    lines: list[Line] = Field(default_factory=list)
    times: list[Times] = Field(default_factory=list)
    trends: list[Trend] = Field(default_factory=list)
    previous_since: datetime | None = None
