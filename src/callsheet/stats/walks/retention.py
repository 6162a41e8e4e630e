"""Retention: units that come back so many intervals after a start, by interval of the start.

An offset is a column of the grid: 0 is the interval of the start, the others follow (one interval each, or brackets
of several). `offset_of[d]` is the column of a return `d` intervals after the start. The rules are PostHog's: column
0 holds all who started, whether they returned in that interval or not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Amounts, Codes, Moments
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.placing import Counts, Places


@compiled
def _until(unit: Codes, i: int) -> int:
    """Return the first row after the run of the unit that has row i."""
    j = i + 1
    while j < len(unit) and unit[j] == unit[i]:
        j += 1
    return j


@compiled
def _seek(unit: Codes, wanted: int, j: int) -> int:
    """Return the first row from j on that is of the wanted unit or a later one."""
    while j < len(unit) and unit[j] < wanted:
        j += 1
    return j


@compiled
def _follow(
    found: NDArray[np.int64], one: int, start: int, back_place: Places, j: int, stop: int, offset_of: Places, unbounded: bool,
) -> None:  # fmt: skip
    """Count one unit, started at `start`, in the columns of a cohort; its returns after it are rows j to `stop`."""
    found[one, start, 0] += 1
    latest = 0
    for k in range(j, stop):
        ahead = back_place[k] - start
        if ahead >= len(offset_of):
            break
        offset = offset_of[ahead]
        if offset > latest:
            for column in range(latest + 1 if unbounded else offset, offset + 1):
                found[one, start, column] += 1
            latest = offset


@compiled
def grid(
    start_unit: Codes, start_place: Places, back_unit: Codes, back_place: Places, line: Places,
    shape: tuple[int, int, int], offset_of: Places, unbounded: bool,
) -> NDArray[np.int64]:  # fmt: skip
    """Return counts of units `[line, cohort, offset]`.

    Starts and returns hold each unit and interval once, sorted by unit, then interval; `line[code]` is the line of
    a breakdown (-1 leaves the unit out). `unbounded` counts a unit in every column up to that of its last return.
    """
    found = np.zeros(shape, np.int64)
    i = j = 0
    while i < len(start_unit):
        unit, end = start_unit[i], _until(start_unit, i)
        j = _seek(back_unit, unit, j)
        stop = _until(back_unit, j) if j < len(back_unit) and back_unit[j] == unit else j
        one, near = line[unit], j
        for k in range(i, end if one >= 0 else i):
            start = start_place[k]
            while near < stop and back_place[near] <= start:
                near += 1
            _follow(found, one, start, back_place, near, stop, offset_of, unbounded)
        i, j = end, stop
    return found


@compiled
def recurring(
    unit: Codes, place: Places, count: Counts, shape: tuple[int, int], least: int, offset_of: Places, unbounded: bool
) -> NDArray[np.int64]:
    """Return counts of units `[cohort, offset]` where every row starts, and returns to all before it, if its interval has
    `least` events. Rows are sorted by unit, then interval; those outside (-1) are passed over. As `grid` otherwise."""
    found = np.zeros(shape, np.int64)
    most = max(place.max() + 1, 1) if len(place) else 1
    places, times = np.empty(most, np.int32), np.empty(most, np.int64)
    row = 0
    while row < len(unit):
        one, active = unit[row], 0
        while row < len(unit) and unit[row] == one:
            if active and places[active - 1] == place[row]:
                times[active - 1] += count[row]
            elif place[row] >= 0:
                places[active], times[active] = place[row], count[row]
                active += 1
            row += 1
        for start in range(active):
            if places[start] >= shape[0]:
                break
            _return(found[places[start]], places, times, start, active, least, offset_of, unbounded)
    return found


@compiled
def _return(
    cells: NDArray[np.int64], places: Places, times: Counts, start: int, active: int, least: int, offset_of: Places,
    unbounded: bool,
) -> None:  # fmt: skip
    """Count a unit that was active in these intervals in the columns of one of them."""
    cells[0] += 1
    latest = 0
    for back in range(start + 1, active):
        ahead = places[back] - places[start]
        if ahead >= len(offset_of):
            break
        offset = offset_of[ahead]
        if times[back] >= least and offset > latest:
            for column in range(latest + 1 if unbounded else offset, offset + 1):
                cells[column] += 1
            latest = offset


@compiled
def _add(
    sums: Amounts, counts: Counts, start: int, first: int, rows: tuple[Places, Moments, Amounts], offset_of: Places,
    strictly: bool,
) -> None:  # fmt: skip
    """Add a unit's returns after one start to the columns of a cohort's row."""
    places, moments, values = rows
    counts[0] += 1
    latest = 0
    for i in range(len(places)):
        ahead = places[i] - start
        if ahead < 0 or ahead >= len(offset_of) or (strictly and ahead == 0 and moments[i] <= first):
            continue
        offset = offset_of[ahead]
        sums[offset] += 0.0 if np.isnan(values[i]) else values[i]
        if offset > latest:
            counts[offset] += 1
            latest = offset


@compiled
def amounts(
    starts: tuple[Codes, Places, Moments], back_unit: Codes, back: tuple[Places, Moments, Amounts], line: Places,
    shape: tuple[int, int, int], offset_of: Places, strictly: bool,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:  # fmt: skip
    """Return sums of the returns' values and counts of units, both `[line, cohort, offset]`.

    `starts` holds each unit and interval once, with the first moment of the start in it; returns are single rows.
    A return without a number adds 0. `strictly` leaves out returns of column 0 that are not after the start.
    """
    sums, counts = np.zeros(shape, np.float64), np.zeros(shape, np.int64)
    start_unit, start_place, start_moment = starts
    places, moments, values = back
    i = j = 0
    while i < len(start_unit):
        unit, end = start_unit[i], _until(start_unit, i)
        j = _seek(back_unit, unit, j)
        stop = _until(back_unit, j) if j < len(back_unit) and back_unit[j] == unit else j
        rows = (places[j:stop], moments[j:stop], values[j:stop])
        for k in range(i, end if line[unit] >= 0 else i):
            here = (line[unit], start_place[k])
            _add(sums[here], counts[here], start_place[k], start_moment[k], rows, offset_of, strictly)
        i, j = end, stop
    return sums, counts
