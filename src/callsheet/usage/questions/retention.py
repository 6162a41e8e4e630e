"""Retention: of those who started in an interval, how many came back in each later one.

The rules are PostHog's: column 0 holds all who started; minimum occurrences do not touch it; with first-time starts
the whole history decides what was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from callsheet import charts
from callsheet.base.errors import BadInput
from callsheet.charts import Option
from callsheet.stats.intervals import wilson
from callsheet.usage.questions import common
from callsheet.usage.questions.common import Bucket, Column, Desk, Strict, Table, Units
from callsheet.usage.questions.returns import (
    Read,
    Retained,
    counts_of,
    lines_of_units,
    offset_of,
    over_of,
    read_of,
    slices_of,
)
from callsheet.usage.questions.slices import Part, label_of


class Question(Retained):
    """See `returns.Retained` for what can be asked."""

    kind: Literal["retention"] = "retention"
    whole_spans = True


class Share(BaseModel):
    """One cell: units that returned, their share with its Wilson interval (95%), and the value where one was asked
    for. `complete` says that its time is over: until then `share` is None; before it begins, `units` too."""

    units: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    value: float | None = None
    complete: bool = True


class Cohort(BaseModel):
    """Those who started in one interval (a place in `Answer.buckets`), column by column."""

    bucket: int
    size: int
    cells: list[Share]


class Grid(BaseModel):
    """The grid of one line of the breakdown (parts as in trends) and its mean row: all complete cells of a column
    together, so that larger cohorts weigh more."""

    label: str = ""
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    size: int
    cohorts: list[Cohort]
    mean: list[Share]


class Answer(common.Answer):
    """`columns` are the words over the columns, 0 first."""

    buckets: list[Bucket]
    columns: list[str]
    grids: list[Grid]


class Cell(Strict):
    """Whom to show: of those who started in `bucket`, those who returned in column `offset`, or did not. No bucket: of
    all whose column is over, as in the mean row."""

    bucket: int | None = Field(default=None, ge=0)
    offset: int = Field(default=0, ge=0)
    returned: bool = True
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about retention."""
    read = read_of(question, desk)
    lines = slices_of(question, read)
    counts, sums = counts_of(question, read, lines)
    found = [
        _grid(question, read, part, group, counts[i], None if sums is None else sums[i])
        for i, (part, group) in enumerate(lines.lines)
    ]
    return Answer(
        kind="retention",
        unit=question.unit,
        since=read.buckets.since,
        until=read.buckets.until,
        sample=int(counts[:, :, 0].sum()),
        left_out=read.left_out,
        left_out_why=common.without(question.unit, read.left_out),
        notes=_notes(question),
        buckets=read.buckets.named(),
        columns=_columns(question),
        grids=[one for one in found if one.part in ("", "value") or one.size],
    )


def _grid(
    question: Question, read: Read, part: Part, group: str, counts: NDArray[np.int64],
    sums: NDArray[np.float64] | None,
) -> Grid:  # fmt: skip
    begun, over = over_of(question, read)
    made = []
    for c in range(len(read.buckets)):
        size = int(counts[c, 0])
        cells = []
        for k in range(counts.shape[1]):
            value = None if sums is None else _value(question, float(sums[c, k]), int(counts[c, k]))
            cells.append(_cell(int(counts[c, k]), size, value, bool(begun[c, k]), bool(over[c, k])))
        made.append(Cohort(bucket=c, size=size, cells=cells))
    mean = [_mean(question, counts, sums, over, k) for k in range(counts.shape[1])]
    size = int(counts[:, 0].sum())
    return Grid(
        label=label_of(part, group, question.breakdown), part=part, group=group, size=size, cohorts=made, mean=mean
    )


def _cell(units: int, size: int, value: float | None, begun: bool, over: bool) -> Share:
    if not begun:
        return Share(complete=False)
    if not over:
        return Share(units=units, value=value, complete=False)
    interval = wilson(units, size)
    return Share(units=units, share=interval.amount, low=interval.low, high=interval.high, value=value)


def _value(question: Question, total: float, units: int) -> float | None:
    """Return the sum, or the mean for each unit that returned (None without any)."""
    if question.value is None or question.value.math == "sum":
        return total
    return total / units if units else None


def _mean(
    question: Question, counts: NDArray[np.int64], sums: NDArray[np.float64] | None, over: NDArray[np.bool_], k: int
) -> Share:  # fmt: skip
    whole = over[:, k]
    units, size = int(counts[whole, k].sum()), int(counts[whole, 0].sum())
    value = None if sums is None else _value(question, float(sums[whole, k].sum()), units)
    return _cell(units, size, value, bool(whole.any()), bool(whole.any()))


def _columns(question: Question) -> list[str]:
    word = "Window" if question.basis == "rolling" and not question.brackets else question.interval.capitalize()
    found, end = [f"{word} 0"], 0
    for size in question.sizes:
        begin, end = end + 1, end + size
        found.append(f"{word} {begin}" if size == 1 else f"{word} {begin}-{end}")
    return found


