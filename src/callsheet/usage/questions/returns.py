"""What a retention grid is counted from: who starts in which interval, and who returns how much later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from callsheet.base.errors import BadInput
from callsheet.model.history import Mark
from callsheet.usage.questions import conditions, visits
from callsheet.usage.questions.buckets import Buckets, buckets_of, micros
from callsheet.usage.questions.common import Asked, Desk, Name, Series, Strict
from callsheet.usage.questions.maths import first_ever
from callsheet.usage.questions.reading import ever
from callsheet.usage.questions.rows import Rows, daily, single
from callsheet.usage.questions.slices import WHOLE, Slices, slices, there

MOST_CELLS = 40_000
WINDOWS = {"hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000, "month": 2_592_000_000_000}
"""Lengths of rolling windows in microseconds."""


class Value(Strict):
    """A property of the returns, a trait of whose they are (`person.score`) or a number of their session
    (`session.duration`, each session once in an interval), to sum, or to take the mean of for each unit that returned."""

    property: Name = Field(min_length=1)
    math: Literal["sum", "mean"] = "sum"


class Retained(Asked):
    """A grid of intervals of starting (`span`, `interval`) by intervals of returning (`periods` after it).

    `mode`: `recurring` (a unit starts in every interval in which it did the start event), `first_time` (where it did
    so for the first time ever, with these conditions), `first_ever` (the same, if this was also its first of these
    events whatever their properties), `first_in_span` (for the first time in the span). `when`: a return `on` the
    interval, or `on_or_after` it (within the periods). `basis`: intervals of the calendar, or `rolling` windows (1
    hour, 24 hours, 7 days, 30 days) from the unit's own start; a unit then has one start. `brackets` are lengths in
    intervals: 1, 3, 7 gives the columns 1, 2-4 and 5-11. `least` is how often a unit must return in an interval.
    `touch` says how a breakdown by what events carry divides a unit: it stands under `each` value, with the events of
    that value only (as in PostHog; in rolling windows from its one start), or under that of its `first` start, with
    all events (`first_ever` always takes the first).
    """

    start: Series
    back: Series
    mode: Literal["recurring", "first_time", "first_ever", "first_in_span"] = "recurring"
    when: Literal["on", "on_or_after"] = "on"
    basis: Literal["calendar", "rolling"] = "calendar"
    periods: int = Field(default=7, ge=1, le=90)
    brackets: tuple[int, ...] = Field(default=(), max_length=30)
    least: int = Field(default=1, ge=1, le=10_000)
    value: Value | None = None
    touch: Literal["each", "first"] = "each"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(size < 1 for size in self.brackets) or sum(self.brackets) > 400:
            raise ValueError("brackets are lengths of 1 or more intervals, 400 together at most")
        if self.value and (self.when == "on_or_after" or self.least > 1):
            raise ValueError("a value is summed over all returns of an interval; leave out on_or_after and least")
        if self.compare:
            raise ValueError("retention is compared by the rows of its grid; leave out compare")
        return self

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many intervals each column after the first holds."""
        return self.brackets or (1,) * self.periods

    @property
    def by_each(self) -> bool:
        """Whether a unit is divided by the values of its events; one that has a trait has it in all of them."""
        if self.breakdown is None or self.touch != "each" or self.mode == "first_ever":
            return False
        return not all(one.startswith(f"{self.unit}.") for one in (self.breakdown.by, *self.breakdown.also))

    @property
    def different(self) -> bool:
        """Whether returning is another event than starting."""
        return (self.start.events, self.start.where) != (self.back.events, self.back.where)


@dataclass(frozen=True, slots=True)
class Read:
    """What the grid is counted from: rows of starting, rows of returning (their `place` counts from the first
    interval of starting), and for a breakdown the row that decides each unit's line. Without `begun`, the returns in the
    intervals of starting are the starts."""

    buckets: Buckets
    reach: int
    begun: Rows | None
    returns: Rows
    deciding: Rows | None
    left_out: int

    @property
    def starts(self) -> Rows:
        """The rows of starting."""
        if self.begun is not None:
            return self.begun
        return self.returns.kept((self.returns.place >= 0) & (self.returns.place < len(self.buckets)))


