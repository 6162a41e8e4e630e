"""What units did, row by row, with the interval each row falls in: from the rollup of days, or from the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Activity, Amounts, Ask, Codes, History, Labels, Mark, Moments
from callsheet.store.histories.threads import in_order
from callsheet.usage.questions import visits
from callsheet.usage.questions.buckets import Buckets
from callsheet.usage.questions.common import Asked, Desk, Series, Units
from callsheet.usage.questions.conditions import mark as mark_of
from callsheet.usage.questions.conditions import wheres
from callsheet.usage.questions.reading import read

Names = Callable[[Iterable[int]], list[str]]
_MOST_LABELS = 1000
"""More are not counted for each piece."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows sorted by unit, then time. `when` is the moment, or the number of the local day of a row of the rollup
    (`daily`), which stands for `count` events. `place` is the interval, -1 outside."""

    unit: Codes
    when: Moments
    place: NDArray[np.int32]
    count: NDArray[np.int64]
    names: Callable[[Iterable[int]], list[str]]
    size: int
    daily: bool
    left_out: int = 0
    label: Labels | None = None
    labels: tuple[str, ...] = ()
    value: Amounts | None = None
    bits: NDArray[np.uint64] | None = None
    second: Labels | None = None

    @property
    def told(self) -> Labels:
        """The label of each row, -1 for none."""
        return np.full(len(self.unit), -1, np.int32) if self.label is None else self.label

    @property
    def others(self) -> Labels:
        """What tells the values of a second field apart, -1 for none."""
        return np.full(len(self.unit), -1, np.int32) if self.second is None else self.second

    @property
    def numbers(self) -> Amounts:
        """The number of each row, NaN for none."""
        return np.full(len(self.unit), np.nan) if self.value is None else self.value

    def carry(self, mark: int) -> NDArray[np.bool_]:
        """Return which rows carry a mark of the ask, by its place."""
        if self.bits is None:
            return np.ones(len(self.unit), np.bool_)
        return np.asarray(self.bits & np.uint64(1 << mark), np.bool_)

    def kept(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Rows:
        """Return some of the rows: those marked, or those at these places, in this order."""
        label, value, bits, second = self.label, self.value, self.bits, self.second
        return replace(
            self,
            unit=self.unit[chosen],
            when=self.when[chosen],
            place=self.place[chosen],
            count=self.count[chosen],
            label=None if label is None else label[chosen],
            value=None if value is None else value[chosen],
            bits=None if bits is None else bits[chosen],
            second=None if second is None else second[chosen],
        )

    def folded(self) -> tuple[Codes, NDArray[np.int32], NDArray[np.int64]]:
        """Return each unit and interval once: units, intervals, numbers of events."""
        from callsheet.stats.walks.placing import folded

        return folded(self.unit, self.place, self.count)

    def firsts(self) -> Rows:
        """Return the first row of each unit, as one event."""
        opens = np.ones(len(self.unit), np.bool_)
        opens[1:] = self.unit[1:] != self.unit[:-1]
        found = self.kept(opens)
        return replace(found, count=np.ones_like(found.count))

    def ids(self, codes: NDArray[np.uint32], unit: str) -> Units:
        """Return units by name, each once, in order of their codes."""
        return Units(unit, list(dict.fromkeys(self.names(int(code) for code in np.unique(codes)))))


@dataclass(frozen=True, slots=True)
class Pieces:
    """Rows in pieces: no unit is in two, and all have the same labels."""

    parts: tuple[Rows, ...]

    @property
    def left_out(self) -> int:
        """How many rows have no unit."""
        return sum(part.left_out for part in self.parts)

    @property
    def labels(self) -> tuple[str, ...]:
        """What the labels of rows stand for."""
        return self.parts[0].labels

    def walked(self, walk: Callable[[Rows], T]) -> list[T]:
        """Return what `walk` makes of each piece; threads walk them."""
        return list(in_order(walk, self.parts))


def pieces(mark: Mark, buckets: Buckets, desk: Desk, asked: Asked) -> Rows | Pieces | None:
    """Return rows of events with the labels of the breakdown, in pieces or, with very many labels, at once; None where
    one reading does not tell the labels."""
    by = asked.breakdown
    if by is None or by.also or by.clean or by.by.startswith(visits.PREFIX):
        return None

    def one(piece: History) -> Rows:
        desk.cancelled()
        return _of_events(piece, buckets)

    ask = Ask((mark,), buckets.since, buckets.until, asked.unit, wheres(asked.where, desk), by.by)
    found = Pieces(tuple(desk.histories.walked(ask, one)))
    return found if len(found.labels) <= _MOST_LABELS else _joined(found)


def _joined(found: Pieces) -> Rows:
    def column(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in found.parts])

    columns = {name: column(name) for name in ("unit", "when", "place", "count", "label", "bits")}
    return replace(found.parts[0], **columns, left_out=found.left_out)


def daily(
    mark: Mark, buckets: Buckets, desk: Desk, asked: Asked, since: datetime | None = None, together: bool = False
) -> Rows:
    """Return rows of the rollup of days. Not for buckets of hours. `together`: all units as one. Of exact buckets: rows
    of events."""
    if buckets.exact:
        return single((mark,), buckets, desk, asked, since)
    where = wheres(asked.where, desk)
    found = desk.histories.activity(
        mark, since or buckets.since, buckets.until, buckets.zone, asked.unit, where, together
    )
    return of_days(found, buckets)


def days_walked(
    mark: Mark, buckets: Buckets, desk: Desk, asked: Asked, walk: Callable[[Activity], T], since: datetime | None = None
) -> list[T]:
    """Return what `walk` makes of active local days, piece by piece; no unit is in two, and threads walk them. Not where
    `by_events`."""
    return desk.histories.days_walked(
        mark, since or buckets.since, buckets.until, buckets.zone, walk, asked.unit, wheres(asked.where, desk)
    )


def of_days(found: Activity, buckets: Buckets) -> Rows:
    """Return active local days as rows, each with its interval."""
    days, counts = found.day.astype(np.int64), found.count.astype(np.int64)
    place = buckets.places_of_days(found.day)
    return Rows(found.unit, days, place, counts, found.names, found.size, True, found.left_out)


def single(
    marks: tuple[Mark, ...], buckets: Buckets, desk: Desk, asked: Asked, since: datetime | None = None,
    label: str = "", value: str = "", second: str = "",
) -> Rows:  # fmt: skip
    """Return rows of events, each with the marks it carries as bits; `second` as in `reading.read`."""
    begin, where = since or buckets.since, wheres(asked.where, desk)
    by = asked.breakdown if asked.breakdown and label == asked.breakdown.by else None
    return _of_events(
        read(desk, Ask(marks, begin, buckets.until, asked.unit, where, label, value), by, second), buckets
    )


def _of_events(found: History, buckets: Buckets) -> Rows:
    return Rows(
        found.unit, found.moment, buckets.places(found.moment), np.ones(len(found), np.int64), found.names, found.size,
        False, found.left_out, found.label, found.labels, found.value, found.marks, found.second,
    )  # fmt: skip


def added(mark: Mark, buckets: Buckets, desk: Desk, asked: Asked, value: str) -> Rows:
    """Return a row for each interval, with the number of its events and the sum of their numbers: units are not told
    apart, so that pieces of the events are added up side by side."""
    from callsheet.stats.walks.placing import tallied
    from callsheet.stats.walks.trend import summed

    def one(piece: History) -> tuple[Amounts, NDArray[np.int64], int, Names, int]:
        place = buckets.places(piece.moment)
        numbers = np.full(len(place), np.nan) if piece.value is None else piece.value
        sums, _ = summed(place, numbers, len(buckets))
        counts = tallied(place, np.ones(len(place), np.int64), len(buckets))
        return sums, counts, piece.left_out, piece.names, piece.size

    ask = Ask((mark,), buckets.since, buckets.until, asked.unit, wheres(asked.where, desk), value=value)
    pieces = desk.histories.walked(ask, one)
    size, (*_, names, units) = len(buckets), pieces[0]
    return Rows(
        np.zeros(size, np.uint32), buckets.bounds[:-1], np.arange(size, dtype=np.int32),
        np.sum([piece[1] for piece in pieces], axis=0), names, units, False, sum(piece[2] for piece in pieces),
        value=np.sum([piece[0] for piece in pieces], axis=0),
    )  # fmt: skip


def active(series: Series, buckets: Buckets, desk: Desk, asked: Asked) -> Rows:
    """Return when units did what a series says: from the rollup if it can tell, else from the events."""
    desk = desk.near(buckets.since, buckets.until)
    mark = mark_of(series, desk)
    if by_events(asked, buckets):
        return single((mark,), buckets, desk, asked, label=asked.breakdown.by if asked.breakdown else "")
    return daily(mark, buckets, desk, asked)


def by_events(asked: Asked, buckets: Buckets) -> bool:
    """Return whether events have to be told apart: local days say nothing of hours, moments and breakdowns."""
    return bool(asked.breakdown) or buckets.fine or buckets.exact
