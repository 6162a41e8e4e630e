"""Trends: how often something happens, by how many, and how much, interval by interval.

The rules are PostHog's where it has one; where this differs (no amount instead of 0 where there is nothing to take
a mean of, no amount after a division by zero) the field says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, Field, model_validator

from callsheet import charts
from callsheet.base.errors import BadInput, TooMuch
from callsheet.charts import Option
from callsheet.usage.questions import common, maths
from callsheet.usage.questions.behind import with_times
from callsheet.usage.questions.buckets import Buckets, buckets_of
from callsheet.usage.questions.common import MOST_SERIES, Asked, Bucket, Column, Desk, Name, Strict, Table, Units
from callsheet.usage.questions.formula import Formula, letter
from callsheet.usage.questions.maths import ADDING_UP, OF_PROPERTY, TRAILING, Computed, TrendSeries, weights
from callsheet.usage.questions.reading import first_day
from callsheet.usage.questions.slices import WHOLE, Part, Slices, names, slices

MOST_AMOUNTS = 1_000_000
"""Amounts of all lines together in one answer."""


class Question(Asked):
    """Series over time, and formulas over them (by letters A, B ...; `Conversion = 100 * B / A` says what one is
    called); with formulas, only these are shown unless `show_series`.

    `cumulative` gives running totals (each unit and value once), `smoothing` the mean of so many intervals up to
    and including each one. Both change amounts by interval, not totals. `gaps` says what an amount is where there is
    nothing to compute it from (a mean of nothing, a division by zero): none, or 0.
    """

    kind: Literal["trends"] = "trends"
    series: tuple[TrendSeries, ...] = Field(min_length=1, max_length=MOST_SERIES)
    formulas: tuple[Name, ...] = Field(default=(), max_length=10)
    show_series: bool = False
    cumulative: bool = False
    smoothing: int = Field(default=1, ge=1, le=60)
    gaps: Literal["none", "zero"] = "none"
    display: Literal["line", "area", "bar", "number", "table"] = "line"
    by_minutes = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        odd = next((one.math for one in self.series if one.math not in ADDING_UP), None)
        if self.cumulative and odd:
            raise ValueError(f"a running total of {odd} means nothing; use {', '.join(ADDING_UP)}")
        return self


class Line(BaseModel):
    """The amounts of one series or formula, for one line of the breakdown and one period.

    `series` is a letter, or the formula itself. `group` is the value of the breakdown; `part` says what the line
    stands for: everything (""), a `value`, all the `other` values together, or rows with `none`. An amount is None
    where there is nothing to compute it from. `total` is over the whole span: units are counted once in it.
    """

    series: str
    label: str
    part: Literal["", "value", "other", "none"] = ""
    group: str = ""
    period: Literal["current", "previous"] = "current"
    amounts: list[float | None]
    total: float | None
    sample: int = 0
    unit: str = ""
    is_formula: bool = False


class Answer(common.Answer):
    """`buckets` are those of the span, `previous` those it is compared with (place by place).

    `known_since` is the first day of the interval of the first known event, where intervals of the span lie before
    it: these have no data rather than nothing that happened.
    """

    buckets: list[Bucket]
    previous: list[Bucket] = Field(default_factory=list)
    lines: list[Line]
    known_since: str = ""


class Cell(Strict):
    """Whom to show: those behind one interval (`bucket`; None: the whole span) of one line."""

    series: Name = "A"
    bucket: int | None = Field(default=None, ge=0)
    part: Literal["", "value", "other", "none"] = ""
    group: str = Field(default="", max_length=10_000)
    period: Literal["current", "previous"] = "current"


def answer(question: Question, desk: Desk) -> Answer:
    """Answer a question about trends. BadInput for a formula that cannot be read, or a field that is unknown."""
    formulas = [Formula(text, len(question.series)) for text in question.formulas]
    question = _settled(question)
    now = buckets_of(question, desk)
    then = now.before(question.compare) if question.compare else None
    current = _counted(question, now, desk)
    earlier = _counted(question, then, desk) if then else []
    lines = _slices(question, current, now, earlier, then)
    _check_size((len(question.series) + len(formulas)) * len(lines.lines) * (len(now) + (len(then) if then else 0)))
    found = _lines(question, formulas, now, current, lines, "current")
    if then:
        found += _lines(question, formulas, then, earlier, lines, "previous")
    left_out = sum(rows.left_out for rows in current)
    return Answer(
        kind="trends",
        unit=question.unit,
        since=now.since,
        until=now.until,
        sample=sum(line.sample for line in found if line.period == "current"),
        left_out=left_out,
        left_out_why=common.without(question.unit, left_out),
        notes=_notes(question),
        buckets=now.named(),
        previous=then.named() if then else [],
        lines=_shown(question, found),
        known_since=_known_since(question, now, found, desk),
    )


def _check_size(amounts: int) -> None:
    """Raise TooMuch for an answer of more than MOST_AMOUNTS, before the work on it that nothing interrupts."""
    if amounts > MOST_AMOUNTS:
        raise TooMuch(
            f"The answer would hold {amounts:,} amounts, {MOST_AMOUNTS:,} is the most.",
            "Ask for a shorter span, a wider interval, fewer series, or fewer lines of the breakdown.",
        )


def _settled(question: Question) -> Question:
    alone = len(question.series) == 1
    series = tuple(maths.settled(one, question.interval, alone=alone) for one in question.series)
    return question.model_copy(update={"series": series})


def _counted(question: Question, buckets: Buckets, desk: Desk) -> list[maths.Found]:
    found = []
    for one in question.series:
        desk.cancelled()
        found.append(maths.counted(one, buckets, question, desk, question.cumulative))
    desk.cancelled()
    return found


def _slices(
    question: Question, current: list[maths.Found], now: Buckets, earlier: list[maths.Found],
    then: Buckets | None,
) -> Slices:  # fmt: skip
    if question.breakdown is None:
        return WHOLE
    weighed, before = (
        [
            weights(one, rows, buckets)
            for one, rows in zip(question.series, found, strict=bool(found))
            if not isinstance(rows, Computed)
        ]
        for found, buckets in ((current, now), (earlier, then or now))
    )
    return slices(question.breakdown, weighed, before)


def _lines(
    question: Question, formulas: list[Formula], buckets: Buckets, rows: list[maths.Found], lines: Slices,
    period: Literal["current", "previous"],
) -> list[Line]:  # fmt: skip
    """Return the lines of all series, then those of the formulas."""
    computed = [
        maths.computed(one, found, buckets, lines, question.cumulative)
        for one, found in zip(question.series, rows, strict=True)
    ]
    made = []
    for i, one in enumerate(question.series):
        for k, (part, group) in enumerate(lines.lines):
            line = Line(
                series=letter(i), label=maths.name_of(one, alone=len(question.series) == 1),
                part=part, group=group, period=period, unit=_unit(one, question),
                amounts=[_amount(x, question) for x in computed[i].amounts[k].tolist()],
                total=_amount(float(computed[i].totals[k]), question), sample=int(computed[i].samples[k]),
            )  # fmt: skip
            made.append(line)
    for formula in formulas:
        made += [_applied(question, formula, made, part, group, period) for part, group in lines.lines]
    return [line.model_copy(update={"amounts": _smooth(line.amounts, question.smoothing)}) for line in made]


def _applied(
    question: Question, formula: Formula, made: list[Line], part: Part, group: str, period: Literal["current", "previous"]
) -> Line:  # fmt: skip
    parts = {line.series: line for line in made if (line.part, line.group) == (part, group) and not line.is_formula}
    intervals = range(len(next(iter(parts.values())).amounts))
    empty = 0.0 if question.gaps == "zero" else None
    amounts = [formula.of({name: line.amounts[i] for name, line in parts.items()}, empty) for i in intervals]
    total = formula.of({name: line.total for name, line in parts.items()}, empty)
    return Line(
        series=formula.text, label=formula.label, part=part, group=group, period=period, amounts=amounts, total=total,
        is_formula=True,
    )  # fmt: skip


def _amount(found: float, question: Question) -> float | None:
    empty = 0.0 if question.gaps == "zero" else None
    return found if math.isfinite(found) else empty


def _smooth(amounts: list[float | None], intervals: int) -> list[float | None]:
    """Return the mean of the last so many amounts at each place, of those that are there."""
    if intervals == 1:
        return amounts
    found: list[float | None] = []
    for i in range(len(amounts)):
        near = [one for one in amounts[max(0, i - intervals + 1) : i + 1] if one is not None]
        found.append(sum(near) / len(near) if near else None)
    return found


def _unit(series: TrendSeries, question: Question) -> str:
    if series.math in ("unique_accounts", "unique_people"):
        return series.math.removeprefix("unique_")
    if series.math in ("unique", "weekly_active", "monthly_active", "first_time", "first_ever"):
        return common.plural(question.unit)
    length = series.math in OF_PROPERTY and series.property == "session.duration"
    return {"count": "events", "unique_values": "values"}.get(series.math, "seconds" if length else "")


def _shown(question: Question, found: list[Line]) -> list[Line]:
    """Leave out lines for other values and none that stand for nothing, and series of which formulas are made."""
    full = {(line.part, line.group) for line in found if line.sample}
    return [
        line
        for line in found
        if (line.part in ("", "value") or (line.part, line.group) in full)
        and (line.is_formula or question.show_series or not question.formulas)
    ]


def _notes(question: Question) -> list[str]:
    found = []
    if question.smoothing > 1:
        found.append(f"Each amount is the mean of the last {question.smoothing} {question.interval}s.")
    if question.cumulative:
        found.append("Amounts are running totals; each unit and each value counts once.")
    if question.interval == "week" and any(one.math in TRAILING for one in question.series):
        found.append("Monthly active: of the 30 days that end with the first day of the week.")
    return found


def _known_since(question: Question, buckets: Buckets, found: list[Line], desk: Desk) -> str:
    """Return where the interval of the very first event begins when the span begins before it, else nothing."""
    current = [line for line in found if line.period == "current" and not line.is_formula]
    if any(line.amounts[0] for line in current):
        return ""
    first = first_day(desk, question.unit)
    if first is None or first <= int(buckets.days[0]):
        return ""
    place = int(buckets.places_of_days(np.array([first], np.int32))[0])
    if place >= 0 and not buckets.fine:
        first = int(buckets.days[place])
    return (date(1970, 1, 1) + timedelta(days=first)).isoformat()


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units behind an interval of a line, or behind its total, those with most events first."""
    places = {letter(i): i for i in range(len(question.series))}
    if cell.series not in places:
        raise BadInput(f"Nobody is behind {cell.series!r} alone.", f"Choose one of the series {', '.join(places)}.")
    question = _settled(question)
    now = buckets_of(question, desk)
    then = now.before(question.compare) if question.compare else None
    buckets = now.before(question.compare) if cell.period == "previous" else now
    if cell.bucket is not None and cell.bucket >= len(buckets):
        raise BadInput(f"There is no interval {cell.bucket}.", f"The span has {len(buckets)}, counted from 0.")
    series = question.series[places[cell.series]]
    lines = WHOLE
    if question.breakdown:
        earlier = _counted(question, then, desk) if then else []
        lines = _slices(question, _counted(question, now, desk), now, earlier, then)
    rows = maths.read(series, buckets, question, desk)
    chosen = maths.behind(series, rows, buckets, cell.bucket)
    if question.breakdown:
        chosen &= lines.of_rows(rows) == lines.place(cell.part, cell.group)
    return with_times(rows, chosen, question.unit)


