"""Lifecycle: in each interval, who is new, who returns, who came back after a pause, and who has gone quiet.

New is a unit created in the interval in which it is active first; dormant (negative) stands in the interval after
the last active one. The rules are PostHog's: see `stats.walks.lifecycle`.
"""

from __future__ import annotations

from typing import Literal, Self, TypeAlias

from pydantic import BaseModel, Field, model_validator

from callsheet.usage.questions import common
from callsheet.usage.questions.common import Asked, Bucket, Series, Strict

State: TypeAlias = Literal["new", "returning", "resurrecting", "dormant"]


class Question(Asked):
    """What counts as being active; without events, any event."""

    kind: Literal["lifecycle"] = "lifecycle"
    series: Series = Series()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.compare:
            raise ValueError("a lifecycle has its intervals side by side; leave out compare")
        return self


class Line(BaseModel):
    """All four states for one line of the breakdown (parts as in trends); amounts of `dormant` are 0 or below."""

    label: str = ""
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    states: dict[State, list[int]]


class Answer(common.Answer):
    """`sample` is the number of units with a state in the span."""

    buckets: list[Bucket]
    lines: list[Line]


class Cell(Strict):
    """Whom to show: those in one state in one interval."""

    bucket: int = Field(ge=0)
    state: State
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
