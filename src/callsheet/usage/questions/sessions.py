"""Sessions: visits, how long they are, how much happens in them, and how many are over at once.

A session ends where nothing follows for `gap` minutes, or holds the rows that share a value of `by`. It belongs to
the interval in which it begins, and to the value of the breakdown that its first event has. A day before and after
the span is read as well, so that no session is cut at its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from callsheet import charts
from callsheet.base.errors import BadInput, Conflict
from callsheet.charts import Option
from callsheet.model.history import Ask, History
from callsheet.usage.questions import common
from callsheet.usage.questions.buckets import Buckets, buckets_of
from callsheet.usage.questions.common import (
    Asked,
    Breakdown,
    Bucket,
    Column,
    Desk,
    FieldName,
    Series,
    Strict,
    Table,
    Units,
)
from callsheet.usage.questions.conditions import mark, wheres
from callsheet.usage.questions.funnel_counts import share
from callsheet.usage.questions.reading import TRIES, read
from callsheet.usage.questions.slices import Part, Slices, label_of, slices, there

if TYPE_CHECKING:
    from callsheet.stats.walks.sessions import Sessions

MARGIN = timedelta(days=1)
SHOWN = {
    "sessions": ("Sessions", "sessions", "sessions"),
    "length": ("Length of a session, median", "length_median", "seconds"),
    "events": ("Events in a session, mean", "events_mean", "events"),
    "bounces": ("Sessions of a single event", "bounce_share", "share"),
}
"""What the chart shows: title, figure, unit."""


class Question(Asked):
    """How many sessions there were, and of what kind. `series` says which events count (all, if none is named).

    `gap` is in minutes: a pause that long begins a new session. `by` names a field that holds a session's id, such
    as `properties.$session_id`; rows without one are parted by `gap`. `show` is what the chart draws.
    """

    kind: Literal["sessions"] = "sessions"
    series: Series = Series()
    gap: int = Field(default=30, ge=1, le=1440)
    by: FieldName = ""
    show: Literal["sessions", "length", "events", "bounces"] = "sessions"


class Figures(BaseModel):
    """Sessions of one group. Lengths are seconds from the first to the last event, 0 for a single event.

    Quantiles are linear between closest ranks. A session of a single event is a bounce; `bounce_share` is 0 to 1,
    with its Wilson interval (95%).
    """

    sessions: int = 0
    units: int = 0
    events: int = 0
    per_unit: float | None = None
    events_mean: float | None = None
    events_median: float | None = None
    length_mean: float | None = None
    length_median: float | None = None
    length_p75: float | None = None
    length_p90: float | None = None
    length_p95: float | None = None
    bounces: int = 0
    bounce_share: float | None = None
    bounce_interval: tuple[float, float] | None = None


class Point(Bucket):
    """The sessions that began in one interval."""

    figures: Figures


class Line(BaseModel):
    """One line of the breakdown (parts as in trends) in one period: all of it, and by interval."""

    label: str = ""
    part: Part = ""
    group: str = ""
    period: Literal["current", "previous"] = "current"
    total: Figures
    points: list[Point]


class SessionsAnswer(common.Answer):
    """`sample` is the number of sessions; `previous_since` begins the period before, if compared."""

    kind: str = "sessions"
    lines: list[Line] = Field(default_factory=list)
    previous_since: datetime | None = None


class Cell(Strict):
    """Whose sessions: those of a line (no part: all), of an interval (`bucket`, by its place; None: all), and of one
    kind (`bounced`, None: both)."""

    bucket: int | None = Field(default=None, ge=0)
    bounced: bool | None = None
    part: Part = ""
    group: str = Field(default="", max_length=10_000)
    period: Literal["current", "previous"] = "current"


@dataclass(frozen=True, slots=True)
class _Found:
    """The sessions that began in the span, with the interval of each and the label of its first row."""

    span: Buckets
    history: History
    sessions: Sessions
    place: NDArray[np.int64]
    label: NDArray[np.int32]

    def counted(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Return the labels with their numbers of sessions."""
        known = self.label[self.label >= 0]
        amounts = np.bincount(known, minlength=len(self.history.labels)).astype(np.float64)
        return there(self.history.labels, amounts, amounts)

    def lines(self, lines: Slices) -> NDArray[np.int32]:
        """Return the line of each session."""
        return lines.of(self.history.labels, self.label, len(self.label))


