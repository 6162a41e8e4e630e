"""The maths of trends: from rows to amounts by line of the breakdown and interval.

An amount is NaN where there is nothing to compute it from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from callsheet.base.time import day_start, local_date
from callsheet.model.history import Activity, Amounts, Labels, Mark
from callsheet.usage.questions import conditions, visits
from callsheet.usage.questions.buckets import Buckets, day_number, micros
from callsheet.usage.questions.common import Asked, Desk, Name, Series
from callsheet.usage.questions.reading import TRAITS, ever
from callsheet.usage.questions.rows import Pieces, Rows, added, by_events, daily, days_walked, of_days, pieces, single
from callsheet.usage.questions.slices import WHOLE, Slices, there

Math: TypeAlias = Literal[
    "count", "unique", "per_unit", "per_unit_min", "per_unit_median", "per_unit_max", "per_unit_p75", "per_unit_p90",
    "per_unit_p95", "per_unit_p99", "weekly_active", "monthly_active", "first_time", "first_ever", "sum",
    "mean", "min", "max", "median", "p75", "p90", "p95", "p99", "unique_values", "unique_accounts", "unique_people",
]  # fmt: skip
OF_PROPERTY = ("sum", "mean", "min", "max", "median", "p75", "p90", "p95", "p99", "unique_values")
_WORDS: dict[Math, str] = {
    "unique": "unique", "per_unit": "for each active", "weekly_active": "weekly active",
    "monthly_active": "monthly active", "first_time": "first time", "first_ever": "first ever", "sum": "sum of",
    "mean": "mean of", "median": "median of", "min": "minimum of", "max": "maximum of", "p75": "75th percentile of",
    "p90": "90th percentile of", "p95": "95th percentile of", "p99": "99th percentile of",
    "unique_values": "different values of", "unique_accounts": "unique accounts", "unique_people": "unique people",
    "per_unit_min": "fewest of one", "per_unit_max": "most of one",
    "per_unit_median": "median of each", "per_unit_p75": "75th percentile of each",
    "per_unit_p90": "90th percentile of each", "per_unit_p95": "95th percentile of each",
    "per_unit_p99": "99th percentile of each",
}  # fmt: skip
VALUES = {"unique_values": "", "unique_accounts": "account_id", "unique_people": "person_id"}
"""Maths that count different values, with the field of a row that holds them ("": the property asked for)."""
ADDING_UP = ("count", "unique", "first_time", "first_ever", "sum", *VALUES)
"""Maths of which a running total makes sense; those of units and values count each once."""
TRAILING = {"weekly_active": 7, "monthly_active": 30}
QUANTILES = {"min": 0.0, "max": 1.0, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_DAY = 86_400_000_000
_EPOCH_DAY = date(1970, 1, 1)


class TrendSeries(Series):
    """A series and what is taken of it.

    `count`: rows. `unique`: persons or accounts. `per_unit`: rows for each active unit, in the mean; `per_unit_min`,
    `per_unit_median` and so on: of their numbers of rows. `weekly_active`,
    `monthly_active`: units active in the 7 or 30 local days that end with the first day of the interval, as in PostHog
    (hours: 24 h a day, up to the end of the hour); the total is of those that end with the span, or with today. By
    week or month `weekly_active`, and by month `monthly_active`, are the `unique` of the interval.
    `first_time`: units whose first row ever that fits the series falls in the interval. `first_ever`: the
    same where this is also their first row of these events at all, whatever its properties and whatever conditions
    the question has. `sum`, `mean`, `min`,
    `max`, `median`, `p75` to `p99` (linear between closest ranks): of the numbers in `property`, which may be a trait
    (`person.age`), or tell of sessions (`session.duration`): each session then counts once in an interval.
    `unique_values`: different values of `property`. `unique_accounts`, `unique_people`: those of the rows, whatever
    `unit` the question is of.
    """

    math: Math = "count"
    property: Name = ""

    @model_validator(mode="after")
    def _has_property(self) -> Self:
        if self.math in OF_PROPERTY and not self.property:
            raise ValueError(f"{self.math} needs a property")
        if self.math not in OF_PROPERTY and self.property:
            raise ValueError(f"{self.math} takes no property")
        return self


def settled(series: TrendSeries, interval: str, *, alone: bool) -> TrendSeries:
    """Return the series as it is counted by intervals that are as long as its window or longer: by unique units."""
    if series.math not in TRAILING or interval not in ("week", "month"):
        return series
    if series.math == "monthly_active" and interval == "week":
        return series
    return series.model_copy(update={"math": "unique", "label": name_of(series, alone=alone)})


def name_of(series: TrendSeries, *, alone: bool) -> str:
    """Return what a series is called: its own label, else its events and, beside others, what is taken of them."""
    name = ", ".join(series.events) or "any event"
    if series.label or alone or series.math == "count":
        return series.label or name
    return f"{name}, {_WORDS[series.math]} {series.property}".rstrip()


@dataclass(frozen=True, slots=True)
class Computed:
    """Amounts `[line, interval]`, totals and numbers of rows `[line]`; how many rows have no unit."""

    amounts: Amounts
    totals: Amounts
    samples: NDArray[np.int64]
    left_out: int = 0


Found: TypeAlias = Rows | Pieces | Computed
"""The amounts of a series, or the rows that they are computed from."""


def counted(
    series: TrendSeries, buckets: Buckets, question: Asked, desk: Desk, cumulative: bool
) -> Found:  # fmt: skip
    """Return the amounts where they are numbers of units told by local days, counted piece by piece: no unit is in two,
    so that pieces add up. Else the rows that amounts are computed from, in pieces where these add up."""
    since = _begin(series, buckets)
    near = desk.near(since or buckets.since, buckets.until)
    if series.math in ("unique", "count") and question.breakdown:
        parts = pieces(conditions.mark(series, near), buckets, near, question)
        if parts is not None:
            return parts
    if series.math not in ("unique", "first_time", *TRAILING) or by_events(question, buckets):
        return read(series, buckets, question, desk, amounts_only=True)
    one = partial(_unique if series.math == "unique" else _of_piece, series, buckets, cumulative)
    return _summed(days_walked(conditions.mark(series, near), buckets, near, question, one, since))


def _summed(parts: list[Computed]) -> Computed:
    amounts, totals, samples = (
        np.sum([getattr(part, name) for part in parts], axis=0) for name in ("amounts", "totals", "samples")
    )
    return Computed(amounts, totals, samples, sum(part.left_out for part in parts))


def _of_piece(series: TrendSeries, buckets: Buckets, cumulative: bool, piece: Activity) -> Computed:
    rows = of_days(piece, buckets)
    rows = _inside(rows.firsts()) if series.math == "first_time" else rows
    return replace(computed(series, rows, buckets, WHOLE, cumulative), left_out=piece.left_out)


def _unique(series: TrendSeries, buckets: Buckets, cumulative: bool, piece: Activity) -> Computed:
    from callsheet.stats.walks.days import uniques

    if cumulative:
        return _of_piece(series, buckets, cumulative, piece)
    units, rows = uniques(piece.unit, piece.day, piece.count, *buckets.by_day(), len(buckets))
    return Computed(units[None, :-1].astype(np.float64), units[-1:].astype(np.float64), rows[-1:], piece.left_out)


def _begin(series: TrendSeries, buckets: Buckets) -> datetime | None:
    """Return from when rows are needed where this is before the span."""
    if series.math in ("first_time", "first_ever"):
        return ever(buckets.zone)
    if series.math in TRAILING:
        reach = TRAILING[series.math] + 2
        return day_start(_EPOCH_DAY + timedelta(days=int(buckets.days[0]) - reach), buckets.zone)
    return None


def read(series: TrendSeries, buckets: Buckets, question: Asked, desk: Desk, amounts_only: bool = False) -> Rows:
    """Return the rows a series is computed from; with first times, only the first row of each unit. Where nothing but
    amounts is wanted, units are told apart only if they matter."""
    since = _begin(series, buckets)
    desk = desk.near(since or buckets.since, buckets.until)
    mark = conditions.mark(series, desk)
    label = question.breakdown.by if question.breakdown else ""
    if series.math in VALUES:
        return single((mark,), buckets, desk, question, label=label, second=_field(series))
    if series.property.startswith(visits.PREFIX):
        return single((mark,), buckets, desk, question, label=label, value=series.property, second=visits.KEY)
    if series.math == "sum" and amounts_only and not label and not series.property.startswith(TRAITS):
        return added(mark, buckets, desk, question, series.property)
    if series.math in OF_PROPERTY:
        return single((mark,), buckets, desk, question, label=label, value=series.property)
    if series.math == "first_ever" and (mark.where or question.where):
        fitting = Mark(mark.events, (*mark.where, *conditions.wheres(question.where, desk)))
        everything = question.model_copy(update={"where": ()})
        return first_ever(single((fitting, Mark(mark.events)), buckets, desk, everything, since, label))
    rows = (
        single((mark,), buckets, desk, question, since, label)
        if by_events(question, buckets)
        else daily(mark, buckets, desk, question, since, amounts_only and series.math == "count")
    )
    return _inside(rows.firsts()) if series.math in ("first_time", "first_ever") else rows


def _field(series: TrendSeries) -> str:
    """Return the field whose different values are counted."""
    whole = series.property.startswith(("properties.", *TRAITS))
    return VALUES[series.math] or (series.property if whole else f"properties.{series.property}")


def _inside(rows: Rows) -> Rows:
    return rows.kept(rows.place >= 0)


def first_ever(rows: Rows) -> Rows:
    """Return the first row of each unit that carries the first mark, where none of its rows is earlier."""
    opening = np.full(rows.size, np.iinfo(np.int64).max)
    first = rows.firsts()
    opening[first.unit] = first.when
    fitting = rows.kept(rows.carry(0)).firsts()
    return _inside(fitting.kept(opening[fitting.unit] == fitting.when))


def computed(
    series: TrendSeries, rows: Found, buckets: Buckets, lines: Slices, cumulative: bool
) -> Computed:  # fmt: skip
    """Return the amounts of a series."""
    if isinstance(rows, Computed):
        return rows
    if isinstance(rows, Rows):
        return _computed(series, rows, lines.of_rows(rows), buckets, len(lines), cumulative)
    table = lines.table(rows.labels)
    return _summed(rows.walked(
        lambda part: _computed(series, part, table[part.told], buckets, len(lines), cumulative)
    ))  # fmt: skip


def _computed(
    series: TrendSeries, rows: Rows, line: NDArray[np.int32], buckets: Buckets, lines: int, cumulative: bool
) -> Computed:  # fmt: skip
    from callsheet.stats.walks.placing import crossed, tallied

    if series.math in TRAILING:
        return _trailing(TRAILING[series.math], rows, line, buckets, lines)
    cell, whole = crossed(line, rows.place, len(buckets))
    samples = tallied(whole, rows.count, lines)
    if cumulative:
        cell = np.where(_newly(series, rows, whole, lines), cell, -1).astype(np.int32)
    amounts = _of_cells(series, rows, cell, lines * len(buckets)).reshape(lines, len(buckets))
    totals = _of_cells(series, rows, whole, lines)
    return Computed(np.cumsum(amounts, axis=1) if cumulative else amounts, totals, samples)


def _newly(series: TrendSeries, rows: Rows, whole: NDArray[np.int32], lines: int) -> NDArray[np.bool_]:
    """Mark the rows that add to a running total: all, or the first of each unit (or value) in its line."""
    from callsheet.stats.walks.trend import firsts

    if series.math == "unique":
        return firsts(rows.unit, whole, lines)
    if series.math not in VALUES:
        return np.ones(len(whole), np.bool_)
    order = np.argsort(rows.when, kind="stable")
    found = np.zeros(len(whole), np.bool_)
    found[order[_once(rows.others[order], whole[order])]] = True
    return found


def _once(values: Labels, cell: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the places of the first rows of each value in each cell; rows without a value or a cell have none."""
    kept = np.flatnonzero((cell >= 0) & (values >= 0))
    width = np.int64(values.max(initial=0)) + 1
    _, first = np.unique(cell[kept] * width + values[kept], return_index=True)
    return np.asarray(kept[np.sort(first)], np.int64)


