"""The active local days of one ask: told by the rollup where it can tell, else counted from rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

import numpy as np

from callsheet.model.history import Activity, Moments
from callsheet.store.histories.asking import as_one
from callsheet.store.histories.kernels import active_days
from callsheet.store.histories.parts import Part
from callsheet.store.histories.rolling import united
from callsheet.store.histories.rollup import COLUMNS, Pairs, Rollup, days_between
from callsheet.store.histories.rows import stretches
from callsheet.store.histories.threads import in_order
from callsheet.store.histories.view import NO_ROWS, Drawing

T = TypeVar("T")


class Daily:
    """What `Drawing` draws, by local day. `since` and `until` of its ask are starts of local days of the zone."""

    def __init__(self, drawing: Drawing, zone: str) -> None:
        self._of, self._zone = drawing, zone
        self._since, self._until = drawing.ask.since, drawing.ask.until

    @cached_property
    def rollup(self) -> Rollup | None:
        """The rollup that can tell the active local days: it knows nothing of properties and other zones."""
        rollup = self._of.view.base.rolled.get(self._of.ask.unit)
        fits = rollup is not None and rollup.zone == self._zone and not self._of.plan.tests
        return rollup if fits and days_between(self._since, self._until, self._zone) else None

    def walked(self, walk: Callable[[Activity], T]) -> list[T]:
        """Return what `walk` makes of the active days, piece by piece; no unit is in two, and threads do them."""
        return list(self._pieces(walk))

    def whole(self) -> Activity:
        """Return the active days as one answer."""
        pieces = list(self._pieces(lambda one: one))
        if len(pieces) == 1:
            return pieces[0]
        unit, day, count = (np.concatenate([getattr(one, name) for one in pieces]) for name in COLUMNS)
        return self._activity((unit, day, count), sum(one.left_out for one in pieces))

    def as_one(self) -> Activity:
        """Return the active days with all units together. Of the rollup only its sums are looked at: who a row belongs
        to by now makes no difference, only whether it is gone."""
        rollup, span = self.rollup, days_between(self._since, self._until, self._zone)
        if rollup is None or span is None or len(self._of.view.dead):
            return as_one(self.whole())
        counts, missing = rollup.tally(self._of.plan.carries != 0, span)
        extras = self._of.loose(NO_ROWS)
        _, day, count = self._days(extras)
        np.add.at(counts, day - span[0], count)
        days = np.flatnonzero(counts)
        pairs = np.zeros(len(days), np.uint32), (days + span[0]).astype(np.int32), counts[days].astype(np.uint32)
        return self._activity(pairs, missing + extras.missing)

    def _pieces(self, walk: Callable[[Activity], T]) -> Iterable[T]:
        return self._counted(walk) if self.rollup is None else self._rolled(self.rollup, walk)

    def _counted(self, walk: Callable[[Activity], T]) -> Iterable[T]:
        """Walk what rows say."""
        of, pieces = self._of, self._of.pieces()

        def do(piece: tuple[int, int, int, int]) -> T:
            part = of.piece(piece)
            return walk(self._activity(self._days(part), part.missing + (of.left_out if piece == pieces[0] else 0)))

        return in_order(do, pieces)

    def _rolled(self, rollup: Rollup, walk: Callable[[Activity], T]) -> Iterable[T]:
        """Walk what the rollup says, with what came, moved or went since counted from rows."""
        of, wanted = self._of, self._of.plan.carries != 0
        span = days_between(self._since, self._until, rollup.zone) or (0, 0)
        stale, rows = of.view.aside(of.ask.unit, of.size)
        extras, units = of.loose(rows), rollup.units(wanted, of.size)
        ends = np.searchsorted(extras.unit, units).tolist()

        def do(place: int) -> T:
            pairs, missing = rollup.pairs(wanted, span, stale, (units[place], units[place + 1]))
            if ends[place] < ends[place + 1]:
                pairs = united(*pairs, *self._days(extras.cut(ends[place], ends[place + 1])))
            of.view.base.release()
            return walk(self._activity(pairs, missing + (0 if place else extras.missing)))

        return in_order(do, range(len(units) - 1))

    def _activity(self, pairs: Pairs, left_out: int) -> Activity:
        return Activity(*pairs, self._of.names, self._of.size, left_out)

    @cached_property
    def _stretches(self) -> tuple[Moments, Moments]:
        return stretches(self._zone, self._since, self._until)

    def _days(self, part: Part) -> Pairs:
        """Count rows by unit and local day."""
        most = len(part.unit)
        unit, day, amount = np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.uint32)
        count = active_days(part.unit, part.moment, *self._stretches, unit, day, amount)
        return unit[:count], day[:count], amount[:count]