def _found(question: Question, desk: Desk, period: str = "current") -> _Found:
    from callsheet.stats.walks.sessions import Sessions, sessions

    span = buckets_of(question, desk)
    span = span.before(question.compare) if period == "previous" else span
    history, key = _read(question, span, desk)
    every = sessions(history.unit, history.moment, question.gap * 60_000_000, key)
    desk.cancelled()
    place = span.places(every.begin).astype(np.int64)
    inside = place >= 0
    kept = Sessions(*(column[inside] for column in every))
    label = np.full(len(kept.row), -1, np.int32) if history.label is None else history.label[kept.row]
    return _Found(span, history, kept, place[inside], label)


def _read(question: Question, span: Buckets, desk: Desk) -> tuple[History, NDArray[np.int32] | None]:
    """Return the rows and their sessions' ids, if asked for: both again where events arrived in between."""
    since, until = span.since - MARGIN, span.until + MARGIN
    desk = desk.near(since, until)
    marks, where = (mark(question.series, desk),), wheres(question.where, desk)
    label = question.breakdown.by if question.breakdown else ""
    for _ in range(TRIES):
        history = read(desk, Ask(marks, since, until, question.unit, where, label), question.breakdown)
        desk.cancelled()
        if not question.by:
            return history, None
        told = desk.histories.read(Ask(marks, since, until, question.unit, where, question.by))
        desk.cancelled()
        if len(told) == len(history):
            return history, told.label
    raise Conflict("Events arrive faster than they can be read.", "Ask again, or ask for a span that is over.")


def answer(question: Question, desk: Desk) -> SessionsAnswer:
    """Answer a question about sessions."""
    now = _found(question, desk)
    before = _found(question, desk, "previous") if question.compare else None
    lines = slices(question.breakdown, [now.counted()], [before.counted()] if before else ())
    left_out = now.history.left_out
    found = SessionsAnswer(
        unit=question.unit, since=now.span.since, until=now.span.until, sample=len(now.place), left_out=left_out,
        left_out_why=common.without(question.unit, left_out),
        notes=[_parted(question)],
        previous_since=before.span.since if before else None,
    )  # fmt: skip
    found.lines = _lines(now, lines, "current", question.breakdown)
    found.lines += _lines(before, lines, "previous", question.breakdown) if before else []
    return found


def _parted(question: Question) -> str:
    rows = f"Rows that share a value of {question.by} are a session; of those without one, a" if question.by else "A"
    return f"{rows} pause of {question.gap} minutes begins a new session."


def _lines(
    found: _Found, lines: Slices, period: Literal["current", "previous"], breakdown: Breakdown | None
) -> list[Line]:  # fmt: skip
    """Return the lines of one period; those for other values and none only if there is a session in them."""
    line, made = found.lines(lines), []
    for i, (part, group) in enumerate(lines.lines):
        chosen = np.flatnonzero(line == i)
        if part in ("", "value") or len(chosen):
            total, points = figures(found.sessions, chosen), _points(found, chosen)
            label = label_of(part, group, breakdown)
            made.append(Line(label=label, part=part, group=group, period=period, total=total, points=points))
    return made


def _points(found: _Found, chosen: NDArray[np.int64]) -> list[Point]:
    ordered = chosen[np.argsort(found.place[chosen], kind="stable")]
    cuts = np.searchsorted(found.place[ordered], np.arange(len(found.span) + 1))
    return [
        Point(**bucket.model_dump(), figures=figures(found.sessions, ordered[cuts[i] : cuts[i + 1]]))
        for i, bucket in enumerate(found.span.named())
    ]


