"""Lifecycle: for every unit and interval, whether it is new, returning, resurrected or dormant.

The rules are PostHog's. A unit's first active interval of the rows is *new* when the unit was created in it, else
*resurrected*; a later one is *returning* when the unit was active in the interval just before, else *resurrected*;
the interval after an active one is *dormant* when the unit is not active in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Codes
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.placing import Places

NEW, RETURNING, RESURRECTED, DORMANT = 0, 1, 2, 3


@compiled
def states(
    unit: Codes, place: Places, created: Places, intervals: int
) -> tuple[Codes, Places, NDArray[np.int8]]:  # fmt: skip
    """Return rows (unit, interval, state), one for each unit and interval that has a state.

    `unit` and `place` hold each active interval once, sorted; `created[code]` is the interval of creation, -1 when
    it is outside. Dormancy in an interval beyond the last is left out.
    """
    units, places = np.empty(2 * len(unit), np.uint32), np.empty(2 * len(unit), np.int32)
    found = np.empty(2 * len(unit), np.int8)
    n = 0
    for i in range(len(unit)):
        opens = i == 0 or unit[i - 1] != unit[i]
        closes = i == len(unit) - 1 or unit[i + 1] != unit[i]
        if opens:
            state = NEW if created[unit[i]] == place[i] else RESURRECTED
        else:
            state = RETURNING if place[i - 1] == place[i] - 1 else RESURRECTED
        units[n], places[n], found[n] = unit[i], place[i], state
        n += 1
        if place[i] + 1 < intervals and (closes or place[i + 1] != place[i] + 1):
            units[n], places[n], found[n] = unit[i], place[i] + 1, DORMANT
            n += 1
    return units[:n], places[:n], found[:n]
