"""Stickiness: on how many days (hours, weeks, months) of the span each unit was active.

The rules are PostHog's: the columns are 1 to the number of intervals of the span; a unit stands in one of them, or,
cumulative, in all up to its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from callsheet import charts
from callsheet.base.errors import BadInput
from callsheet.charts import Option
from callsheet.model.history import Activity, Codes
from callsheet.usage.questions import common
from callsheet.usage.questions.buckets import Buckets, buckets_of
from callsheet.usage.questions.common import (
    MOST_SERIES,
    Asked,
    Bucket,
    Column,
    Desk,
    Name,
    Series,
    Strict,
    Table,
    Units,
)
from callsheet.usage.questions.conditions import mark
from callsheet.usage.questions.formula import letter
from callsheet.usage.questions.rows import Rows, active, by_events, days_walked
from callsheet.usage.questions.slices import WHOLE, Slices, counted, names, slices


class Question(Asked):
    """An interval counts where the unit did the event at least `least` and at most `most` times in it.

    `cumulative` counts units active in so many intervals or more. `every` takes so many intervals together, from the
    first of the span on: every 2 days, every 3 months.
    """

    kind: Literal["stickiness"] = "stickiness"
    series: tuple[Series, ...] = Field(min_length=1, max_length=MOST_SERIES)
    cumulative: bool = False
    every: int = Field(default=1, ge=1, le=365)
    least: int = Field(default=1, ge=1, le=1_000_000)
    most: int | None = Field(default=None, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.most is not None and self.most < self.least:
            raise ValueError("most must not be below least")
        return self


class Line(BaseModel):
    """Units by number of active intervals (`counts[0]`: one), for one series, line of the breakdown and period.

    `units` is everybody who was active at all, `mean` their mean number of intervals (None when there is nobody).
    """

    series: str
    label: str
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    period: Literal["current", "previous"] = "current"
    counts: list[int]
    units: int
    mean: float | None = None


class Answer(common.Answer):
    """`columns` are the words for the numbers of intervals."""

    buckets: list[Bucket]
    columns: list[str]
    lines: list[Line]


class Cell(Strict):
    """Whom to show: those active in `intervals` intervals (or more, where the question is cumulative)."""

    series: Name = "A"
    intervals: int = Field(ge=1)
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
    period: Literal["current", "previous"] = "current"


@dataclass(frozen=True, slots=True)
class _Counted:
    """Each active unit once, with its number of intervals and its line of the breakdown."""

    rows: Rows
    unit: Codes
    intervals: NDArray[np.int32]
    line: NDArray[np.int32]


def _read(question: Question, buckets: Buckets, desk: Desk) -> list[Rows]:
    found = []
    for one in question.series:
        desk.cancelled()
        found.append(_together(question, active(one, buckets, desk, question)))
    desk.cancelled()
    return found


def _together(question: Question, rows: Rows) -> Rows:
    """Return rows by so many intervals at a time."""
    place = np.where(rows.place < 0, -1, rows.place // question.every).astype(np.int32)
    return replace(rows, place=place) if question.every > 1 else rows


def _lines_of(question: Question, current: list[Rows], earlier: list[Rows]) -> Slices:
    if question.breakdown is None:
        return WHOLE
    now, before = ([counted(rows.firsts()) for rows in period] for period in (current, earlier))
    return slices(question.breakdown, now, before)


def _counted(question: Question, rows: Rows, lines: Slices) -> _Counted:
    from callsheet.stats.walks.stickiness import intervals_active

    units, _, times = rows.folded()
    most = question.most if question.most is not None else np.iinfo(np.int64).max
    unit, intervals = intervals_active(units, times, question.least, most)
    line = lines.of_units(rows.firsts())[unit] if question.breakdown else np.zeros(len(unit), np.int32)
    return _Counted(rows, unit, intervals, line)


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Units by `[line, number of intervals]`, and how many rows have no unit."""

    counts: NDArray[np.int64]
    left_out: int


def _amounts(question: Question, rows: Rows, lines: Slices, width: int) -> _Amounts:
    one = _counted(question, rows, lines)
    cell = one.line.astype(np.int64) * width + one.intervals - 1
    counts = np.bincount(cell, minlength=len(lines) * width).reshape(len(lines), width)
    return _Amounts(counts.astype(np.int64), rows.left_out)


def _divided(
    question: Question, periods: Sequence[Buckets], desk: Desk, width: int
) -> tuple[Slices, list[list[_Amounts]]]:
    """Return the lines of the breakdown, and the amounts of each series by period."""
    read = [_read(question, period, desk) for period in periods]
    lines = _lines_of(question, read[0], read[1] if question.compare else [])
    return lines, [[_amounts(question, rows, lines, width) for rows in period] for period in read]


def _whole(question: Question, buckets: Buckets, desk: Desk, width: int) -> list[_Amounts]:
    """Return the amounts of each series that is not broken down."""
    if by_events(question, buckets):
        return [_amounts(question, rows, WHOLE, width) for rows in _read(question, buckets, desk)]
    desk = desk.near(buckets.since, buckets.until)
    found = []
    for one in question.series:
        desk.cancelled()
        walk = partial(_of_piece, question, buckets, width)
        pieces = days_walked(mark(one, desk), buckets, desk, question, walk)
        counts = np.sum([piece.counts for piece in pieces], axis=0)  # no unit is in two
        found.append(_Amounts(counts, sum(piece.left_out for piece in pieces)))
    desk.cancelled()
    return found


