"""Funnels walked piece by piece: no more than a few pieces are in memory, and all cores walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from callsheet.model.history import Ask, History, Mark, Moments
from callsheet.stats.walks.funnel import NONE, Ints, Rules
from callsheet.stats.walks.funnel_runs import Attribution, Reached, walk
from callsheet.usage.questions.common import Breakdown, Desk
from callsheet.usage.questions.reading import read
from callsheet.usage.questions.visits import PREFIX as SESSION

EVER = datetime(1970, 1, 1)
"""Before all events."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of the rows that were walked: how many, how many were left out, and the names in them."""

    count: int
    left_out: int
    names: Callable[[Iterable[int]], list[str]]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return self.count


def walked(
    desk: Desk, ask: Ask, by: Breakdown | None, maths: Sequence[str], rules: Rules, attribution: Attribution, *,
    any_order: bool, bounds: Ints | None,
) -> tuple[Rows, Reached]:  # fmt: skip
    """Return how far each run got; see `stats.walks.funnel_runs.walk`. With several labels, or some that are
    cleaned, all is read at once.
    `maths` says of which steps only a first event counts."""
    firsts = {step: _first(desk, ask, step, math) for step, math in enumerate(maths) if math}

    def one(history: History) -> tuple[Rows, Reached]:
        desk.cancelled()
        history = narrowed(history, firsts) if firsts else history
        rows = Rows(len(history), history.left_out, history.names, history.labels)
        return rows, walk(history, rules, attribution, any_order=any_order, bounds=bounds)

    together = (by and (by.also or by.clean)) or ask.label.startswith(SESSION)
    pieces = [one(read(desk, ask, by))] if together else desk.histories.walked(ask, one)
    reached = Reached(*(np.concatenate(column) for column in zip(*(found for _, found in pieces), strict=True)))
    count, left_out = sum(rows.count for rows, _ in pieces), sum(rows.left_out for rows, _ in pieces)
    return Rows(count, left_out, pieces[0][0].names, pieces[0][0].labels), reached


def _first(desk: Desk, ask: Ask, step: int, math: str) -> Moments:
    """Return when each unit (by its code) did a step for the first time ever, NONE for never; with `first_ever` also
    for those who had done one of its events before without fitting it."""
    own = ask.marks[step]
    fitting = Mark(own.events, (*own.where, *ask.where))
    marks = (fitting, Mark(own.events)) if math == "first_ever" else (fitting,)
    rows = desk.histories.read(Ask(marks, EVER, ask.until, ask.unit))
    desk.cancelled()
    found = np.full(rows.size, NONE, np.int64)
    opens = np.flatnonzero(np.diff(rows.unit.astype(np.int64), prepend=-1))
    fits = np.flatnonzero(rows.marks & np.uint64(1))
    first = fits[np.diff(rows.unit[fits].astype(np.int64), prepend=-1) != 0]
    found[rows.unit[first]] = rows.moment[first]
    opening = np.full(rows.size, NONE, np.int64)
    opening[rows.unit[opens]] = rows.moment[opens]
    found[found != opening] = NONE
    return found


def narrowed(history: History, firsts: Mapping[int, Moments]) -> History:
    """Return the rows where of these steps only the unit's event at its first moment carries the mark; rows without
    any mark are gone."""
    marks = history.marks.copy()
    for step, moments in firsts.items():
        bit = np.uint64(1 << step)
        known = np.append(moments, np.full(max(0, history.size - len(moments)), NONE, np.int64))
        carries = np.flatnonzero(marks & bit)
        at = carries[known[history.unit[carries]] == history.moment[carries]]
        kept = at[np.diff(history.unit[at].astype(np.int64), prepend=-1) != 0]
        marks[np.setdiff1d(carries, kept, assume_unique=True)] &= ~bit
    left = np.flatnonzero(marks)
    label = None if history.label is None else history.label[left]
    return replace(
        history, unit=history.unit[left], moment=history.moment[left], marks=marks[left], label=label, value=None
    )
