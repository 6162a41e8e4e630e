"""Funnels: how many get from step to step, how long it takes them, and where they are lost.

Steps are counted from 1. A unit reaches a step if some chain of its events does, within the window counted from
step 1 (the bound included). The rules are those of PostHog's funnels: see `stats.walks.funnel`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from callsheet.base.errors import BadInput
from callsheet.charts import Option
from callsheet.model.history import Ask, Mark
from callsheet.store.histories.threads import in_order
from callsheet.usage.questions import funnel_counts as counts
from callsheet.usage.questions import funnel_drawing as drawing
from callsheet.usage.questions.buckets import Buckets, buckets_of, micros
from callsheet.usage.questions.common import Asked, Desk, Name, Series, Strict, Table, Units, WhereIn, plural, without
from callsheet.usage.questions.conditions import mark, wheres
from callsheet.usage.questions.funnel_shapes import FunnelAnswer, Line, Of, Period, StepOut, Times, Trend
from callsheet.usage.questions.reading import ever
from callsheet.usage.questions.slices import WHOLE, Part, Slices, label_of, slices, there
from callsheet.usage.questions.spans import span_of

if TYPE_CHECKING:
    from callsheet.stats.walks.funnel import Rules
    from callsheet.stats.walks.funnel_runs import Reached
    from callsheet.usage.questions.funnel_pieces import Rows

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
"""A month of a window is 30 days, as in PostHog."""
MOST_SECONDS = 4_000_000_000
"""The longest window: more than a century."""


class Step(Series):
    """A step; an optional one may be skipped, and is counted where it is taken.

    `math` narrows it to one event of each unit: its first ever that fits the step (`first_time`), or its first of these
    events whatever the properties, if it fits (`first_ever`). All history up to the end of the span is looked at.
    """

    optional: bool = False
    math: Literal["", "first_time", "first_ever"] = ""


class Window(Strict):
    """How long a unit may take from step 1 to the last step; a month is 30 days."""

    value: int = Field(default=14, ge=1, le=MOST_SECONDS)
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"

    @property
    def seconds(self) -> int:
        """Length in seconds."""
        return self.value * SECONDS[self.unit]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.seconds > MOST_SECONDS:
            raise ValueError("a window is at most a century long")
        return self


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
        if self.attribution == "step" and self.attribution_step > count:
            raise ValueError(f"attribution_step is {self.attribution_step}, but the funnel has {count} steps")
        if self.attribution == "step" and self.order == "unordered" and self.attribution_step > 1:
            raise ValueError(
                "without an order only the first step taken has a value to go by; set attribution_step to 1"
            )
        if not 1 <= self.from_step < self.last_step <= count:
            raise ValueError(f"from_step must come before to_step, both within the {count} steps")
        for one in self.exclusions:
            self._excludes(one)
        if any(step.optional for step in self.steps):
            self._allows_optional()
        return self

    def _excludes(self, one: Exclusion) -> None:
        count = len(self.steps)
        if not one.from_step < one.to_step <= count:
            raise ValueError(
                f"an exclusion runs from step {one.from_step} to step {one.to_step}; the first must come before the "
                f"second, both within the {count} steps"
            )
        if self.order == "unordered" and (one.from_step, one.to_step) != (1, count):
            raise ValueError(f"without an order an exclusion must run from step 1 to step {count}")
        for step in self.steps[one.from_step - 1 : one.to_step]:
            if set(step.events) == set(one.events) and set(step.where) <= set(one.where):
                raise ValueError("an exclusion names events that are a step between its bounds; leave out one of them")

    def _allows_optional(self) -> None:
        if self.steps[0].optional:
            raise ValueError("the first step of a funnel cannot be optional")
        if self.order == "unordered" or self.show != "steps":
            raise ValueError("optional steps need an order (ordered or strict) and are shown as steps only")
        for one, following in pairwise(self.steps):
            same = set(one.events) == set(following.events) and set(following.where) <= set(one.where)
            same = same and one.math == following.math
            if one.optional and not following.optional and same:
                raise ValueError("an optional step is the same as the required step after it; leave out one of them")

    @property
    def last_step(self) -> int:
        """The step that `time` and `trend` measure up to."""
        return self.to_step or len(self.steps)

    @property
    def walked_steps(self) -> int:
        """How many steps are walked: in a trend those up to the last measured; without an order always all."""
        return self.last_step if self.show == "trend" and self.order != "unordered" else len(self.steps)


class Cell(Strict):
    """Who took `step` (`converted`), or the required step before it and not `step`, in one line and period.

    With `bucket` (the place of an interval of a trend): who entered in it and took the last step measured, or did not.
    With `bin` (the place of a bar of the times): who took so long. With `ended`: whose furthest step is one of these.
    No part: all lines.
    """

    step: int = Field(default=1, ge=1, le=30)
    converted: bool = True
    bucket: int | None = Field(default=None, ge=0)
    bin: int | None = Field(default=None, ge=0)
    ended: tuple[int, ...] = Field(default=(), max_length=30)
    part: Part = ""
    group: str = Field(default="", max_length=10_000)
    period: Period = "current"


@dataclass(frozen=True, slots=True)
class _Walked:
    """How far the units of one period got."""

    buckets: Buckets
    history: Rows
    reached: Reached

    def counted(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Return the labels with the number of units that took step 1 under each."""
        label = self.reached.label[self.reached.label >= 0]
        amounts = np.bincount(label, minlength=len(self.history.labels)).astype(np.float64)
        return there(self.history.labels, amounts, amounts)

    def lines(self, lines: Slices) -> NDArray[np.int32]:
        """Return the line of each run."""
        return lines.of(self.history.labels, self.reached.label.astype(np.int32), len(self.reached.label))


