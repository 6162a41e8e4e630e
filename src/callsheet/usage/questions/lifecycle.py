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
from callsheet.usage.questions.conditions import mark
from callsheet.usage.questions.rows import Rows, active, by_events, days_walked, of_days
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
class _States:
    """Each unit's intervals of the span (by place) with its state there."""

    unit: Codes
    place: NDArray[np.int32]
    state: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Units by `[line, state, interval]`; all of them, each once; how many rows have no unit."""

    counts: NDArray[np.int64]
    units: int
    left_out: int


def _made(wide: Buckets, desk: Desk, unit: str) -> NDArray[np.int32]:
    """Return the interval in which each unit came into being, by code; -1 outside."""
    made = wide.places(desk.histories.created(unit))
    return made if len(made) else np.full(1, -1, np.int32)


def _states(rows: Rows, made: NDArray[np.int32], wide: Buckets) -> _States:
    """Return the states of the span; one interval before it is known as well, to tell who was active in it."""
    from callsheet.stats.walks.lifecycle import states

    if len(made) < rows.size:
        made = np.append(made, np.full(rows.size - len(made), -1, np.int32))
    units, places, _ = rows.folded()
    unit, place, state = states(units, places, made, len(wide))
    shown = place > 0
    return _States(unit[shown], place[shown] - 1, state[shown])


def _count(found: _States, line: NDArray[np.int32] | None, lines: int, width: int, left_out: int) -> _Counted:
    depth = len(STATES)
    of_line = 0 if line is None else line[found.unit].astype(np.int64) * depth
    cell = (of_line + found.state.astype(np.int64)) * width + found.place
    counts = np.bincount(cell, minlength=lines * depth * width).reshape(lines, depth, width)
    units = int((found.unit[1:] != found.unit[:-1]).sum()) + bool(len(found.unit))
    return _Counted(counts.astype(np.int64), units, left_out)


def _whole(question: Question, buckets: Buckets, desk: Desk) -> _Counted:
    """Count everybody, piece by piece: no unit is in two."""
    wide = buckets.moved(before=1)
    made, width = _made(wide, desk, question.unit), len(buckets)

    def one(rows: Rows) -> _Counted:
        return _count(_states(rows, made, wide), None, 1, width, rows.left_out)

    if by_events(question, wide):
        return one(active(question.series, wide, desk, question))
    desk = desk.near(wide.since, wide.until)
    wanted = mark(question.series, desk)
    pieces = days_walked(wanted, wide, desk, question, lambda piece: one(of_days(piece, wide)))
    counts = np.sum([piece.counts for piece in pieces], axis=0)
    return _Counted(counts, sum(piece.units for piece in pieces), sum(piece.left_out for piece in pieces))


def _read(question: Question, buckets: Buckets, desk: Desk) -> tuple[Rows, _States, Slices, NDArray[np.int32]]:
    """Return the rows, the states, the lines of the breakdown, and the line of each unit."""
    wide = buckets.moved(before=1)
    rows = active(question.series, wide, desk, question)
    desk.cancelled()
    found = _states(rows, _made(wide, desk, question.unit), wide)
    desk.cancelled()
    lines, line = WHOLE, np.zeros(max(rows.size, 1), np.int32)
    if question.breakdown:
        first = rows.firsts()
        lines = slices(question.breakdown, [counted(first)])
        line = lines.of_units(first)
    return rows, found, lines, line


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about the lifecycle."""
    buckets = buckets_of(question, desk)
    lines = WHOLE
    if question.breakdown:
        rows, states, lines, line = _read(question, buckets, desk)
        found = _count(states, line, len(lines), len(buckets), rows.left_out)
    else:
        found = _whole(question, buckets, desk)
    found.counts[:, STATES.index("dormant")] *= -1
    made = [
        Line(
            label=label_of(part, group, question.breakdown),
            part=part,
            group=group,
            states=dict(zip(STATES, found.counts[i].tolist(), strict=True)),
        )
        for i, (part, group) in enumerate(lines.lines)
        if part in ("", "value") or found.counts[i].any()
    ]
    return Answer(
        kind="lifecycle",
        unit=question.unit,
        since=buckets.since,
        until=buckets.until,
        sample=found.units,
        left_out=found.left_out,
        left_out_why=common.without(question.unit, found.left_out),
        buckets=buckets.named(),
        lines=made,
    )


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units in one state in one interval."""
    buckets = buckets_of(question, desk)
    if cell.bucket >= len(buckets):
        raise BadInput(f"There is no interval {cell.bucket}.", f"The span has {len(buckets)}, counted from 0.")
    rows, found, lines, line = _read(question, buckets, desk)
    chosen = (found.place == cell.bucket) & (found.state == STATES.index(cell.state))
    if question.breakdown:
        chosen &= line[found.unit] == lines.place(cell.part, cell.group)
    return rows.ids(found.unit[chosen], question.unit)


def table(question: Question, answer: Answer) -> Table:
    """Return a row for each interval (and line of a breakdown) with a column for each state."""
    unit = common.plural(question.unit)
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
    unit = common.plural(question.unit)
    partial = [bucket.partial for bucket in answer.buckets]
    return charts.lifecycle(places, drawn, title="Lifecycle", unit=unit, notes=notes, partial=partial)
