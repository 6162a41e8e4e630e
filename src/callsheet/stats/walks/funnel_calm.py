"""The quick way through a funnel's ordinary rows: each alone in its moment, with steps only, none optional.

The same rules as `funnel.event`, in one loop over plain arrays: calls and the counting of references would cost
ten times the work itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.stats.compiled import compiled
from callsheet.stats.walks.funnel import NONE, Chains, Ints, Rules

_HIGHEST = np.array([0] + [int(one).bit_length() for one in range(1, 256)], np.int64)


@compiled
def calm(
    moment: Ints, marks: Ints, label: Ints, row: int, hi: int, own: int, until: int, rules: Rules, chains: Chains
) -> int:
    """Walk rows from `row` on, up to the first that needs care or the end of the run; return where that is.

    Not for optional steps, nor once a chain of the run was spoiled.
    """
    start, bits, times, steps, window = chains.start, chains.bits, chains.times, rules.steps, rules.window
    every, named, furthest = (1 << steps) - 1, rules.named, chains.furthest[0]
    while row < hi and start[steps] == NONE:
        now, wanted = moment[row], marks[row]
        if wanted > every or (row + 1 < hi and moment[row + 1] == now):
            break
        if now - window > until:
            row = hi
            break
        start[0] = now if now < until else NONE
        for step in range(steps, 0, -1):
            since = start[step - 1]
            if not (wanted >> (step - 1)) & 1 or since == NONE or now - since > window or start[step] == since:
                continue
            if step == named and label[row] != own:
                continue
            start[step], bits[step] = since, (1 << step) - 1
            _follow(times, step, step, now)
            if step > furthest:
                furthest = step
                start[steps + 1], bits[steps + 1] = since, bits[step]
                _follow(times, step, steps + 1, now)
        if rules.strict:
            _clear(start, wanted, steps)
        row += 1
    chains.furthest[0] = furthest
    return row


@compiled
def _follow(times: Ints, step: int, into: int, now: int) -> None:
    for k in range(step - 1):
        times[into, k] = times[step - 1, k]
    times[into, step - 1] = now


@compiled
def _clear(start: Ints, wanted: int, steps: int) -> None:
    for step in range(1, steps + 1):
        if not (wanted >> (step - 1)) & 1:
            start[step] = NONE


@compiled
def highest(marks: int) -> int:
    """Return the last step among marks (counted from 1)."""
    ahead = 0
    while marks >= 256:
        marks >>= 8
        ahead += 8
    return int(ahead + _HIGHEST[marks])


@compiled
def easy(
    moment: Ints, marks: Ints, lo: Ints, hi: Ints, steps: int, window: int, bits: Ints, times: Ints
) -> NDArray[np.bool_]:
    """Walk the runs of which no moment needs care: where rows of one moment differ, or exclude, the run is left alone
    and marked. Ordered, no step optional, any label, starts at any time: as `calm`, for many runs at a time."""
    left = np.zeros(len(lo), np.bool_)
    start, took = np.full(steps + 1, NONE, np.int64), np.zeros((steps + 1, steps), np.int64)
    for i in range(len(lo)):
        furthest = _easy(moment, marks, lo[i], hi[i], window, start, took, times, i)
        left[i] = furthest < 0
        bits[i] = (1 << max(furthest, 0)) - 1
    return left


@compiled
def _easy(
    moment: Ints, marks: Ints, row: int, end: int, window: int, start: Ints, took: Ints, times: Ints, i: int
) -> int:
    """Walk run `i`; return the furthest step, whose times are kept in `times`, or -1 where care is needed."""
    steps, furthest, looked = len(start) - 1, 0, row
    start[1:] = NONE
    while row < end and start[steps] == NONE:
        now, wanted = moment[row], marks[row]
        while looked < end and moment[looked] == now:  # all of the moment: a run may be over before its last row
            if marks[looked] != wanted:
                return -1
            looked += 1
        if wanted >> steps:
            return -1
        start[0] = now
        while wanted:
            step = highest(wanted)
            wanted ^= 1 << (step - 1)
            since = start[step - 1]
            if since == NONE or now - since > window or start[step] == since:
                continue
            start[step], took[step, step - 1] = since, now
            took[step, : step - 1] = took[step - 1, : step - 1]
            if step > furthest:
                furthest = step
                times[i, :step] = took[step, :step]
        row += 1
    return furthest