def _walked(question: Question, desk: Desk, period: Period = "current") -> _Walked:
    """Read and walk one period. Only events inside the span count, as in PostHog."""
    from callsheet.usage.questions.funnel_pieces import walked

    found = (buckets_of if question.show == "trend" else span_of)(question, desk)
    if period == "previous":
        found = found.before(question.compare)
    shown = question.walked_steps
    ask = _ask(question, found, shown, desk)
    maths = [step.math for step in question.steps[:shown]]
    history, reached = walked(
        desk, ask, question.breakdown, maths, _rules(question, shown), question.attribution if question.breakdown else "",
        any_order=question.order == "unordered", bounds=found.bounds if question.show == "trend" else None,
    )  # fmt: skip
    desk.cancelled()
    return _Walked(found, history, reached)


def reached(question: Question, desk: Desk) -> Reached:
    """Return how far each unit got."""
    return _walked(question, desk).reached


def _ask(question: Question, found: Buckets, shown: int, desk: Desk) -> Ask:
    """Ask for steps, then exclusions, then (for strict) everything else."""
    first = any(step.math for step in question.steps)
    desk = desk.near(ever(desk.zone) if first else found.since, found.until)
    marks = [mark(step, desk) for step in question.steps[:shown]]
    marks += [Mark(one.events, wheres(one.where, desk)) for one in question.exclusions]
    marks += [Mark()] if question.order == "strict" else []
    label = question.breakdown.by if question.breakdown else ""
    return Ask(tuple(marks), found.since, found.until, question.unit, wheres(question.where, desk), label)


def _rules(question: Question, shown: int) -> Rules:
    from callsheet.stats.walks.funnel import Rules

    spoils = [sum(1 << (k - 1) for k in range(one.from_step, one.to_step)) for one in question.exclusions]
    optional = sum(1 << k for k, step in enumerate(question.steps[:shown]) if step.optional)
    named = question.attribution_step if question.breakdown and question.attribution == "step" else 0
    return Rules(
        shown, question.window.seconds * 1_000_000, question.order == "strict", optional,
        np.array([*spoils, 0], np.int64), named,
    )  # fmt: skip


def answer(question: Question, desk: Desk) -> FunnelAnswer:
    """Answer a question about a funnel."""
    now = _walked(question, desk)
    lines = slices(question.breakdown, [now.counted()])
    before = _walked(question, desk, "previous") if question.compare else None
    left_out = now.history.left_out
    found = FunnelAnswer(
        unit=question.unit, show=question.show, since=now.buckets.since, until=now.buckets.until,
        sample=len(now.history), left_out=left_out,
        left_out_why=without(question.unit, left_out),
        notes=_notes(question), previous_since=before.buckets.since if before else None,
    )  # fmt: skip
    both: dict[Period, _Walked] = {"current": now}
    if before:
        both["previous"] = before
    scales = [_scale(question, both.values(), lines, i) for i in range(len(lines))]
    for period, walked in both.items():
        _fill(found, question, walked, lines, period, scales)
    return found


def _scale(question: Question, both: Iterable[_Walked], lines: Slices, place: int | None) -> counts.Scale | None:
    """Return the bins of the times of one line (or of all), the same in both periods; None when none are shown."""
    if question.show != "time":
        return None
    chosen = [
        counts.chosen(one.reached, one.lines(lines) == place) if place is not None else one.reached for one in both
    ]
    took = [counts.seconds(one, question.from_step, question.last_step) for one in chosen]
    return counts.scale_of(np.concatenate(took), question.bins)


def _fill(
    found: FunnelAnswer, question: Question, walked: _Walked, lines: Slices, period: Period,
    scales: list[counts.Scale | None],
) -> None:  # fmt: skip
    """Add the lines of one period; those for other values and none only if anyone stands in them."""
    line, optional = walked.lines(lines), [step.optional for step in question.steps]

    def figures(place: int) -> tuple[Reached, list[StepOut]]:
        reached = counts.chosen(walked.reached, line == place)
        return reached, counts.steps_of(reached, names(question), optional) if question.show == "steps" else []

    told = in_order(figures, range(len(lines)))
    for i, ((part, group), (reached, steps)) in enumerate(zip(lines.lines, told, strict=True)):
        if part in ("", "value") or len(reached.unit):
            about = Of(
                label=label_of(part, group, question.breakdown), part=part, group=group, period=period
            ).model_dump()
            _add(found, question, walked.buckets, reached, steps, about, scales[i])


