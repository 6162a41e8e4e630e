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
    """The stops of all paths, one after another: whose, at which place of the path (from 0: there a path begins),
    which stop, and how long after the one before (0 for the first), in microseconds."""

    unit: NDArray[np.uint32]
    place: NDArray[np.int16]
    stop: NDArray[np.int32]
    took: Ints


class Stops(NamedTuple):
    """The stops of all paths of some units as nodes: the place in the path times how many stops there are, plus the
    stop. `ended` marks those after which a path could have gone on; `seen` the nodes there are."""

    unit: NDArray[np.uint32]
    place: NDArray[np.int16]
    node: NDArray[np.int32]
    took: Ints
    ended: NDArray[np.bool_]
    seen: NDArray[np.bool_]


class Tally(NamedTuple):
    """How many stops each node is, how many paths ended there, of how many units; and all paths, and all units."""

    counts: Ints
    ended: Ints
    quitters: Ints
    paths: int
    units: int


class Ways(NamedTuple):
    """Each way once, by source and target: how many took it, how many different units, and how long altogether."""

    source: Ints
    target: Ints
    times: Ints
    units: Ints
    took: Ints


@compiled
def walk(unit: NDArray[np.uint32], moment: Ints, stop: NDArray[np.int32], limits: Limits) -> Walked:
    """Return the stops of all paths. Rows are sorted by unit, then moment; those whose stop is below 0 are passed
    over. Linear in the rows."""
    if limits.start == NOWHERE and limits.end == NOWHERE:
        return _plain(unit, moment, stop, limits.steps, limits.gap)
    n = len(unit)
    found = Walked(np.empty(n, np.uint32), np.empty(n, np.int16), np.empty(n, np.int32), np.empty(n, np.int64))
    stops, times = np.empty(n, np.int32), np.empty(n, np.int64)
    size, row = 0, 0
    while row < n:
        begin = row
        row, count = _path(unit, moment, stop, row, limits.gap, stops, times)
        low, high = _between(stops[:count], limits)
        if high > low:
            size = _keep(stops[low:high], times[low:high], unit[begin], limits, found, size)
    return Walked(found.unit[:size], found.place[:size], found.stop[:size], found.took[:size])


@compiled
def _plain(unit: NDArray[np.uint32], moment: Ints, stop: NDArray[np.int32], steps: int, gap: int) -> Walked:
    """As `walk` without a start or an end, in one loop over plain arrays: most paths are short, and the handling of
    each would cost ten times the work itself."""
    n = len(unit)
    units, places = np.empty(n, np.uint32), np.empty(n, np.int16)
    stops, took = np.empty(n, np.int32), np.empty(n, np.int64)
    size, place, held, last, before, whose = 0, 0, -1, np.int64(0), np.int64(0), np.uint32(0)
    for row in range(n):
        here, now = stop[row], moment[row]
        if here < 0:
            continue
        if held < 0 or unit[row] != whose or now - last >= gap:
            place, whose, before = 0, unit[row], now
            units[size], places[size], stops[size], took[size] = whose, 0, here, 0
            size += 1
        elif here != held:
            place, before = place + 1, last
            if place < steps:
                units[size], places[size], stops[size], took[size] = whose, place, here, now - before
                size += 1
        elif 0 < place < steps:
            took[size - 1] = now - before
        held, last = here, now
    return Walked(units[:size], places[:size], stops[:size], took[:size])


