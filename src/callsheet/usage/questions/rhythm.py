"""Rhythm: on which days of the week, and at which hours of the local clock, something happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from callsheet import charts
from callsheet.base.time import local_date
from callsheet.charts import Option
from callsheet.model.history import Ask, Codes, History, Moments
from callsheet.store.histories.rows import clocks_of
from callsheet.usage.questions import common, conditions
from callsheet.usage.questions.behind import with_times
from callsheet.usage.questions.buckets import Buckets
from callsheet.usage.questions.common import Asked, Column, Desk, Series, Strict, Table, Units
from callsheet.usage.questions.rows import single
from callsheet.usage.questions.spans import span_of

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
CELLS = len(NAMES) * HOURS
_HOUR = 3_600_000_000
_MICROSECOND = timedelta(microseconds=1)
_THURSDAY = 3
"""The weekday of 1970-01-01, counted from Monday."""


class Question(Asked):
    """Events by weekday and hour, counted as `events` or as the `units` that did them: each once in a cell, once in a
    day, once in an hour and once in all. The interval only measures the span. An hour that the clock shows twice is one.
    """

    kind: Literal["rhythm"] = "rhythm"
    series: Series = Series()
    counted: Literal["events", "units"] = "events"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.compare or self.breakdown:
            raise ValueError("a rhythm is one grid; leave out compare and breakdown, and narrow it by conditions")
        return self


class Day(BaseModel):
    """A weekday (`day`: 1 for Monday to 7) with its amounts by hour; `times`: how often it was in the span so far."""

    day: int
    name: str
    times: int
    amounts: list[int]
    total: int


class Answer(common.Answer):
    """`sample` is the number of events. `hours` are the totals of the hours, over all days."""

    days: list[Day]
    hours: list[int]
    total: int


class Cell(Strict):
    """Whom to show: those of a weekday (1: Monday) and an hour; None: of any."""

    day: int | None = Field(default=None, ge=1, le=len(NAMES))
    hour: int | None = Field(default=None, ge=0, lt=HOURS)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Amounts by cell, weekday (from Monday) and hour, and of all; how many events, and how many without a unit."""

    cells: NDArray[np.int64]
    days: NDArray[np.int64]
    hours: NDArray[np.int64]
    total: NDArray[np.int64]
    events: int
    left_out: int


def cells_of(moments: Moments, zone: str, span: Buckets) -> NDArray[np.int64]:
    """Return the cell of each moment: 24 times the weekday (from Monday, 0) and the hour of the local clock."""
    hours = clocks_of(moments, zone, span.since, span.until) // _HOUR
    return np.asarray((hours // HOURS + _THURSDAY) % len(NAMES) * HOURS + hours % HOURS, np.int64)


def _counts(unit: Codes, place: NDArray[np.int64], size: int, units: bool) -> NDArray[np.int64]:
    """Return how many events, or different units, each place has."""
    if units:
        place = np.unique(unit.astype(np.int64) * size + place) % size
    return np.bincount(place, minlength=size).astype(np.int64)


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about the rhythm of events."""
    span = span_of(question, desk)
    near, units = desk.near(span.since, span.until), question.counted == "units"

    def one(piece: History) -> _Counted:
        cell = cells_of(piece.moment, desk.zone, span)
        every = np.zeros_like(cell)
        shapes = ((cell, CELLS), (cell // HOURS, len(NAMES)), (cell % HOURS, HOURS), (every, 1))
        told = (_counts(piece.unit, place, size, units) for place, size in shapes)
        return _Counted(*told, len(piece), piece.left_out)  # type: ignore[call-arg, arg-type]

    where = conditions.wheres(question.where, near)
    ask = Ask((conditions.mark(question.series, near),), span.since, span.until, question.unit, where)
    pieces = near.histories.walked(ask, one)
    cells, days, hours, total = (
        np.sum([getattr(piece, name) for piece in pieces], axis=0) for name in ("cells", "days", "hours", "total")
    )
    left_out = sum(piece.left_out for piece in pieces)
    times, order = _times(span), _order(question)
    return Answer(
        kind="rhythm", unit=question.unit, since=span.since, until=span.until,
        sample=sum(piece.events for piece in pieces), left_out=left_out,
        left_out_why=common.without(question.unit, left_out),
        notes=_notes(times, order),
        days=[
            Day(
                day=i + 1, name=NAMES[i], times=times[i], total=int(days[i]),
                amounts=cells[i * HOURS : (i + 1) * HOURS].tolist(),
            )
            for i in order
        ],
        hours=hours.tolist(), total=int(total[0]),
    )  # fmt: skip


def _order(question: Question) -> list[int]:
    """Return the weekdays as weeks begin."""
    first = 6 if question.span.week == "sunday" else 0
    return [(first + i) % len(NAMES) for i in range(len(NAMES))]


def _times(span: Buckets) -> Counter[int]:
    """Return how often each weekday was in the span so far."""
    day, last = (local_date(one, span.zone) for one in (span.since, min(span.until - _MICROSECOND, span.now)))
    found: Counter[int] = Counter()
    while day <= last:
        found[day.weekday()] += 1
        day += timedelta(days=1)
    return found


def _notes(times: Counter[int], order: list[int]) -> list[str]:
    """Say which weekdays are in the span more often than others."""
    most = max(times.values(), default=0)
    fewer = [NAMES[i] for i in order if times[i] < most]
    if not fewer or most < 2:
        return []
    return [f"{', '.join(fewer)}: {most - 1} in the span, others {most}."]


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units behind a weekday, an hour, or both, those with most events first."""
    span = span_of(question, desk)
    near = desk.near(span.since, span.until)
    rows = single((conditions.mark(question.series, near),), span, near, question)
    place = cells_of(rows.when, desk.zone, span)
    chosen = np.ones(len(place), np.bool_)
    if cell.day is not None:
        chosen &= place // HOURS == cell.day - 1
    if cell.hour is not None:
        chosen &= place % HOURS == cell.hour
    return with_times(rows, chosen, question.unit)


def table(question: Question, answer: Answer) -> Table:
    """Return a row for each weekday with a column for each hour; the last row and column are the totals."""
    unit = _unit(question)
    columns = [
        Column(key="day", label="Day"),
        *(Column(key=f"hour{i}", label=f"{i:02}", unit=unit) for i in range(HOURS)),
    ]
    rows = [(one.name, one.amounts, one.total) for one in answer.days] + [("total", answer.hours, answer.total)]
    return Table(
        columns=[*columns, Column(key="total", label="Total", unit=unit)],
        rows=[
            {"day": name} | {f"hour{i}": amount for i, amount in enumerate(amounts)} | {"total": total}
            for name, amounts, total in rows
        ],
    )


def chart(question: Question, answer: Answer) -> Option:
    """Draw weekdays below one another, hours side by side."""
    hours, title = [f"{i:02}" for i in range(HOURS)], "By weekday and hour"
    if not answer.sample:
        return charts.empty("heatmap", title)
    amounts = [one.amounts for one in answer.days]
    return charts.heatmap([one.name for one in answer.days], hours, amounts, title=title, unit=_unit(question))


def _unit(question: Question) -> str:
    if question.counted == "events":
        return "events"
    return common.plural(question.unit)
