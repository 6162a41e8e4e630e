"""The loops of rollups: rows into pairs of unit and local day, and pairs put together.

Pairs are three columns: unit, day, and how many rows stand behind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.compiled import compiled
from callsheet.store.histories.kernels import Codes, Moments, Positions, Wholes

Days = NDArray[np.int32]
DAY = 86_400_000_000


@compiled
def roll(
    rows: Positions, unit_of: Codes, event: Any, moment: Moments, starts: Wholes, shifts: Wholes, low: int, high: int,
    any_event: int, of: Codes, unit: Codes, day: Days, count: Codes,
) -> int:  # fmt: skip
    """Write the pairs of each event, and of `any_event`, as they begin; return how many.

    Rows come by unit (`unit_of` stands beside them) and moment, so that the pairs of one event do too; none of a unit
    is in two calls. `starts` and `shifts` are the stretches of constant offset from UTC; rows outside `[low, high)` are
    left out.
    """
    latest = np.full(any_event + 1, -1, np.int64)
    pairs, first, stretch = 0, 0, 0
    whose, day_end, today = np.int64(-1), np.int64(0), np.int64(0)
    for place in range(len(rows)):
        row = rows[place]
        now, this = moment[row], np.int64(unit_of[place])
        if now < low or now >= high:
            continue
        if this != whose:
            whose, first, day_end = this, pairs, np.int64(low)
        if now >= day_end:
            stretch = np.searchsorted(starts, now, side="right") - 1
            today = (now + shifts[stretch]) // DAY
            day_end = (today + 1) * DAY - shifts[stretch]
            if stretch + 1 < len(starts):
                day_end = min(day_end, starts[stretch + 1])
        for code in (np.int64(event[row]), np.int64(any_event)):
            pair = latest[code]
            if pair < first or day[pair] != today:
                latest[code] = pair = pairs
                of[pair], unit[pair], day[pair], count[pair] = code, this, today, 0
                pairs += 1
            count[pair] += 1
    return pairs


@compiled
def cut(
    unit: Codes, day: Days, count: Codes, first: int, end: int, stale: NDArray[np.bool_], found_unit: Codes,
    found_day: Days, found_count: Codes,
) -> tuple[int, int]:  # fmt: skip
    """Keep the pairs of the days `[first, end)` of units that are not stale (an empty table: none is). Return how
    many, and how many rows have no unit (code 0, the first), which are left out."""
    pairs, left_out, aging, place = 0, np.int64(0), len(stale) > 0, 0
    while place < len(unit) and unit[place] == 0:
        if first <= day[place] < end and not (aging and stale[0]):
            left_out += count[place]
        place += 1
    for one in range(place, len(unit)):
        found_unit[pairs], found_day[pairs], found_count[pairs] = unit[one], day[one], count[one]
        keeps = (day[one] >= first) & (day[one] < end)
        if aging and stale[unit[one]]:
            keeps = False
        pairs += keeps
    return pairs, int(left_out)


@compiled
def united(
    unit: Codes, day: Days, count: Codes, unit_2: Codes, day_2: Days, count_2: Codes
) -> tuple[Codes, Days, Codes]:
    """Return the pairs of two sorted lists as one, adding up those of the same unit and day."""
    most = len(unit) + len(unit_2)
    units, days, counts = np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.uint32)
    one, other, pairs = 0, 0, 0
    while one < len(unit) or other < len(unit_2):
        left = other >= len(unit_2) or (
            one < len(unit) and (unit[one] < unit_2[other] or (unit[one] == unit_2[other] and day[one] <= day_2[other]))
        )
        right = one >= len(unit) or (
            other < len(unit_2) and (not left or (unit[one] == unit_2[other] and day[one] == day_2[other]))
        )
        units[pairs], days[pairs] = (unit[one], day[one]) if left else (unit_2[other], day_2[other])
        counts[pairs] = (count[one] if left else 0) + (count_2[other] if right else 0)
        one += left
        other += right
        pairs += 1
    return units[:pairs], days[:pairs], counts[:pairs]
