"""What an answer about adoption consists of."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from callsheet.usage.questions import common

Stage: TypeAlias = Literal["could_use", "exposed", "tried", "repeated", "kept", "not_exposed", "not_tried", "not_kept"]


class AdoptionStage(BaseModel):
    """Units of one stage: `share` of `of` units, 0 to 1, with its Wilson interval (95%). `count` is None, with `why`,
    where nothing tells."""

    key: Stage
    label: str
    count: int | None
    of: int
    share: float | None = None
    interval: tuple[float, float] | None = None
    why: str = ""


class AdoptionDay(BaseModel):
    """By the end of this 24-hour day since somebody could use it: the share that had tried it (Kaplan-Meier)."""

    day: int
    share: float
    interval: tuple[float, float]
    at_risk: int


class AdoptionTimes(BaseModel):
    """Days until the first use. Quartiles over all who could, those who have not yet counted for the time they had;
    None when not so many have by now, or when it was out before the first event known. `tried_median` is over those
    who tried alone."""

    lower: float | None = None
    median: float | None = None
    upper: float | None = None
    tried_median: float | None = None
    curve: list[AdoptionDay] = Field(default_factory=list)


class AdoptionSplit(BaseModel):
    """One value of the breakdown."""

    label: str
    could_use: int
    exposed: int | None
    tried: int
    share: float | None
    interval: tuple[float, float] | None
    repeated: int
    kept: int | None
    kept_of: int
    revenue_could_use: float | None
    revenue_tried: float | None


class AdoptionPrediction(BaseModel):
    """What was said of accounts, what of it is due at this age, and how it stands: ahead, on its way, as predicted,
    behind."""

    share: float
    low: float | None
    high: float | None
    days: int
    by: str
    due_share: float
    due_low: float
    due_high: float
    standing: str


class ReleaseBrought(BaseModel):
    """A release that delivered it: how many tried it for the first time until the next such release."""

    release: str
    version: str
    released_at: datetime | None
    first_uses: int
    tried_share: float | None


class AdoptionAnswer(common.Answer):
    """`revenue_*` are sums a year over accounts whose revenue is known; None for persons or when nothing is known."""

    kind: str = "adoption"
    feature: str = ""
    name: str = ""
    owner: str = ""
    released_at: datetime
    days: int
    stages: list[AdoptionStage]
    times: AdoptionTimes
    splits: list[AdoptionSplit]
    split_by: str
    prediction: AdoptionPrediction | None = None
    releases: list[ReleaseBrought] = Field(default_factory=list)
    revenue_could_use: float | None = None
    revenue_tried: float | None = None
    revenue_kept: float | None = None
    revenue_unknown: int = 0