def _add(
    found: FunnelAnswer, question: Question, span: Buckets, reached: Reached, steps: list[StepOut],
    about: dict[str, str], scale: counts.Scale | None,
) -> None:  # fmt: skip
    begin, end = question.from_step, question.last_step
    if question.show == "steps":
        found.lines.append(Line.model_validate(about | {"steps": steps}))
    elif question.show == "time":
        took = counts.seconds(reached, begin, end)
        mean, median = counts.mean_and_median(took)
        bins = counts.bins_of(took, scale)
        more = {"count": len(took), "mean": mean, "median": median, "bins": bins}
        found.times.append(Times.model_validate(about | more))
    else:
        points = counts.points_of(reached, span.named(), _open(question, span), begin, end)
        found.trends.append(Trend.model_validate(about | {"points": points}))


def _open(question: Question, span: Buckets) -> NDArray[np.bool_]:
    """Return which intervals hold entries whose window reaches beyond what is known: beyond now, or the span."""
    known = min(micros(span.now), int(span.bounds[-1]))
    return np.asarray(span.bounds[1:] + question.window.seconds * 1_000_000 > known, np.bool_)


def names(question: Question) -> list[str]:
    """Return the names of the steps; without an order there is only how many of them are taken."""
    if question.order == "unordered":
        return [f"Completed {k} step{'s' if k > 1 else ''}" for k in range(1, len(question.steps) + 1)]
    return [step.label or ", ".join(step.events) or "every event" for step in question.steps]


def _notes(question: Question) -> list[str]:
    length = timedelta(seconds=question.window.seconds)
    found = [f"Only events inside the span count; each may take {_words(length)} from step 1."]
    if question.show == "trend":
        found.append("Intervals whose window reaches beyond the span or the present are marked: they may still grow.")
    if question.breakdown and question.attribution in ("all", "step"):
        found.append("Someone with several values counts once under each.")
    return found


def _words(length: timedelta) -> str:
    return drawing.duration(length.total_seconds())


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units behind a step, a loss or an interval; BadInput for a cell that cannot be."""
    walked = _walked(question, desk, cell.period)
    which = _behind(question, cell, walked)
    compared = bool(question.compare) and cell.bin is not None
    other = _walked(question, desk, "previous" if cell.period == "current" else "current") if compared else None
    lines, place = WHOLE, None
    if question.breakdown and cell.part:
        now = walked if cell.period == "current" else other or _walked(question, desk)
        lines = slices(question.breakdown, [now.counted()])
        place = lines.place(cell.part, cell.group)
        which &= walked.lines(lines) == place
    scale = _scale(question, (walked, *((other,) if other else ())), lines, place)
    if scale and cell.bin is not None:
        which &= counts.placed(counts.spent(walked.reached, question.from_step, question.last_step), scale) == cell.bin
    codes = np.unique(walked.reached.unit[which])
    return Units(question.unit, walked.history.names(int(code) for code in codes))


def _behind(question: Question, cell: Cell, walked: _Walked) -> NDArray[np.bool_]:
    reached, step = walked.reached, cell.step
    if question.show == "trend":
        entered, done = counts.took(reached, question.from_step), counts.took(reached, question.last_step)
        inside = reached.bucket == cell.bucket if cell.bucket is not None else np.ones(len(reached.unit), np.bool_)
        return np.asarray(inside & entered & (done == cell.converted), np.bool_)
    if question.show == "time" and cell.bin is not None:
        return counts.took(reached, question.from_step) & counts.took(reached, question.last_step)
    if cell.ended:
        return np.isin(counts.furthest(reached), cell.ended)
    if step > len(question.steps) or (step == 1 and not cell.converted):
        raise BadInput("There is no such step to be lost at.", f"Choose one of the {len(question.steps)} steps.")
    if cell.converted:
        return counts.took(reached, step)
    before = counts.required_before(step, [one.optional for one in question.steps])
    return np.asarray(counts.took(reached, before) & ~counts.took(reached, step), np.bool_)


def table(question: Question, answer: FunnelAnswer) -> Table:
    """Return the answer as rows: steps, bins or intervals."""
    tables: dict[str, Callable[[FunnelAnswer, str], Table]] = {
        "steps": drawing.steps_table, "time": drawing.times_table, "trend": drawing.trends_table,
    }  # fmt: skip
    return tables[question.show](answer, plural(question.unit))


def chart(question: Question, answer: FunnelAnswer) -> Option:
    """Draw the answer."""
    if question.show == "steps":
        return drawing.steps_chart(answer.lines, plural(question.unit))
    if question.show == "time":
        return drawing.times_chart(answer, plural(question.unit))
    return drawing.trends_chart(answer.trends)