def _notes(question: Question) -> list[str]:
    found = []
    if question.basis == "rolling":
        length = {"hour": "1 hour", "day": "24 hours", "week": "7 days", "month": "30 days"}[question.interval]
        found.append(f"Windows are {length} each, from the moment a unit first started; a unit starts once.")
    if question.when == "on_or_after":
        found.append("A unit counts in a column if it returned in it or in a later one shown; this can still rise.")
    if question.by_each:
        found.append("A unit stands under each value of its events, and counts in each.")
    if question.value:
        found.append("Returns without a number in the property count as 0.")
    return found


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return those who started in an interval, and returned in a column of it (or did not)."""
    read = read_of(question, desk)
    if (cell.bucket or 0) >= len(read.buckets) or cell.offset > len(question.sizes):
        size = f"{len(read.buckets)} intervals and {len(question.sizes) + 1} columns"
        raise BadInput("There is no such cell.", f"The grid has {size}, both counted from 0.")
    buckets: Sequence[int] = range(len(read.buckets)) if cell.bucket is None else [cell.bucket]
    if cell.bucket is None and cell.offset > 0:  # the row's size is of all who started, its shares are not
        buckets = np.flatnonzero(over_of(question, read)[1][:, cell.offset]).tolist()
    behind = [_behind(question, read, one, cell) for one in buckets]
    return read.starts.ids(np.unique(np.concatenate([read.starts.unit[:0], *behind])), question.unit)


def _behind(question: Question, read: Read, bucket: int, cell: Cell) -> NDArray[Any]:
    """Return the units that started in one interval, and returned in the column of the cell (or did not)."""
    unit, place, _ = read.starts.folded()
    started = unit[place == bucket]
    if question.breakdown:
        lines = slices_of(question, read)
        started = started[lines_of_units(read, lines)[started] == lines.place(cell.part, cell.group)]
    if cell.offset == 0:
        return np.asarray(started if cell.returned else started[:0])
    back, places, times = read.returns.folded()
    ahead = places - bucket
    offsets = offset_of(question.sizes)
    counting = (times >= question.least) & (ahead > 0) & (ahead < len(offsets))
    column = offsets[np.where(counting, ahead, 0)]
    fits = counting & ((column >= cell.offset) if question.when == "on_or_after" else (column == cell.offset))
    came = np.isin(started, back[fits])
    return np.asarray(started[came if cell.returned else ~came])


def table(question: Question, answer: Answer) -> Table:
    """Return a row for each interval of starting (and the mean) with its size and the share in each column, so far where
    its time is not over: `open` are the keys of these columns. The mean is of what is over."""
    columns = [
        Column(key="cohort", label="Started in"),
        Column(key="size", label="Started", unit=common.plural(question.unit)),
    ]
    unit = _unit(question)
    columns += [Column(key=f"column{k}", label=label, unit=unit) for k, label in enumerate(answer.columns)]
    if question.breakdown:
        columns.insert(0, Column(key="group", label=question.breakdown.by))
    rows = []
    for grid in answer.grids:
        for one in grid.cohorts:
            rows.append(_row(question, grid, answer.buckets[one.bucket].since, one.size, one.cells))
        rows.append(_row(question, grid, "mean", grid.size, grid.mean))
    return Table(columns=columns, rows=rows)


def _row(question: Question, grid: Grid, name: str, size: int, cells: list[Share]) -> dict[str, object]:
    row: dict[str, object] = {"cohort": name, "size": size, "group": grid.label}
    if not question.breakdown:
        del row["group"]
    row |= {f"column{k}": _so_far(question, size, cell) for k, cell in enumerate(cells)}
    still = [f"column{k}" for k, cell in enumerate(cells) if not cell.complete and row[f"column{k}"] is not None]
    return row | ({"open": still} if still else {})


def _unit(question: Question) -> str:
    if question.value is None:
        return "share"
    return "seconds" if question.value.property == "session.duration" else ""


def chart(question: Question, answer: Answer, notes: Sequence[tuple[str, str]] = ()) -> Option:  # noqa: ARG001
    """Draw the grid; with a breakdown, the mean line of each value. A grid has no axis of time for `notes`."""
    title, unit = "Retention", _unit(question)
    if len(answer.grids) > 1:
        drawn = {
            grid.label: [
                (column, _drawn(question, cell)) for column, cell in zip(answer.columns, grid.mean, strict=True)
            ]
            for grid in answer.grids
        }
        return charts.line(drawn, title=title, unit=unit)
    cohorts = answer.grids[0].cohorts if answer.grids else []
    rows = [answer.buckets[one.bucket].label.removeprefix("week of ") for one in cohorts]
    values = [[_so_far(question, one.size, cell) for cell in one.cells] for one in cohorts]
    partial = [
        (r, k) for r, one in enumerate(cohorts) for k, cell in enumerate(one.cells) if not cell.complete
    ]  # fmt: skip
    top = None if question.value else 1.0
    return charts.heatmap(rows, answer.columns, values, title=title, unit=unit, top=top, partial=partial)


def _drawn(question: Question, cell: Share) -> float | None:
    return cell.value if question.value else cell.share


def _so_far(question: Question, size: int, cell: Share) -> float | None:
    """Return what a cell shows, also before its time is over."""
    if question.value or cell.complete:
        return _drawn(question, cell)
    return cell.units / size if cell.units is not None and size else None
