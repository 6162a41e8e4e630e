"""Sessions: stretches of a unit's rows without a pause, or with the same key."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Codes, Moments
from callsheet.stats.compiled import compiled

Ints = NDArray[np.int64]


class Sessions(NamedTuple):
    """One entry for each session: whose it is, its first row, its first and last moment, and its rows."""

    unit: Ints
    row: Ints
    begin: Ints
    end: Ints
    events: Ints


def sessions(unit: Codes, moment: Moments, gap: int, key: NDArray[np.int32] | None = None) -> Sessions:
    """Return the sessions of rows that are sorted by unit, then moment.

    A pause of `gap` microseconds or more begins a new one. Rows with a `key` (not -1) of the same unit belong
    together whatever the pause, also where two sessions run side by side. In order of unit, key and beginning.
    """
    if key is None:
        return _walk(unit, moment, np.full(len(unit), -1, np.int32), np.arange(len(unit)), gap)
    order = np.lexsort((key, unit))
    return _walk(unit, moment, key, order, gap)


@compiled
def _walk(unit: Codes, moment: Moments, key: NDArray[np.int32], order: Ints, gap: int) -> Sessions:
    n = len(order)
    found = Sessions(
        np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64),
        np.empty(n, np.int64),
    )  # fmt: skip
    count, before = 0, -1
    for row in order:
        fresh = before < 0 or unit[row] != unit[before] or key[row] != key[before]
        if fresh or (key[row] < 0 and moment[row] - moment[before] >= gap):
            found.unit[count], found.row[count], found.begin[count] = unit[row], row, moment[row]
            found.events[count] = 0
            count += 1
        found.end[count - 1] = moment[row]
        found.events[count - 1] += 1
        before = row
    return Sessions(found.unit[:count], found.row[:count], found.begin[:count], found.end[:count], found.events[:count])