def _of_cells(series: TrendSeries, rows: Rows, cell: NDArray[np.int32], cells: int) -> Amounts:
    """Return the amount of each cell."""
    from callsheet.stats.walks.placing import tallied
    from callsheet.stats.walks.trend import distinct

    if series.math in ("count", "first_time", "first_ever"):
        return tallied(cell, rows.count, cells).astype(np.float64)
    if series.math == "unique":
        return distinct(rows.unit, cell, cells).astype(np.float64)
    if series.math == "per_unit":
        return _ratio(tallied(cell, rows.count, cells).astype(np.float64), distinct(rows.unit, cell, cells))
    if series.math in VALUES:
        return _values(rows, cell, cells)
    if series.math.startswith("per_unit_"):
        return _of_each(series.math.removeprefix("per_unit_"), rows, cell, cells)
    if series.property.startswith(visits.PREFIX):
        once = _once(rows.others, cell)
        return _numbers(series.math, rows.numbers[once], cell[once], cells)
    return _numbers(series.math, rows.numbers, cell, cells)


def _ratio(above: Amounts, below: NDArray[np.int64]) -> Amounts:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0), np.float64)


def _of_each(math: str, rows: Rows, cell: NDArray[np.int32], cells: int) -> Amounts:
    """Return a quantile of the units' numbers of rows in each cell (NaN where there is no unit)."""
    inside = cell >= 0
    pairs = cell[inside].astype(np.int64) * max(rows.size, 1) + rows.unit[inside]
    known, place = np.unique(pairs, return_inverse=True)
    times = np.bincount(place.reshape(-1), rows.count[inside], len(known)).astype(np.float64)
    return _numbers(math, times, (known // max(rows.size, 1)).astype(np.int32), cells)


def _values(rows: Rows, cell: NDArray[np.int32], cells: int) -> Amounts:
    """Return the number of different values in each cell."""
    return np.bincount(cell[_once(rows.others, cell)], minlength=cells).astype(np.float64)


def _numbers(math: str, value: Amounts, cell: NDArray[np.int32], cells: int) -> Amounts:
    """Return sums (0 where there is none), means, extremes or quantiles (NaN where there is none) of numbers."""
    from callsheet.stats.walks.trend import quantiles, summed

    sums, sizes = summed(cell, value, cells)
    if math == "sum":
        return sums
    if math == "mean":
        return _ratio(sums, sizes)
    return quantiles(cell, value, sizes, QUANTILES[math])


def windows(days: int, buckets: Buckets, by_day: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return beginnings and ends of the windows of so many local days, as numbers of days or as moments: for each
    interval the one that ends with its first day (hours: with the hour), then the one of the total, which ends with
    the last day of the span or with today."""
    if buckets.fine:
        ends = np.append(buckets.bounds[1:], buckets.bounds[-1]).astype(np.int64)
        return ends - days * _DAY, ends
    firsts = buckets.days[:-1].astype(np.int64) + 1
    tomorrow = day_number(local_date(buckets.now, buckets.zone)) + 1
    last = np.append(firsts, min(int(buckets.days[-1]), max(tomorrow, int(firsts[-1]))))
    if by_day:
        return last - days, last
    return tuple(np.array([_start(int(day) - back, buckets.zone) for day in last], np.int64) for back in (days, 0))  # type: ignore[return-value]


def _start(day: int, zone: str) -> int:
    return micros(day_start(_EPOCH_DAY + timedelta(days=day), zone))


def reach(days: int, rows: Rows, buckets: Buckets) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the first and the last interval whose window holds each row (none: the last is before the first). The
    window of the total counts as one more interval, after the last."""
    from callsheet.stats.walks.placing import ranked

    begins, ends = windows(days, buckets, rows.daily)
    return ranked(rows.when, ends), ranked(rows.when, begins) - np.int32(1)


def _trailing(days: int, rows: Rows, line: NDArray[np.int32], buckets: Buckets, lines: int) -> Computed:
    from callsheet.stats.walks.placing import tallied
    from callsheet.stats.walks.trend import trailing

    low, high = reach(days, rows, buckets)
    width = len(buckets) + 1
    amounts = trailing(rows.unit, line, low, high, lines, width).reshape(lines, width).astype(np.float64)
    within = np.where(high >= low, line, -1).astype(np.int32)
    samples = tallied(within, rows.count, lines)
    return Computed(amounts[:, :-1], amounts[:, -1].copy(), samples)


def weights(series: TrendSeries, rows: Rows | Pieces, buckets: Buckets) -> tuple[tuple[str, ...], Amounts]:
    """Return the values of a breakdown with what each adds up to in the span (or in the windows that end in it): sums,
    different units, or rows."""
    parts = [_weights(series, rows, buckets)] if isinstance(rows, Rows) else rows.walked(
        lambda part: _weights(series, part, buckets)
    )  # fmt: skip
    found, counts = (np.sum(column, axis=0) for column in zip(*parts, strict=True))
    return there(rows.labels, found, counts)


def _weights(series: TrendSeries, rows: Rows, buckets: Buckets) -> tuple[Amounts, NDArray[np.int64]]:
    from callsheet.stats.walks.placing import tallied
    from callsheet.stats.walks.trend import distinct

    inside = rows.place >= 0
    if series.math in TRAILING:
        low, high = reach(TRAILING[series.math], rows, buckets)
        inside = low <= high
    label = np.where(inside, rows.told, -1).astype(np.int32)
    counts = tallied(label, rows.count, len(rows.labels))
    found = counts.astype(np.float64)
    if series.math in ("sum", *VALUES):
        found = _of_cells(series, rows, label, len(rows.labels))
    elif series.math in ("unique", *TRAILING):
        found = distinct(rows.unit, label, len(rows.labels)).astype(np.float64)
    return found, counts


def behind(series: TrendSeries, rows: Rows, buckets: Buckets, bucket: int | None) -> NDArray[np.bool_]:
    """Mark the rows that an amount (None: the total) rests on."""
    if series.math in TRAILING:
        low, high = reach(TRAILING[series.math], rows, buckets)
        place = len(buckets) if bucket is None else bucket
        return np.asarray((low <= place) & (place <= high), np.bool_)
    found = rows.place >= 0 if bucket is None else rows.place == bucket
    if series.math in VALUES:
        found &= rows.others >= 0
    elif series.math in OF_PROPERTY:
        found &= ~np.isnan(rows.numbers)
    return np.asarray(found, np.bool_)
