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

    Intervals are about equally long, so that a guess is off by one or two at most.
    """
    found = np.empty(len(when), np.int32)
    last = len(bounds) - 1
    begin, end = bounds[0], bounds[last]
    scale = last / max(end - begin, 1)
    for i in range(len(when)):
        moment = when[i]
        if moment < begin or moment >= end:
            found[i] = -1
            continue
        p = min(int((moment - begin) * scale), last - 1)
        while moment < bounds[p]:
            p -= 1
        while moment >= bounds[p + 1]:
            p += 1
        found[i] = p
    return found


@compiled
def placed_days(days: NDArray[np.int32], bounds: NDArray[np.int32]) -> Places:
    """As `placed`, for local days: there are so few that a table knows each."""
    first = bounds[0]
    table = np.empty(bounds[-1] - first, np.int32)
    for place in range(len(bounds) - 1):
        table[bounds[place] - first : bounds[place + 1] - first] = place
    found = np.empty(len(days), np.int32)
    for i in range(len(days)):
        ahead = days[i] - first
        found[i] = table[ahead] if 0 <= ahead < len(table) else -1
    return found


@compiled
def ranked(when: NDArray[np.int64], edges: NDArray[np.int64]) -> Places:
    """Return for each row how many of the rising edges lie at or before it; they are about equally far apart."""
    found = np.empty(len(when), np.int32)
    last = len(edges) - 1
    scale = last / max(edges[last] - edges[0], 1)
    for i in range(len(when)):
        moment = when[i]
        p = min(max(int((moment - edges[0]) * scale), 0), last)
        while p <= last and edges[p] <= moment:
            p += 1
        while p > 0 and edges[p - 1] > moment:
            p -= 1
        found[i] = p
    return found


@compiled
def crossed(line: Places, place: Places, intervals: int) -> tuple[Places, Places]:
    """Return the cell (line * intervals + interval) and the line of each row, both -1 outside of all intervals."""
    cell, whole = np.empty(len(place), np.int32), np.empty(len(place), np.int32)
    for i in range(len(place)):
        inside = place[i] >= 0 and line[i] >= 0
        cell[i] = line[i] * intervals + place[i] if inside else -1
        whole[i] = line[i] if inside else -1
    return cell, whole


@compiled
def tallied(cell: Places, amount: Counts, cells: int) -> Counts:
    """Return the sum of amounts in each cell; rows of -1 are left out."""
    found = np.zeros(cells, np.int64)
    for i in range(len(cell)):
        if cell[i] >= 0:
            found[cell[i]] += amount[i]
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
