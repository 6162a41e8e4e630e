"""Lifecycle: in each interval, who is new, who returns, who came back after a pause, and who has gone quiet.

New is a unit created in the interval in which it is active first; dormant (negative) stands in the interval after
the last active one. The rules are PostHog's: see `stats.walks.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from callsheet import charts
from callsheet.base.errors import BadInput
from callsheet.charts import Option
from callsheet.model.history import Codes
from callsheet.usage.questions import common
from callsheet.usage.questions.buckets import Buckets, buckets_of
from callsheet.usage.questions.common import Asked, Bucket, Column, Desk, Series, Strict, Table, Units
from callsheet.usage.questions.rows import Rows, active
from callsheet.usage.questions.slices import WHOLE, Slices, counted, label_of, slices

State: TypeAlias = Literal["new", "returning", "resurrecting", "dormant"]


STATES: tuple[State, ...] = ("new", "returning", "resurrecting", "dormant")
"""In the order of `stats.walks.lifecycle`."""


class Question(Asked):
    """What counts as being active; without events, any event."""

    kind: Literal["lifecycle"] = "lifecycle"
    series: Series = Series()
    whole_spans = True

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


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows (unit, interval of the span, state), the line of each unit, and what they were made from."""

    buckets: Buckets
    rows: Rows
    unit: Codes
    place: NDArray[np.int32]
    state: NDArray[np.int8]
    line: NDArray[np.int32]
    lines: Slices


def _found(question: Question, desk: Desk) -> _Found:
    """Find the states; one interval before the span is read as well, to know who was active in it."""
    from callsheet.stats.walks.lifecycle import states

    buckets = buckets_of(question, desk)
    wide = buckets.moved(before=1)
    rows = active(question.series, wide, desk, question)
    desk.cancelled()
    created = wide.places(desk.histories.created(question.unit))
    made = np.full(max(rows.size, len(created), 1), -1, np.int32)
    made[: len(created)] = created
    units, places, _ = rows.folded()
    unit, place, state = states(units, places, made, len(wide))
    desk.cancelled()
    shown = place > 0
    lines, line = WHOLE, np.zeros(max(rows.size, 1), np.int32)
    if question.breakdown:
        first = rows.firsts()
        lines = slices(question.breakdown, [counted(first)])
        line = lines.of_units(first)
    return _Found(buckets, rows, unit[shown], place[shown] - 1, state[shown], line, lines)


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about the lifecycle."""
    found = _found(question, desk)
    width, depth = len(found.buckets), len(STATES)
    cell = (found.line[found.unit].astype(np.int64) * depth + found.state) * width + found.place
    counts = np.bincount(cell, minlength=len(found.lines) * depth * width).reshape(len(found.lines), depth, width)
    counts[:, STATES.index("dormant")] *= -1
    lines = [
        Line(
            label=label_of(part, group, question.breakdown),
            part=part,
            group=group,
            states=dict(zip(STATES, counts[i].tolist(), strict=True)),
        )
        for i, (part, group) in enumerate(found.lines.lines)
        if part in ("", "value") or counts[i].any()
    ]
    left_out = found.rows.left_out
    return Answer(
        kind="lifecycle",
        unit=question.unit,
        since=found.buckets.since,
        until=found.buckets.until,
        sample=int((found.unit[1:] != found.unit[:-1]).sum()) + bool(len(found.unit)),
        left_out=left_out,
        left_out_why=f"without {'an account' if question.unit == 'account' else 'a person'}" if left_out else "",
        buckets=found.buckets.named(),
        lines=lines,
    )


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units in one state in one interval."""
    found = _found(question, desk)
    if cell.bucket >= len(found.buckets):
        raise BadInput(f"There is no interval {cell.bucket}.", f"The span has {len(found.buckets)}, counted from 0.")
    chosen = (found.place == cell.bucket) & (found.state == STATES.index(cell.state))
    if question.breakdown:
        chosen &= found.line[found.unit] == found.lines.place(cell.part, cell.group)
    return found.rows.ids(found.unit[chosen], question.unit)


def table(question: Question, answer: Answer) -> Table:
    """Return a row for each interval (and line of a breakdown) with a column for each state."""
    unit = "accounts" if question.unit == "account" else "people"
    columns = [
        Column(key="interval", label="Interval"),
        *(Column(key=x, label=x.capitalize(), unit=unit) for x in STATES),
    ]
    if question.breakdown:
        columns.insert(0, Column(key="group", label=question.breakdown.by))
    rows: list[dict[str, object]] = []
    for line in answer.lines:
        for i, bucket in enumerate(answer.buckets):
            row: dict[str, object] = {"group": line.label} if question.breakdown else {}
            row |= {"interval": bucket.since + bucket.offset, "partial": bucket.partial}
            rows.append(row | {state: line.states[state][i] for state in STATES})
    return Table(columns=columns, rows=rows)


def chart(question: Question, answer: Answer, notes: Sequence[tuple[str, str]] = ()) -> Option:
    """Draw the states of all lines together; `notes` are (interval's `since`, text)."""
    places = [bucket.since for bucket in answer.buckets]
    drawn: dict[str, Sequence[float | None]] = {
        state: [float(sum(line.states[state][i] for line in answer.lines)) for i in range(len(places))]
        for state in STATES
    }
    unit = "accounts" if question.unit == "account" else "people"
    partial = [bucket.partial for bucket in answer.buckets]
    return charts.lifecycle(places, drawn, title="Lifecycle", unit=unit, notes=notes, partial=partial)
