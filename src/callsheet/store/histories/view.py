"""A view: base, tail and owners as they are at one moment, and how rows are drawn from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Activity, Ask, History
from callsheet.store.histories.asking import as_one
from callsheet.store.histories.base import LARGE, Base
from callsheet.store.histories.coding import Dictionaries
from callsheet.store.histories.fields import Fields, Plan, Whose, plan
from callsheet.store.histories.kernels import (
    active_days,
    bits_to_rows,
    draw,
    draw_aligned,
    group_rows,
    interleave,
    look_up,
    pick,
    restrict,
    set_bits,
    sort_groups,
    with_bit,
)
from callsheet.store.histories.rolling import united
from callsheet.store.histories.rollup import Pairs, Rollup, aside, days_between, stretches
from callsheet.store.histories.rows import labelled, micros

Rows = NDArray[np.uint32]
NONE: NDArray[np.uint8] = np.zeros(0, np.uint8)
_NO_ROWS: Rows = np.zeros(0, np.uint32)
_ONE_PIECE = 3 << 19
_SPARSE = 3
"""Postings are used when they hold less than one row in three; else all rows are looked at."""


@dataclass(slots=True)
class Part:
    """Some rows of an answer, sorted. `seq` is there only where rows have to be merged with others."""

    unit: NDArray[np.uint32]
    moment: NDArray[np.int64]
    marks: NDArray[np.uint64]
    seq: NDArray[Any] | None = None
    label: NDArray[np.uint32] | None = None
    value: NDArray[np.float64] | None = None

    def cut(self, low: int, high: int) -> Part:
        """Return the rows `[low, high)`."""
        return self._each(lambda array: array[low:high])

    def take(self, order: NDArray[Any]) -> Part:
        """Return rows in another order."""
        return self._each(lambda array: array[order])

    def _each(self, change: Callable[[Any], Any]) -> Part:
        changed: tuple[Any, ...] = tuple(None if one is None else change(one) for one in self._arrays())
        return Part(*changed)

    def _arrays(self) -> tuple[Any, ...]:
        return self.unit, self.moment, self.marks, self.seq, self.label, self.value

    @staticmethod
    def join(parts: list[Part]) -> Part:
        """Return the rows of all parts, one after the other."""
        columns = zip(*(part._arrays() for part in parts), strict=True)
        joined: tuple[Any, ...] = tuple(
            None if any(one is None for one in column) else np.concatenate(column) for column in columns
        )
        return Part(*joined)


@dataclass(frozen=True, slots=True)
class View:
    """What all questions of one moment read. `dead` has a bit for each row of the base that is gone, `hidden` also
    for those whose person has changed since (`moved`): they come with the tail when persons are asked for."""

    base: Base
    tail: Base
    whose: Whose
    dead: NDArray[np.uint8] = field(default_factory=lambda: NONE)
    hidden: NDArray[np.uint8] = field(default_factory=lambda: NONE)
    moved: Rows = field(default_factory=lambda: _NO_ROWS)
    _aside: dict[str, tuple[NDArray[np.bool_], Rows]] = field(default_factory=dict)

    def aside(self, kind: str, size: int) -> tuple[NDArray[np.bool_], Rows]:
        """Return the units that the rollup cannot be asked for, and their rows; see `rollup.aside`."""
        if kind not in self._aside:
            moved = self.moved if kind == "person" else _NO_ROWS
            self._aside[kind] = aside(self.base, kind, moved, self.dead, size)
        return self._aside[kind]


_EMPTY = Part(_NO_ROWS, np.zeros(0, np.int64), np.zeros(0, np.uint64))


class Drawing:
    """One ask of one view."""

    def __init__(self, view: View, ask: Ask, fields: Fields, texts: Dictionaries) -> None:
        self.view, self.ask, self.texts = view, ask, texts
        self.since, self.until = micros(ask.since), micros(ask.until)
        self.plan: Plan = plan(ask, fields, view.whose, texts.events)
        self.by_person = ask.unit == "person"
        self.size = len(view.whose.now) if self.by_person else len(texts.accounts)
        self._units = view.whose.now if self.by_person else np.arange(self.size, dtype=np.uint32)
        self.left_out = 0
        self._label = fields.field(ask.label, view.whose) if ask.label else None
        self._value = fields.amounts(ask.value) if ask.value else None
        self._extras = _EMPTY

    def _gather(self) -> None:
        """Find out which rows of the base are to be looked at, and draw those that are not in its order."""
        self._candidates()
        self._extras = self._extra(self.view.moved if self.by_person else _NO_ROWS)
        self.most = self._most + len(self._extras.unit)

    def _candidates(self) -> None:
        """Find out which rows of the base are to be looked at: those of the events in question, or all."""
        wanted = np.flatnonzero(self.plan.carries)
        lists = self.view.base.rows_of_events(wanted)
        count = sum(map(len, lists))
        self._most = min(count, len(self.view.base))
        self._list: Rows | None = None
        self._aligned: tuple[NDArray[np.int64], NDArray[np.uint32]] | None = None
        self._bits: NDArray[np.uint8] | None = None
        if count * _SPARSE > len(self.view.base):
            self._most = len(self.view.base)
        elif self.by_person and len(lists) == 1:
            self._list = lists[0]
            self._aligned = self.view.base.aligned(int(wanted[0]))
        else:
            self._bits = np.zeros((len(self.view.base) // 64 + 1) * 8, np.uint8)
            for rows in lists:
                set_bits(self._bits, rows)
            if self.by_person:
                self._list = np.empty(count, np.uint32)
                bits_to_rows(self._bits.view(np.uint64), self._list)

    def parts(self) -> Iterator[Part]:
        """Yield the rows asked for, sorted, piece by piece; no unit is in two pieces."""
        base, extras, begun, released = self.view.base, self._extras, 0, 0
        bounds = base.bounds if self.by_person else base.account_bounds
        if self._list is not None and self._most < _ONE_PIECE:
            bounds = bounds[[0, -1]]
        for low, high in pairwise(bounds):
            last = high == len(base)
            ends = len(extras.unit) if last else int(np.searchsorted(extras.unit, self._unit_at(high)))
            yield self._merged(self._part(int(low), int(high)), extras.cut(begun, ends))
            begun = ends
            if high - released >= LARGE // 4:
                base.release()
                released = high
        if len(bounds) < 2 and len(extras.unit):
            yield extras

    def _unit_at(self, place: int) -> int:
        """Return the unit of the rows of the base from `place` on, in the order that is asked for."""
        base = self.view.base
        return int(base.units[base.key[place]] if self.by_person else base.account[base.by_account[place]])

    def _part(self, low: int, high: int) -> Part:
        base, aligned = self.view.base, None
        if self._list is not None:
            first, last = np.searchsorted(self._list, np.array([low, high], np.uint32))
            rows = self._list[first:last]
            if self._aligned is not None:
                aligned = self._aligned[0][first:last], self._aligned[1][first:last]
        elif self.by_person:
            rows = np.arange(low, high, dtype=np.uint32)
        else:
            rows = base.by_account[low:high]
            if self._bits is not None:
                found = np.empty(len(rows), np.uint32)
                rows = found[: with_bit(rows, self._bits, found)]
        return self._known(self._draw(base, rows, self.view.hidden if self.by_person else self.view.dead, aligned))

    def _draw(
        self, store: Base, rows: Rows, dead: NDArray[np.uint8],
        aligned: tuple[NDArray[np.int64], NDArray[np.uint32]] | None = None, numbered: bool = False,
    ) -> Part:  # fmt: skip
        """Return the rows that carry marks, in the order given. `aligned` has the moments and owners of the rows."""
        most = len(rows)
        kept, marks = np.empty(most, np.uint32), np.empty(most, np.uint64)
        unit, moment = np.empty(most, np.uint32), np.empty(most, np.int64)
        if aligned is not None:
            bits = self.plan.carries.max(initial=0)  # that of the only event in question
            count = draw_aligned(
                rows, *aligned, self._units, bits, self.since, self.until, dead, kept, marks, unit, moment
            )
        else:
            owner = store.key if self.by_person else store.account
            count = draw(
                rows, store.event, store.moment, owner, self._units, self.plan.carries, self.since, self.until, dead,
                kept, marks, unit, moment,
            )  # fmt: skip
        for name, allowed in self.plan.tests.items():
            codes = getattr(store, name) if name in ("key", "account") else store.column(name)
            count = restrict(kept[:count], marks[:count], unit[:count], moment[:count], codes, allowed)
        kept = kept[:count]
        part = Part(unit[:count], moment[:count], marks[:count])
        if numbered or len(self._extras.unit):
            part.seq = store.seq[kept].astype(np.int64)
        if self._label is not None:
            part.label = self._labels(store, kept)
        if self._value is not None:
            name, amounts = self._value
            part.value = np.empty(len(kept))
            look_up(kept, store.column(name), amounts, part.value)
        return part

    def _labels(self, store: Base, rows: Rows) -> NDArray[np.uint32]:
        assert self._label is not None  # noqa: S101 - asked for
        name, found = self._label.column, np.empty(len(rows), np.uint32)
        codes = getattr(store, name) if name in ("key", "account", "event") else store.column(name)
        if self._label.table is None:
            pick(rows, codes, found)
        else:
            look_up(rows, codes, self._label.table.astype(np.uint32), found)
        return found

    def _known(self, part: Part) -> Part:
        """Leave out the rows without a unit, which come first, and count them."""
        missing = int(np.searchsorted(part.unit, 1))
        self.left_out += missing
        return part.cut(missing, len(part.unit)) if missing else part

    def _extra(self, rows: Rows) -> Part:
        """Return the rows that are not in the base's order: of the tail, and these of the base."""
        view = self.view
        if not len(view.tail) and not len(rows):
            return _EMPTY
        parts = [self._draw(view.tail, np.arange(len(view.tail), dtype=np.uint32), NONE, numbered=True)]
        if len(rows):
            parts.append(self._draw(view.base, rows, view.dead, numbered=True))
        joined = Part.join(parts) if len(parts) > 1 else parts[0]
        assert joined.seq is not None  # noqa: S101 - numbered
        if len(joined.unit) < self.size // 8:
            return self._known(joined.take(np.lexsort((joined.seq, joined.moment, joined.unit))))
        starts, order = group_rows(joined.unit, self.size)
        sort_groups(order, starts, joined.moment, joined.seq)
        return self._known(joined.take(order))

    @staticmethod
    def _merged(part: Part, extra: Part) -> Part:
        if not len(extra.unit):
            return part
        if not len(part.unit):
            return extra
        order = np.empty(len(part.unit) + len(extra.unit), np.int64)
        assert part.seq is not None  # noqa: S101 - there are extras
        assert extra.seq is not None  # noqa: S101 - always
        interleave(part.unit, part.moment, part.seq, extra.unit, extra.moment, extra.seq, order)
        return Part.join([part, extra]).take(order)

    def history(self) -> History:
        """Return the rows as one answer."""
        self._gather()
        unit, moment = np.empty(self.most, np.uint32), np.empty(self.most, np.int64)
        several = len(self.ask.marks) > 1
        marks = np.empty(self.most if several else 0, np.uint64)
        label: Any = np.empty(self.most, np.uint32) if self._label else None
        value: Any = np.empty(self.most) if self._value else None
        count = 0
        for part in self.parts():
            upto = count + len(part.unit)
            unit[count:upto], moment[count:upto] = part.unit, part.moment
            if several:
                marks[count:upto] = part.marks
            if label is not None:
                label[count:upto] = part.label
            if value is not None:
                value[count:upto] = part.value
            count = upto
        held = marks[:count] if several else np.broadcast_to(np.uint64(1), count)
        labels, names = self._named(label[:count]) if label is not None else (None, ())
        return History(
            unit[:count], moment[:count], held, self._names, self.size, labels, names,
            None if value is None else value[:count], self.left_out,
        )  # fmt: skip

    def _named(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        assert self._label is not None  # noqa: S101 - asked for
        field = self._label
        occurring = np.zeros(max(field.size, int(codes.max(initial=0)) + 1), bool)
        occurring[codes] = True
        places = np.flatnonzero(occurring)
        values: list[Any] = field.values(places.tolist())
        fresh, names = labelled(np.arange(len(values)), values)
        table = np.full(len(occurring), -1, np.int32)
        table[places] = fresh
        return table[codes], names

    def _names(self, codes: Any) -> list[str]:
        return (self.texts.ids if self.by_person else self.texts.accounts).of(codes)

    def activity(self, zone: str, since: datetime, until: datetime) -> Activity:
        """Return the active local days as one answer."""
        rollup = self.rollup(zone, since, until)
        if rollup is not None:
            return self._rolled(rollup, since, until)
        self._gather()
        unit, day, amount = self._days(self.parts(), self.most, zone, since, until)
        return Activity(unit, day, amount, self._names, self.size, self.left_out)

    def rollup(self, zone: str, since: datetime, until: datetime) -> Rollup | None:
        """Return the rollup that can tell the active local days: it knows nothing of properties and other zones."""
        rollup = self.view.base.rolled.get(self.ask.unit)
        fits = rollup is not None and rollup.zone == zone and not self.plan.tests
        return rollup if fits and days_between(since, until, zone) else None

    def _rolled(self, rollup: Rollup, since: datetime, until: datetime) -> Activity:
        """Return what the rollup says, with what came, moved or went since counted from rows."""
        stale, rows = self.view.aside(self.ask.unit, self.size)
        span = days_between(since, until, rollup.zone) or (0, 0)
        pairs, missing = rollup.pairs(self.plan.carries != 0, span, stale)
        extras = self._extra(rows)
        if len(extras.unit):
            pairs = united(*pairs, *self._days(iter([extras]), len(extras.unit), rollup.zone, since, until))
        self.view.base.release()
        return Activity(*pairs, self._names, self.size, self.left_out + missing)

    def activity_as_one(self, zone: str, since: datetime, until: datetime) -> Activity:
        """Return the active local days with all units together. Of the rollup only its sums are looked at: who a row
        belongs to by now makes no difference, only whether it is gone."""
        rollup, span = self.rollup(zone, since, until), days_between(since, until, zone)
        if rollup is None or span is None or len(self.view.dead):
            return as_one(self.activity(zone, since, until))
        counts, missing = rollup.tally(self.plan.carries != 0, span)
        extras = self._extra(_NO_ROWS)
        _, day, count = self._days(iter([extras]), len(extras.unit), zone, since, until)
        np.add.at(counts, day - span[0], count)
        days = np.flatnonzero(counts)
        unit, day, count = (
            np.zeros(len(days), np.uint32),
            (days + span[0]).astype(np.int32),
            counts[days].astype(np.uint32),
        )
        return Activity(unit, day, count, self._names, self.size, self.left_out + missing)

    @staticmethod
    def _days(parts: Iterator[Part], most: int, zone: str, since: datetime, until: datetime) -> Pairs:
        """Count rows by unit and local day."""
        starts, shifts = stretches(zone, since, until)
        unit, day, amount = np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.uint32)
        count = 0
        for part in parts:
            count += active_days(part.unit, part.moment, starts, shifts, unit[count:], day[count:], amount[count:])
        return unit[:count], day[:count], amount[:count]
