"""A view: base, tail and owners as they are at one moment, and how rows are drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Ask, History
from callsheet.store.histories.base import Base
from callsheet.store.histories.coding import Dictionaries
from callsheet.store.histories.fields import Fields, Plan, Whose, plan
from callsheet.store.histories.kernels import (
    draw,
    draw_posted,
    group_rows,
    interleave,
    look_up,
    note,
    pick,
    picked,
    places_of,
    restrict,
    set_bits,
    sort_groups,
    with_bit,
)
from callsheet.store.histories.parts import Drawn, Part, Rows, Store
from callsheet.store.histories.rollup import aside
from callsheet.store.histories.rows import labelled, micros
from callsheet.store.histories.threads import in_order

NONE: NDArray[np.uint8] = np.zeros(0, np.uint8)
NO_ROWS: Rows = np.zeros(0, np.uint32)
_NO_LABELS: NDArray[np.int32] = np.zeros(0, np.int32)
_SPARSE = 2
"""Postings are used when they hold less than one row in two; else all rows are looked at."""
_MOST_LISTS = 64
_AT_ONCE = 3 << 16
"""About how many postings make a piece."""
_MOST_LABELS = 100_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """What all questions of one moment read. `dead` has a bit for each row of the base that is gone, `hidden` also
    for those whose person has changed since (`moved`): they come with the tail when persons are asked for."""

    base: Base
    tail: Base
    whose: Whose
    dead: NDArray[np.uint8] = field(default_factory=lambda: NONE)
    hidden: NDArray[np.uint8] = field(default_factory=lambda: NONE)
    moved: Rows = field(default_factory=lambda: NO_ROWS)
    _aside: dict[str, tuple[NDArray[np.bool_], Rows]] = field(default_factory=dict)

    def aside(self, kind: str, size: int) -> tuple[NDArray[np.bool_], Rows]:
        """Return the units that the rollup cannot be asked for, and their rows; see `rollup.aside`."""
        if kind not in self._aside:
            moved = self.moved if kind == "person" else NO_ROWS
            self._aside[kind] = aside(self.base, kind, moved, self.dead, size)
        return self._aside[kind]


_EMPTY = Part(NO_ROWS, np.zeros(0, np.int64), np.zeros(0, np.uint64))


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
        self._extras = self.loose(self.view.moved if self.by_person else NO_ROWS)
        self._candidates()
        self.most = self._most + len(self._extras.unit)
        self.left_out += self._extras.missing

    def _candidates(self) -> None:
        """Find out which rows of the base are to be looked at: those of the events in question, or all."""
        base = self.view.base
        wanted = np.flatnonzero(self.plan.carries)
        self._events = wanted[wanted < len(base.starts) - 1]
        self._most = int((base.starts[self._events + 1] - base.starts[self._events]).sum())
        self._bits: NDArray[np.uint8] | None = None
        self._posted = self.by_person and len(wanted) <= _MOST_LISTS and self._most * _SPARSE < len(base)
        if not self._posted and self._most * _SPARSE < len(base):
            self._bits = np.zeros(len(base) // 8 + 1, np.uint8)
            for low, high in base.spans(self._events, 0, len(base)).tolist():
                set_bits(self._bits, base.postings[low:high])
        elif not self._posted:
            self._most = len(base)

    def pieces(self) -> list[tuple[int, int, int, int]]:
        """Return what `piece` draws, piece by piece: rows of the base (in the order that is asked for), and extras; no unit
        is in two."""
        self._gather()
        bounds = self.view.base.bounds if self.by_person else self.view.base.account_bounds
        if self._posted and self._most:
            step = max(1, _AT_ONCE * (len(bounds) - 1) // self._most)
            bounds = np.append(bounds[:-1:step], bounds[-1])
        units = [self._unit_at(int(place)) for place in bounds[1:-1]]
        ends = [*np.searchsorted(self._extras.unit, units).tolist(), len(self._extras.unit)]
        spans = pairwise(bounds.tolist()) if len(bounds) > 1 else [(0, 0)]
        return [(*span, *extras) for span, extras in zip(spans, pairwise([0, *ends]), strict=True)]

    def piece(self, span: tuple[int, int, int, int]) -> Part:
        part = self._part(*span[:2])
        self.view.base.release()
        return self._merged(part, self._extras.cut(*span[2:]))

    def _unit_at(self, place: int) -> int:
        """Return the unit of the rows of the base from `place` on, in the order that is asked for."""
        base = self.view.base
        return int(base.units[base.key[place]] if self.by_person else base.account[base.by_account[place]])

    def _part(self, low: int, high: int) -> Part:
        base = self.view.base
        if self._posted:
            return self._known(self._drawn_posted(low, high))
        if self.by_person:
            return self._known(self._draw(base, np.arange(low, high, dtype=np.uint32), self.view.hidden))
        rows = base.by_account[low:high]
        if self._bits is not None:
            found = np.empty(len(rows), np.uint32)
            rows = found[: with_bit(rows, self._bits, found)]
        return self._known(self._draw(base, rows, self.view.dead))

    def _draw(self, store: Base, rows: Rows, dead: NDArray[np.uint8], numbered: bool = False) -> Part:
        """Return the rows that carry marks, in the order given."""
        drawn = Drawn.of(len(rows))
        owner = store.key if self.by_person else store.account
        count = draw(
            rows, store.event, store.moment, owner, self._units, self.plan.carries, self.since, self.until, dead,
            *drawn.columns,
        )  # fmt: skip
        return self._held(Store(store), drawn.cut(count), numbered)

    def _drawn_posted(self, low: int, high: int) -> Part:
        """Return the rows of the events in question of `[low, high)`, from what stands beside their postings."""
        base = self.view.base
        spans = base.spans(self._events, low, high)
        places, lists = places_of(base.postings, spans, low, high)
        drawn = Drawn.of(len(places))
        count = draw_posted(
            places, lists, self.plan.carries[self._events], base.postings, base.posted_moment, base.posted_key,
            self._units, self.since, self.until, self.view.hidden, *drawn.columns,
        )  # fmt: skip
        return self._held(Store(base, posted=True), drawn.cut(count), False)

    def _held(self, store: Store, drawn: Drawn, numbered: bool) -> Part:
        """Return what was drawn and satisfies the conditions, with what else is asked for."""
        count = len(drawn.rows)
        for name, allowed in self.plan.tests.items():
            rows, codes = store.column(name, drawn.rows[:count])
            count = restrict(rows.copy(), codes, allowed, *(column[:count] for column in drawn.columns))
        kept = drawn.cut(count)
        part = Part(kept.unit, kept.moment, kept.marks)
        if numbered or len(self._extras.unit):
            part.seq = store.base.seq[store.rows(kept.rows)].astype(np.int64)
        if self._label is not None:
            part.label = self._labels(store, kept.rows)
        if self._value is not None:
            name, amounts = self._value
            rows, codes = store.column(name, kept.rows)
            part.value = np.empty(len(rows))
            look_up(rows, codes, amounts, part.value)
        return part

    def _labels(self, store: Store, places: Rows) -> NDArray[np.uint32]:
        assert self._label is not None  # noqa: S101 - asked for
        found = np.empty(len(places), np.uint32)
        rows, codes = store.column(self._label.column, places)
        if self._label.table is None:
            pick(rows, codes, found)
        else:
            look_up(rows, codes, self._label.table.astype(np.uint32), found)
        return found

    @staticmethod
    def _known(part: Part) -> Part:
        """Leave out the rows without a unit, which come first, and count them."""
        missing = int(np.searchsorted(part.unit, 1))
        part.missing = missing
        return part.cut(missing, len(part.unit)) if missing else part

    def loose(self, rows: Rows) -> Part:
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
        extra.missing = 0  # counted once, when they were drawn
        if not len(extra.unit):
            return part
        if not len(part.unit):
            extra.missing = part.missing
            return extra
        order = np.empty(len(part.unit) + len(extra.unit), np.int64)
        assert part.seq is not None  # noqa: S101 - there are extras
        assert extra.seq is not None  # noqa: S101 - always
        interleave(part.unit, part.moment, part.seq, extra.unit, extra.moment, extra.seq, order)
        return Part.join([part, extra]).take(order)

    def history(self) -> History:
        """Return the rows as one answer."""
        pieces = self.pieces()
        unit, moment = np.empty(self.most, np.uint32), np.empty(self.most, np.int64)
        several = len(self.ask.marks) > 1
        marks = np.empty(self.most if several else 0, np.uint64)
        label: Any = np.empty(self.most, np.uint32) if self._label else None
        value: Any = np.empty(self.most) if self._value else None
        count = 0
        for part in in_order(self.piece, pieces):
            self.left_out += part.missing
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
            unit[:count], moment[:count], held, self.names, self.size, labels, names,
            None if value is None else value[:count], self.left_out,
        )  # fmt: skip

    def walked(self, walk: Callable[[History], T]) -> list[T]:
        """Return what `walk` makes of the rows, piece by piece, where labels are few; else of all at once."""
        if self._label is not None and self._label.size > _MOST_LABELS:
            return [walk(self.history())]
        table, names = self._table() if self._label is not None else (_NO_LABELS, ())
        pieces = self.pieces()

        def do(span: tuple[int, int, int, int]) -> T:
            part = self.piece(span)
            label = None if part.label is None else table[part.label]
            missing = part.missing + (self.left_out if span == pieces[0] else 0)
            return walk(History(
                part.unit, part.moment, part.marks, self.names, self.size, label, names, part.value, missing,
            ))  # fmt: skip

        return list(in_order(do, pieces))

    def _table(self) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return the label of each code that a row may have."""
        assert self._label is not None  # noqa: S101 - asked for
        return self._labelled(np.arange(self._label.size), self._label.size)

    def _named(self, codes: NDArray[np.uint32]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        assert self._label is not None  # noqa: S101 - asked for
        occurring = np.zeros(max(self._label.size, int(codes.max(initial=0)) + 1), bool)
        note(codes, occurring)
        table, names = self._labelled(np.flatnonzero(occurring), len(occurring))
        return picked(codes, table), names

    def _labelled(self, places: NDArray[np.int64], size: int) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return labels for these codes, of so many."""
        assert self._label is not None  # noqa: S101 - asked for
        values: list[Any] = self._label.values(places.tolist())
        fresh, names = labelled(np.arange(len(values)), values)
        table = np.full(size, -1, np.int32)
        table[places] = fresh
        return table, names

    def names(self, codes: Any) -> list[str]:
        return (self.texts.ids if self.by_person else self.texts.accounts).of(codes)
