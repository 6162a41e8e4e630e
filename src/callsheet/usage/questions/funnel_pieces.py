"""Funnels walked piece by piece: no more than a few pieces are in memory, and all cores walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from callsheet.model.history import Ask, History
from callsheet.stats.walks.funnel import Ints, Rules
from callsheet.stats.walks.funnel_runs import Attribution, Reached, walk
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.reading import read


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
    desk: Desk, ask: Ask, also: tuple[str, ...], rules: Rules, attribution: Attribution, *, any_order: bool,
    bounds: Ints | None,
) -> tuple[Rows, Reached]:  # fmt: skip
    """Return how far each run got; see `stats.walks.funnel_runs.walk`. With several labels all is read at once."""

    def one(history: History) -> tuple[Rows, Reached]:
        desk.cancelled()
        rows = Rows(len(history), history.left_out, history.names, history.labels)
        return rows, walk(history, rules, attribution, any_order=any_order, bounds=bounds)

    pieces = [one(read(desk, ask, also))] if also else desk.histories.walked(ask, one)
    reached = Reached(*(np.concatenate(column) for column in zip(*(found for _, found in pieces), strict=True)))
    count, left_out = sum(rows.count for rows, _ in pieces), sum(rows.left_out for rows, _ in pieces)
    return Rows(count, left_out, pieces[0][0].names, pieces[0][0].labels), reached