def table(question: Question, answer: Answer) -> Table:
    """Return one row for each interval and a column for each line; the last row is the totals."""
    headings = _names(question, answer)
    columns = [Column(key="interval", label="Interval")]
    columns += [Column(key=f"line{i}", label=name, unit=answer.lines[i].unit) for i, name in enumerate(headings)]
    rows: list[dict[str, object]] = []
    for i, bucket in enumerate(answer.buckets):
        row: dict[str, object] = {"interval": bucket.since + bucket.offset, "partial": bucket.partial}
        rows.append(row | {f"line{k}": line.amounts[i] for k, line in enumerate(answer.lines)})
    rows.append({"interval": "total", "partial": False} | {f"line{k}": x.total for k, x in enumerate(answer.lines)})
    return Table(columns=columns, rows=rows)


def chart(question: Question, answer: Answer, notes: Sequence[tuple[str, str]] = ()) -> Option:
    """Draw the lines over time, or their totals side by side; `notes` are (interval's `since`, text)."""
    title = ", ".join(dict.fromkeys(line.label for line in answer.lines)) or "Trend"
    headings = _names(question, answer)
    units = {line.unit for line in answer.lines}
    unit = units.pop() if len(units) == 1 else ""
    if question.display in ("number", "table"):
        return charts.bar(headings, {title: [x.total for x in answer.lines]}, title=title, unit=unit, horizontal=True)
    places = [bucket.since for bucket in answer.buckets]
    if question.display == "bar":
        drawn = {name: line.amounts for name, line in zip(headings, answer.lines, strict=True)}
        partial = [bucket.partial for bucket in answer.buckets]
        stacked = bool(question.breakdown)
        return charts.bar(places, drawn, title=title, unit=unit, stacked=stacked, notes=notes, partial=partial)
    points = {name: _points(answer, line) for name, line in zip(headings, answer.lines, strict=True)}
    if question.display == "area":
        return charts.stacked_area(points, title=title, unit=unit, notes=notes)
    tones = {name: "@ink-3/60" for name, x in zip(headings, answer.lines, strict=True) if x.period == "previous"}
    return charts.line(points, title=title, unit=unit, notes=notes, tones=tones)


def _points(answer: Answer, line: Line) -> list[dict[str, object]]:
    """Return the points of a line; those before the first known event are left out, not drawn as nothing."""
    known = answer.known_since
    return [
        {"since": bucket.since, "amount": amount, "partial": bucket.partial}
        for bucket, amount in zip(answer.buckets, line.amounts, strict=True)
        if not (known and bucket.since < known)
    ]


def _names(question: Question, answer: Answer) -> list[str]:
    told = [(line.series, line.label, line.part, line.group, line.period) for line in answer.lines]
    return names(told, question.breakdown)
