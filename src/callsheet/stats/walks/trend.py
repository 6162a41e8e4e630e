"""Walks of trends: distinct units by cell, first appearances, and units active in trailing windows.

Rows are sorted by unit, then moment. A cell is any numbering from 0 up (an interval, a line of a breakdown, both);
-1 leaves the row out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Amounts, Codes
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.placing import Counts, Places


@compiled
def distinct(unit: Codes, cell: Places, cells: int) -> Counts:
    """Return how many units have a row in each cell."""
    found = np.zeros(cells, np.int64)
    latest = np.full(cells, -1, np.int64)
    for i in range(len(unit)):
        c = cell[i]
        if c >= 0 and latest[c] != unit[i]:
            latest[c] = unit[i]
            found[c] += 1
    return found


@compiled
def firsts(unit: Codes, cell: Places, cells: int) -> NDArray[np.bool_]:
    """Mark the first row of each unit in each cell."""
    found = np.zeros(len(unit), np.bool_)
    latest = np.full(cells, -1, np.int64)
    for i in range(len(unit)):
        c = cell[i]
        if c >= 0 and latest[c] != unit[i]:
            latest[c] = unit[i]
            found[i] = True
    return found


@compiled
def trailing(unit: Codes, line: Places, low: Places, high: Places, lines: int, intervals: int) -> Counts:
    """Return how many units are active in the window of each interval, by line (flat: line * intervals + interval).

    Row i lies in the windows of the intervals `low[i]` to `high[i]`; both rise within a unit. A unit counts once in
    a window however many of its rows lie there.
    """
    steps = np.zeros((lines, intervals + 1), np.int64)
    reached, latest = np.zeros(lines, np.int64), np.full(lines, -1, np.int64)
    for i in range(len(unit)):
        one = line[i]
        if one < 0:
            continue
        if latest[one] != unit[i]:
            latest[one], reached[one] = unit[i], 0
        begin, end = max(low[i], reached[one]), high[i] + 1
        if begin >= end:
            continue
        steps[one, begin] += 1
        steps[one, end] -= 1
        reached[one] = end
    found = np.empty(lines * intervals, np.int64)
    for one in range(lines):
        found[one * intervals : (one + 1) * intervals] = np.cumsum(steps[one])[:intervals]
    return found


@compiled
def summed(cell: Places, value: Amounts, cells: int) -> tuple[Amounts, Counts]:
    """Return the sum and the number of the numbers in each cell; NaN is no number."""
    sums, sizes = np.zeros(cells, np.float64), np.zeros(cells, np.int64)
    for i in range(len(cell)):
        if cell[i] >= 0 and not np.isnan(value[i]):
            sums[cell[i]] += value[i]
            sizes[cell[i]] += 1
    return sums, sizes


@compiled
def quantiles(cell: Places, value: Amounts, sizes: Counts, level: float) -> Amounts:
    """Return a quantile of the numbers in each cell, linear between closest ranks; NaN where there is none.

    `sizes` are the numbers of numbers, from `summed`. Source: Hyndman & Fan (1996), definition 7.
    """
    ends = np.cumsum(sizes)
    ordered, free = np.empty(ends[-1], np.float64), ends - sizes
    for i in range(len(cell)):
        if cell[i] >= 0 and not np.isnan(value[i]):
            ordered[free[cell[i]]] = value[i]
            free[cell[i]] += 1
    found = np.full(len(sizes), np.nan)
    for c in range(len(sizes)):
        if sizes[c]:
            run = np.sort(ordered[ends[c] - sizes[c] : ends[c]])
            rank = level * (sizes[c] - 1)
            low = int(rank)
            high = min(low + 1, sizes[c] - 1)
            found[c] = run[low] + (run[high] - run[low]) * (rank - low)
    return found