def figures(every: Sessions, chosen: NDArray[np.int64]) -> Figures:
    """Return the figures of some sessions, by their places."""
    if not len(chosen):
        return Figures()
    length = (every.end[chosen] - every.begin[chosen]) / 1e6
    events, units = every.events[chosen], len(np.unique(every.unit[chosen]))
    median, p75, p90, p95 = np.quantile(length, (0.5, 0.75, 0.9, 0.95)).tolist()
    bounces = int((events == 1).sum())
    bounce_share, bounce_interval = share(bounces, len(chosen))
    return Figures(
        sessions=len(chosen), units=units, events=int(events.sum()), per_unit=len(chosen) / units,
        events_mean=float(events.mean()), events_median=float(np.median(events)), length_mean=float(length.mean()),
        length_median=median, length_p75=p75, length_p90=p90, length_p95=p95, bounces=bounces,
        bounce_share=bounce_share, bounce_interval=bounce_interval,
    )  # fmt: skip


def people(question: Question, cell: Cell, desk: Desk) -> Units:
    """Return the units behind a line, an interval or a kind of session."""
    found = _found(question, desk, cell.period)
    if cell.bucket is not None and cell.bucket >= len(found.span):
        raise BadInput(f"There is no interval {cell.bucket}.", f"The span has {len(found.span)}, counted from 0.")
    chosen = np.ones(len(found.place), np.bool_) if cell.bucket is None else found.place == cell.bucket
    if cell.bounced is not None:
        chosen = chosen & ((found.sessions.events == 1) == cell.bounced)
    if question.breakdown and cell.part:
        now = found if cell.period == "current" else _found(question, desk)
        before = [] if not question.compare else [found if now is not found else _found(question, desk, "previous")]
        lines = slices(question.breakdown, [now.counted()], [one.counted() for one in before])
        chosen = chosen & (found.lines(lines) == lines.place(cell.part, cell.group))
    codes = np.unique(found.sessions.unit[chosen])
    return Units(question.unit, found.history.names(int(code) for code in codes))


def table(question: Question, answer: SessionsAnswer) -> Table:
    """Return a row for each line and interval, and one for the whole of each line."""
    who = common.plural(question.unit)
    columns = [Column(key="line", label="Line"), Column(key="interval", label="Interval")]
    columns += [
        Column(key="sessions", label="Sessions", unit="sessions"), Column(key="units", label=who.capitalize(), unit=who),
        Column(key="per_unit", label="For each"), Column(key="events", label="Events", unit="events"),
        Column(key="events_mean", label="Events, mean"), Column(key="events_median", label="Events, median"),
        *(Column(key=f"length_{k}", label=f"Length, {k}", unit="seconds") for k in ("mean", "median", "p75", "p90", "p95")),
        Column(key="bounces", label="Bounces", unit="sessions"), Column(key="bounce_share", label="Bounced", unit="share"),
    ]  # fmt: skip
    rows: list[dict[str, object]] = []
    for line in answer.lines:
        told = [(one.since, one.partial, one.figures) for one in line.points]
        for interval, partial, found in [*told, ("total", False, line.total)]:
            row: dict[str, object] = {"line": _name(line), "interval": interval, "partial": partial}
            rows.append(row | found.model_dump(exclude={"bounce_interval"}))
    return Table(columns=columns, rows=rows)


def chart(question: Question, answer: SessionsAnswer) -> Option:
    """Draw one figure of each line by interval."""
    title, figure, unit = SHOWN[question.show]
    lines, tones = {}, {}
    for line in answer.lines:
        lines[_name(line)] = [
            {"since": one.since, "amount": getattr(one.figures, figure), "partial": one.partial} for one in line.points
        ]
        if line.period == "previous":
            tones[_name(line)] = "@ink-3/60"
    return charts.line(lines, title=title, unit=unit, tones=tones)


def _name(line: Line) -> str:
    words = line.label or "sessions"
    return f"{words}, before" if line.period == "previous" else words
