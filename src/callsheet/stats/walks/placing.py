"""Rows into intervals: which interval each row falls in, and one row for each unit and interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Codes
from callsheet.stats.compiled import compiled

Places = NDArray[np.int32]
Counts = NDArray[np.int64]


@compiled
def placed(when: NDArray[np.int64], bounds: NDArray[np.int64]) -> Places:
    """Return for each row the interval `[bounds[i], bounds[i + 1])` that holds it, -1 outside of all.

    Quick when neighbours fall into the same or a nearby interval, as rows sorted by unit and moment do.
    """
    found = np.empty(len(when), np.int32)
    last = len(bounds) - 1
    p = 0
    for i in range(len(when)):
        moment = when[i]
        if moment < bounds[0] or moment >= bounds[last]:
            found[i] = -1
            continue
        if moment < bounds[p] or moment >= bounds[p + 1]:
            p = np.searchsorted(bounds, moment, side="right") - 1
        found[i] = p
    return found


@compiled
def folded(unit: Codes, place: Places, count: Counts) -> tuple[Codes, Places, Counts]:
    """Return one row for each unit and interval, with the sum of counts; rows outside (-1) are dropped.

    Rows must be sorted by unit, then interval (those outside may stand anywhere in their unit).
    """
    units, places = np.empty(len(unit), np.uint32), np.empty(len(unit), np.int32)
    counts = np.empty(len(unit), np.int64)
    n = 0
    for i in range(len(unit)):
        if place[i] < 0:
            continue
        if n and units[n - 1] == unit[i] and places[n - 1] == place[i]:
            counts[n - 1] += count[i]
            continue
        units[n], places[n], counts[n] = unit[i], place[i], count[i]
        n += 1
    return units[:n], places[:n], counts[:n]
