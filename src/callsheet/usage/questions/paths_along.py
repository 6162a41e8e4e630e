"""Paths along a funnel: what those did who took one of its steps, or were lost before it, around that step."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from callsheet.model.history import History
from callsheet.usage.questions import funnel
from callsheet.usage.questions import funnel_counts as counts
from callsheet.usage.questions.common import Asked, Desk, Strict, WhereIn

FOREVER = np.iinfo(np.int64)


class Along(Strict):
    """A funnel over the same span, and which part of its way is told: `after` the step (counted from 1), `before` it,
    or `between` it and the step before; the steps themselves are part of it. With `lost` it is told of those who took
    the step before and not this one: from the step before on (`after`), or until their time was up (`before`)."""

    steps: tuple[funnel.Step, ...] = Field(max_length=30)
    order: Literal["ordered", "strict", "unordered"] = "ordered"
    window: funnel.Window = funnel.Window()
    exclusions: tuple[funnel.Exclusion, ...] = Field(default=(), max_length=20)
    where: tuple[WhereIn, ...] = Field(default=(), max_length=50)
    part: Literal["before", "between", "after"] = "after"
    step: int = Field(default=1, ge=1, le=30)
    lost: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._funnel()
        if self.step > len(self.steps):
            raise ValueError(f"step is {self.step}, but the funnel has {len(self.steps)} steps")
        if self.step == 1 and (self.lost or self.part == "between"):
            raise ValueError("nothing comes before step 1; choose a later step")
        if self.lost and self.part == "between":
            raise ValueError("those who were lost have no way between the steps; choose before or after")
        return self

    def _funnel(self, **more: object) -> funnel.Question:
        own = {"steps", "order", "window", "exclusions", "where"}
        return funnel.Question.model_validate(self.model_dump(include=own) | more)

    def outside(self, asked: Asked, history: History, desk: Desk) -> NDArray[np.bool_]:
        """Return which rows are not part of the way."""
        low, high = self._bounds(asked, history.size, desk)
        return np.asarray((history.moment < low[history.unit]) | (history.moment > high[history.unit]), np.bool_)

    def _bounds(self, asked: Asked, size: int, desk: Desk) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return from when to when each unit's way is told; those who are not asked for have none."""
        question = self._funnel(span=asked.span, interval=asked.interval, unit=asked.unit)
        reached = funnel.reached(question, desk)
        before = counts.required_before(self.step, [one.optional for one in self.steps])
        which = counts.took(reached, self.step)
        if self.lost:
            which = counts.took(reached, before) & ~which
        chosen = counts.chosen(reached, which & (reached.unit < size))
        here, earlier = (chosen.times[:, step - 1] for step in (before if self.lost else self.step, before))
        low, high = np.full(size, FOREVER.max), np.full(size, FOREVER.min)
        whole = np.full(len(here), FOREVER.min)
        low[chosen.unit] = {"after": here, "before": whole, "between": earlier}[self.part]
        until = here + self.window.seconds * 1_000_000 if self.lost else here
        high[chosen.unit] = np.full(len(here), FOREVER.max) if self.part == "after" else until
        return low, high
