"""Stickiness: in how many distinct intervals each unit was active."""

from __future__ import annotations

import numpy as np

from callsheet.model.history import Codes
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.placing import Counts, Places


@compiled
def intervals_active(unit: Codes, count: Counts, least: int, most: int) -> tuple[Codes, Places]:
    """Return each unit with the number of its intervals in which it did the event `least` to `most` times.

    Rows hold each unit and interval once, sorted by unit. Units without such an interval are left out.
    """
    units, found = np.empty(len(unit), np.uint32), np.empty(len(unit), np.int32)
    n = 0
    for i in range(len(unit)):
        if count[i] < least or count[i] > most:
            continue
        if n and units[n - 1] == unit[i]:
            found[n - 1] += 1
            continue
        units[n], found[n] = unit[i], 1
        n += 1
    return units[:n], found[:n]