def _of_piece(question: Question, buckets: Buckets, width: int, piece: Activity) -> _Amounts:
    from callsheet.stats.walks.days import steadiness

    first, table = buckets.by_day()
    most = np.iinfo(np.int64).max if question.most is None else question.most
    found = steadiness(piece.unit, piece.day, piece.count, first, table // question.every, width, question.least, most)
    return _Amounts(found[None, :], piece.left_out)


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about stickiness."""
    now = buckets_of(question, desk)
    width = -(-len(now) // question.every)
    periods = (now, now.before(question.compare)) if question.compare else (now,)
    lines, counted = _divided(question, periods, desk, width) if question.breakdown else (
        WHOLE, [_whole(question, period, desk, width) for period in periods]
    )  # fmt: skip
    found = _lines(question, counted[0], lines, "current")
    if question.compare:
        found += _lines(question, counted[1], lines, "previous")
    left_out = sum(amounts.left_out for amounts in counted[0])
    full = {(line.part, line.group) for line in found if line.units}
    return Answer(
        kind="stickiness",
        unit=question.unit,
        since=now.since,
        until=now.until,
        sample=sum(line.units for line in found if line.period == "current"),
        left_out=left_out,
        left_out_why=common.without(question.unit, left_out),
        buckets=now.named(),
        columns=_columns(question, width),
        lines=[one for one in found if one.part in ("", "value") or (one.part, one.group) in full],
    )


def _lines(
    question: Question, counted: list[_Amounts], lines: Slices, period: Literal["current", "previous"]
) -> list[Line]:  # fmt: skip
    made = []
    for i, (series, amounts) in enumerate(zip(question.series, counted, strict=True)):
        name = series.label or ", ".join(series.events) or "any event"
        for k, (part, group) in enumerate(lines.lines):
            counts = amounts.counts[k].tolist()
            made.append(_line(question, Line(
                series=letter(i), label=name, part=part, group=group, period=period, counts=counts, units=sum(counts),
            )))  # fmt: skip
    return made


def _line(question: Question, line: Line) -> Line:
    """Return the line with its mean, and summed from the end where the question is cumulative."""
    total = sum((i + 1) * count for i, count in enumerate(line.counts))
    mean = total / line.units if line.units else None
    counts = line.counts
    if question.cumulative:
        counts = np.cumsum(counts[::-1])[::-1].tolist()
    return line.model_copy(update={"mean": mean, "counts": counts})


def _columns(question: Question, width: int) -> list[str]:
    more = " or more" if question.cumulative else ""
    of = f"× {question.every} {question.interval}s" if question.every > 1 else question.interval
    return [f"{n} {of}{'' if n == 1 or question.every > 1 else 's'}{more}" for n in range(1, width + 1)]


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units active in so many intervals."""
    places = {letter(i): i for i in range(len(question.series))}
    if cell.series not in places:
        raise BadInput(f"There is no series {cell.series!r}.", f"Choose one of {', '.join(places)}.")
    now = buckets_of(question, desk)
    periods = {"current": now} | ({"previous": now.before(question.compare)} if question.compare else {})
    if cell.period not in periods:
        raise BadInput("There is no period before in this answer.", "Ask the question with compare.")
    read = {
        name: _read(question, one, desk) for name, one in periods.items() if question.breakdown or name == cell.period
    }
    lines = _lines_of(question, read.get("current", []), read.get("previous", []))
    rows = read[cell.period][places[cell.series]]
    found = _counted(question, rows, lines)
    chosen = found.intervals >= cell.intervals if question.cumulative else found.intervals == cell.intervals
    if question.breakdown:
        chosen &= found.line == lines.place(cell.part, cell.group)
    return rows.ids(found.unit[chosen], question.unit)


def table(question: Question, answer: Answer) -> Table:
    """Return a row for each number of intervals, with a column for each line."""
    unit = common.plural(question.unit)
    columns = [Column(key="intervals", label="Active in")]
    columns += [Column(key=f"line{k}", label=name, unit=unit) for k, name in enumerate(_names(question, answer))]
    rows: list[dict[str, object]] = [
        {"intervals": name} | {f"line{k}": line.counts[i] for k, line in enumerate(answer.lines)}
        for i, name in enumerate(answer.columns)
    ]
    return Table(columns=columns, rows=rows)


def chart(question: Question, answer: Answer, notes: Sequence[tuple[str, str]] = ()) -> Option:  # noqa: ARG001
    """Draw bars by number of intervals. There is no axis of time for `notes`."""
    unit = common.plural(question.unit)
    drawn = dict(zip(_names(question, answer), [line.counts for line in answer.lines], strict=True))
    places = [str(i + 1) for i in range(len(answer.columns))]
    return charts.bar(places, drawn, title="Stickiness", unit=unit, along=f"active in so many {question.interval}s")


def _names(question: Question, answer: Answer) -> list[str]:
    told = [(line.series, line.label, line.part, line.group, line.period) for line in answer.lines]
    return names(told, question.breakdown)
