"""Paths: the ways between stops, step by step.

A path is a stretch of a unit's rows without a pause of `gap`; the same stop several times in a row is one, at its
last time (as in PostHog). With a start, the path begins at its first time; with an end, it ends at its first time.
At most `steps` stops of a path are walked: the last ones with an end only, otherwise the first ones; with both, the
first and last halves, with CUT between them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsheet.stats.compiled import compiled

Ints = NDArray[np.int64]
CUT = -2
"""The stop that stands for what was left out in the middle of a path."""
NOWHERE = -1


class Limits(NamedTuple):
    """What of a path is walked. `start` and `end` are stops, NOWHERE for none; `gap` is in microseconds."""

    start: int
    end: int
    steps: int
    gap: int


class Walked(NamedTuple):
    """The stops of all paths, one after another: which path and unit, at which place (from 0), which stop, and how
    long after the one before (0 for the first), in microseconds."""

    path: Ints
    unit: Ints
    place: Ints
    stop: Ints
    took: Ints


@compiled
def walk(unit: NDArray[np.uint32], moment: Ints, stop: Ints, limits: Limits) -> Walked:
    """Return the stops of all paths. Rows are sorted by unit, then moment. Linear in the rows."""
    n = len(unit)
    found = Walked(
        np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64),
        np.empty(n, np.int64),
    )  # fmt: skip
    stops, times = np.empty(n, np.int64), np.empty(n, np.int64)
    paths, size, row = 0, 0, 0
    while row < n:
        last = row + 1
        while last < n and unit[last] == unit[row] and moment[last] - moment[last - 1] < limits.gap:
            last += 1
        count = _compact(stop[row:last], moment[row:last], stops, times)
        low, high = _between(stops[:count], limits)
        if high > low:
            size = _keep(stops[low:high], times[low:high], paths, unit[row], limits, found, size)
            paths += 1
        row = last
    return Walked(found.path[:size], found.unit[:size], found.place[:size], found.stop[:size], found.took[:size])


@compiled
def _compact(stop: Ints, moment: Ints, stops: Ints, times: Ints) -> int:
    """Write each run of the same stop once, at its last time; return how many there are."""
    count = 0
    for i in range(len(stop)):
        if i + 1 < len(stop) and stop[i + 1] == stop[i]:
            continue
        stops[count], times[count] = stop[i], moment[i]
        count += 1
    return count


@compiled
def _between(stops: Ints, limits: Limits) -> tuple[int, int]:
    """Return which stops are walked before any are cut: none if the path misses the start or the end."""
    low = _find(stops, limits.start, 0) if limits.start != NOWHERE else 0
    if low < 0:
        return 0, 0
    high = _find(stops, limits.end, low) if limits.end != NOWHERE else len(stops) - 1
    return low, high + 1


@compiled
def _find(stops: Ints, wanted: int, low: int) -> int:
    for i in range(low, len(stops)):
        if stops[i] == wanted:
            return i
    return -1


@compiled
def _keep(stops: Ints, times: Ints, path: int, unit: int, limits: Limits, found: Walked, size: int) -> int:
    """Add one path, cut to its steps; return the new size."""
    count, first = len(stops), size
    half = limits.steps // 2 if limits.start != NOWHERE and limits.end != NOWHERE else 0
    low = count - limits.steps if limits.end != NOWHERE and not half and count > limits.steps else 0
    for i in range(low, count):
        is_cut = half > 0 and count > limits.steps
        if (is_cut and half < i < count - half) or (half == 0 and i - low >= limits.steps):
            continue
        found.path[size], found.unit[size], found.place[size] = path, unit, size - first
        found.stop[size] = CUT if is_cut and i == half else stops[i]
        found.took[size] = times[i] - times[last_of(i, low, half, count, is_cut)]
        size += 1
    return size


@compiled
def last_of(i: int, low: int, half: int, count: int, is_cut: bool) -> int:
    """Return the stop that is kept before stop i, itself for the first."""
    if i == low:
        return i
    return half if is_cut and i == count - half else i - 1