def read_of(asked: Retained, desk: Desk) -> Read:
    """Read what the grid is counted from. BadInput for a grid of more than MOST_CELLS cells."""
    buckets = buckets_of(asked, desk)
    reach = sum(asked.sizes)
    if len(buckets) * (len(asked.sizes) + 1) > MOST_CELLS:
        raise BadInput(f"The grid has more than {MOST_CELLS:,} cells.", "Ask for a shorter span or fewer periods.")
    first = ever(buckets.zone) if asked.mode in ("first_time", "first_ever") else buckets.since
    wide = _up_to_last_return(asked, buckets)
    desk = desk.near(first, wide.until)
    returns = _returns(asked, wide, desk)
    desk.cancelled()
    if _by_day(asked, buckets) and asked.mode == "recurring" and not asked.different:
        return Read(buckets, reach, None, returns, None, returns.left_out)
    starts = _starts(asked, buckets, desk)
    desk.cancelled()
    if asked.by_each:
        starts = _of_each(asked, starts, returns) if asked.basis == "rolling" else starts
        starts, returns = divided(starts, returns)
    if asked.mode in ("first_time", "first_in_span"):
        starts = starts.firsts()
    starts = starts if starts.place.min(initial=0) >= 0 else starts.kept(starts.place >= 0)
    deciding = starts.firsts() if asked.breakdown else None
    if asked.basis == "rolling":
        starts, returns = _rolled(starts.firsts(), returns, buckets)
    left_out = (starts.left_out, returns.left_out)
    return Read(buckets, reach, starts, returns, deciding, sum(left_out) if asked.different else max(left_out))


def _up_to_last_return(asked: Retained, buckets: Buckets) -> Buckets:
    """Return the intervals up to the last column of the last interval of starting.

    Windows of the last start may end two intervals later: it may start at the end of its interval, and windows may
    be longer than intervals (a day of 23 hours, February).
    """
    return buckets.moved(after=sum(asked.sizes) + 2 * (asked.basis == "rolling"))


def _returns(asked: Retained, wide: Buckets, desk: Desk) -> Rows:
    """Return the rows of returning."""
    mark = conditions.mark(asked.back, desk)
    if _by_day(asked, wide):
        return daily(mark, wide, desk, asked)
    label = asked.breakdown.by if asked.breakdown and asked.by_each else ""
    value = asked.value.property if asked.value else ""
    second = visits.KEY if value.startswith(visits.PREFIX) else ""
    return single((mark,), wide, desk, asked, label=label, value=value, second=second)


def _by_day(asked: Retained, buckets: Buckets) -> bool:
    """Whether the rollup of days can answer: moments, values and breakdowns need the events."""
    plain = asked.basis == "calendar" and not asked.value and not asked.breakdown
    return plain and buckets.interval != "hour"


def _starts(asked: Retained, buckets: Buckets, desk: Desk) -> Rows:
    """Return the rows of starting, labelled with the breakdown; with first times from the beginning of history."""
    mark = conditions.mark(asked.start, desk)
    first = asked.mode in ("first_time", "first_ever")
    since = ever(buckets.zone) if first else None
    conditioned = asked.mode == "first_ever" and bool(mark.where)
    if _by_day(asked, buckets) and not conditioned:
        rows = daily(mark, buckets, desk, asked, since)
    else:
        marks = (mark, Mark(mark.events)) if conditioned else (mark,)
        label = asked.breakdown.by if asked.breakdown else ""
        rows = single(marks, buckets, desk, asked, since, label=label)
    if conditioned:
        return first_ever(rows)
    return rows.firsts() if asked.mode == "first_ever" else rows