@compiled
def _path(
    unit: NDArray[np.uint32], moment: Ints, stop: NDArray[np.int32], row: int, gap: int, stops: NDArray[np.int32],
    times: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Write the stops of the path that begins at the row, each run of the same stop once, at its last time; return
    (row of the next path, how many stops)."""
    whose, count = unit[row], 0
    while row < len(unit) and unit[row] == whose:
        if stop[row] < 0:
            row += 1
            continue
        if count and stops[count - 1] == stop[row] and moment[row] - times[count - 1] < gap:
            times[count - 1] = moment[row]
        elif count and moment[row] - times[count - 1] >= gap:
            break
        else:
            stops[count], times[count] = stop[row], moment[row]
            count += 1
        row += 1
    return row, count


@compiled
def _between(stops: NDArray[np.int32], limits: Limits) -> tuple[int, int]:
    """Return which stops are walked before any are cut: none if the path misses the start or the end."""
    low = _find(stops, limits.start, 0) if limits.start != NOWHERE else 0
    if low < 0:
        return 0, 0
    high = _find(stops, limits.end, low) if limits.end != NOWHERE else len(stops) - 1
    return low, high + 1


@compiled
def _find(stops: NDArray[np.int32], wanted: int, low: int) -> int:
    for i in range(low, len(stops)):
        if stops[i] == wanted:
            return i
    return -1


@compiled
def _keep(stops: NDArray[np.int32], times: Ints, unit: int, limits: Limits, found: Walked, size: int) -> int:
    """Add one path, cut to its steps; return the new size."""
    count, first = len(stops), size
    half = limits.steps // 2 if limits.start != NOWHERE and limits.end != NOWHERE else 0
    low = count - limits.steps if limits.end != NOWHERE and not half and count > limits.steps else 0
    for i in range(low, count):
        is_cut = half > 0 and count > limits.steps
        if (is_cut and half < i < count - half) or (half == 0 and i - low >= limits.steps):
            continue
        found.unit[size], found.place[size] = unit, size - first
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


@compiled
def coded(walked: Walked, width: int, steps: int, end: int) -> Stops:
    """Return the stops as nodes; `width` is how many stops there are, with CUT as the last, and `end` the stop that ends
    paths, NOWHERE for none. Nothing follows a stop that is neither the end nor the last of `steps`."""
    unit, place, stop, took = walked
    count = len(stop)
    node, ended, seen = np.empty(count, np.int32), np.empty(count, np.bool_), np.zeros(width * (steps + 1), np.bool_)
    for row in range(count):
        here = stop[row] if stop[row] != CUT else width - 1
        node[row] = place[row] * width + here
        seen[node[row]] = True
        goes_on = row + 1 < count and place[row + 1] > 0
        ended[row] = not goes_on and place[row] < steps - 1 and stop[row] != end
    return Stops(unit, place, node, took, ended, seen)


@compiled
def tallied(stops: Stops, table: NDArray[np.int32], nodes: int) -> Tally:
    """Count the stops by node; `table` says which of so many nodes each stands for."""
    counts, ended, quitters = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    latest = np.full(nodes, -1, np.int64)
    paths, units, whose = 0, 0, np.int64(-1)
    for row in range(len(stops.node)):
        here = table[stops.node[row]]
        counts[here] += 1
        paths += stops.place[row] == 0
        units += stops.unit[row] != whose
        whose = np.int64(stops.unit[row])
        if stops.ended[row]:
            ended[here] += 1
            quitters[here] += latest[here] != whose
            latest[here] = whose
    return Tally(counts, ended, quitters, paths, units)


@compiled
def ways(stops: Stops, table: NDArray[np.int32], nodes: int) -> Ways:
    """Count how often each node follows which other in a path; `table` as for `tallied`."""
    unit, place, node, took = stops.unit, stops.place, stops.node, stops.took
    slots, used, latest = _empty(1024), 0, np.full(1024, -1, np.int64)
    for row in range(len(node)):
        if place[row] == 0:
            continue
        if 2 * used >= len(slots):
            slots, latest = _wider(slots, latest)
        key = np.int64(table[node[row - 1]]) * nodes + table[node[row]]
        slot = _slot(slots, key)
        if slots[slot, 0] < 0:
            slots[slot, 0] = key
            used += 1
        slots[slot, 1] += 1
        slots[slot, 3] += took[row]
        if latest[slot] != unit[row]:
            latest[slot] = unit[row]
            slots[slot, 2] += 1
    held = slots[slots[:, 0] >= 0]
    held = held[np.argsort(held[:, 0])]
    return Ways(held[:, 0] // nodes, held[:, 0] % nodes, held[:, 1], held[:, 2], held[:, 3])


@compiled
def _empty(size: int) -> NDArray[np.int64]:
    """Return a table of slots: the pair of nodes (-1: free), times it was taken, units, microseconds."""
    table = np.zeros((size, 4), np.int64)
    table[:, 0] = -1
    return table


@compiled
def _slot(table: NDArray[np.int64], key: int) -> np.int64:
    """Return the slot of a pair of nodes, or the free one where it belongs."""
    mask = np.int64(len(table) - 1)
    slot = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & mask
    while table[slot, 0] >= 0 and table[slot, 0] != key:
        slot = (slot + 1) & mask
    return slot


@compiled
def _wider(table: NDArray[np.int64], latest: Ints) -> tuple[NDArray[np.int64], Ints]:
    wide, lately = _empty(2 * len(table)), np.full(2 * len(table), -1, np.int64)
    for old in range(len(table)):
        if table[old, 0] >= 0:
            slot = _slot(wide, table[old, 0])
            wide[slot] = table[old]
            lately[slot] = latest[old]
    return wide, lately