def divided(starts: Rows, returns: Rows) -> tuple[Rows, Rows]:
    """Return the rows with each unit divided by label, as if it were a unit for each of its labels."""
    texts = tuple(sorted({*starts.labels, *returns.labels}))
    pairs = [_pairs(rows, texts) for rows in (starts, returns)]
    known = np.unique(np.concatenate(pairs))
    return _divided(starts, pairs[0], known, texts), _divided(returns, pairs[1], known, texts)


def _of_each(asked: Retained, starts: Rows, returns: Rows) -> Rows:
    """Return the one start of each unit once for each label of its starts from then on and of its returns in the
    windows shown."""
    counting = starts.firsts() if asked.mode == "first_time" else starts
    first = counting.kept(counting.place >= 0).firsts()
    began = np.full(max(starts.size, returns.size, 1), np.iinfo(np.int64).max, np.int64)
    width = WINDOWS[asked.interval] * (sum(asked.sizes) + 1)
    place = np.zeros(len(began), np.int64)
    began[first.unit], place[first.unit] = first.when, np.arange(len(first.unit))
    texts = tuple(sorted({*starts.labels, *returns.labels}))
    later = [starts.when >= began[starts.unit], returns.when >= began[returns.unit]]
    later[1] &= returns.when - np.where(later[1], began[returns.unit], 0) < width
    pairs = [_pairs(rows, texts)[kept] for rows, kept in zip((starts, returns), later, strict=True)]
    known = np.unique(np.concatenate(pairs))
    found = first.kept(place[known // (len(texts) + 1)])
    return replace(found, label=(known % (len(texts) + 1) - 1).astype(np.int32), labels=texts)


def _pairs(rows: Rows, texts: tuple[str, ...]) -> NDArray[np.int64]:
    """Return a number for the unit and label of each row: the unit times the labels there are, and none."""
    places = {text: i for i, text in enumerate(texts)}
    table = np.array([*(places[text] for text in rows.labels), -1], np.int64)
    return np.asarray(rows.unit.astype(np.int64) * (len(texts) + 1) + table[rows.told] + 1, np.int64)


def _divided(rows: Rows, pairs: NDArray[np.int64], known: NDArray[np.int64], texts: tuple[str, ...]) -> Rows:
    width = len(texts) + 1
    order = np.lexsort((rows.when, pairs))
    code, label = np.searchsorted(known, pairs).astype(np.uint32), (pairs % width - 1).astype(np.int32)
    found = replace(rows, unit=code, label=label, labels=texts, size=len(known)).kept(order)
    return replace(found, names=lambda codes: rows.names(int(known[one]) // width for one in codes))


def _rolled(starts: Rows, returns: Rows, buckets: Buckets) -> tuple[Rows, Rows]:
    """Return one start for each unit, and returns placed by whole windows since that start."""
    width = WINDOWS[buckets.interval]
    began = np.full(max(starts.size, returns.size), np.iinfo(np.int64).max, np.int64)
    cohort = np.zeros(len(began), np.int32)
    began[starts.unit], cohort[starts.unit] = starts.when, starts.place
    after = returns.kept(returns.when >= began[returns.unit])
    passed = (after.when - began[after.unit]) // width
    return starts, replace(after, place=(cohort[after.unit] + passed).astype(np.int32))


def slices_of(asked: Retained, found: Read) -> Slices:
    """Return the lines of the breakdown: the values with the most starts."""
    deciding = found.deciding
    if deciding is None:
        return WHOLE
    units, _, _ = found.starts.folded()
    times = np.bincount(units, minlength=found.starts.size).astype(np.float64)
    told = deciding.told >= 0
    kept = times[deciding.unit[told]]
    weights = np.bincount(deciding.told[told], weights=kept, minlength=len(deciding.labels)).astype(np.float64)
    return slices(asked.breakdown, [there(deciding.labels, weights, weights)])


def counts_of(
    asked: Retained, found: Read, lines: Slices
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:  # fmt: skip
    """Return units, and the sums of the value where one was asked for, `[line, cohort, column]`."""
    from callsheet.stats.walks import retention as walk

    if found.begun is None:
        return _recurring(asked, found), None
    unit, place, _ = found.starts.folded()
    line = lines_of_units(found, lines)
    shape = (len(lines), len(found.buckets), len(asked.sizes) + 1)
    offsets = offset_of(asked.sizes)
    if asked.value is None:
        back, places, times = found.returns.folded()
        often = times >= asked.least
        unbounded = asked.when == "on_or_after"
        return walk.grid(unit, place, back[often], places[often], line, shape, offsets, unbounded), None
    opens = np.ones(len(found.starts.unit), np.bool_)
    opens[1:] = (found.starts.unit[1:] != found.starts.unit[:-1]) | (found.starts.place[1:] != found.starts.place[:-1])
    returns = found.returns.kept(found.returns.place >= 0)
    if asked.value.property.startswith(visits.PREFIX):
        returns = _each_session_once(returns)
    rows = (returns.place, returns.when, returns.numbers)
    moments = np.ascontiguousarray(found.starts.when[opens])
    sums, counts = walk.amounts(
        (unit, place, moments), returns.unit, rows, line, shape, offsets, asked.different
    )  # fmt: skip
    return counts, sums


def _each_session_once(returns: Rows) -> Rows:
    """Return the rows with the number of each session of a unit in an interval at its last row there only."""
    order = np.lexsort((returns.when, returns.others, returns.place, returns.unit))
    keys = [one[order] for one in (returns.unit, returns.place, returns.others)]
    last = np.ones(len(order), np.bool_)
    last[:-1] = np.any([one[1:] != one[:-1] for one in keys], axis=0)
    value = np.full(len(order), np.nan)
    value[order[last]] = returns.numbers[order[last]]
    return replace(returns, value=value)


def _recurring(asked: Retained, found: Read) -> NDArray[np.int64]:
    """Return the units where returning is starting again, in one walk over the rows."""
    from callsheet.stats.walks import retention as walk

    rows, shape = found.returns, (len(found.buckets), len(asked.sizes) + 1)
    unbounded = asked.when == "on_or_after"
    return walk.recurring(rows.unit, rows.place, rows.count, shape, asked.least, offset_of(asked.sizes), unbounded)[
        None
    ]


def lines_of_units(found: Read, lines: Slices) -> NDArray[np.int32]:
    """Return the line of each unit by code; -1 for units that never start, of a breakdown."""
    size = max(found.starts.size, found.returns.size, 1)
    if found.deciding is None:
        return np.zeros(size, np.int32)
    line = np.full(size, -1, np.int32)
    line[found.deciding.unit] = lines.of_rows(found.deciding)
    return line


def offset_of(sizes: Sequence[int]) -> NDArray[np.int32]:
    """Return the column for each number of intervals since the start: 0 for 0, then as many each as its size."""
    return np.repeat(np.arange(len(sizes) + 1), [1, *sizes]).astype(np.int32)


def over_of(asked: Retained, found: Read) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells `[cohort, column]` have begun, and which are over."""
    ends = np.cumsum([1, *asked.sizes])
    begins = ends - [1, *asked.sizes]
    now, cohorts = micros(found.buckets.now), np.arange(len(found.buckets))[:, None]
    if asked.basis == "rolling":
        width = WINDOWS[found.buckets.interval]
        opens, closes = found.buckets.bounds[:-1][:, None], found.buckets.bounds[1:][:, None]
        over = closes + ends * width <= now
        over[:, 0] = closes[:, 0] <= now
        return opens + begins * width <= now, over
    bounds = found.buckets.moved(after=found.reach).bounds
    return bounds[cohorts + begins] <= now, bounds[cohorts + ends] <= now
