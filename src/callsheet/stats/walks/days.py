"""Walks over active local days: each unit and day once, sorted, with the number of rows that stand behind.

Days fall into intervals by a table: `table[day - first]` is the interval of a day, -1 for none; outside of the table
there is none. Later days are never in earlier intervals.
"""

from __future__ import annotations

import numpy as np

from callsheet.model.history import Codes, Days
from callsheet.stats.compiled import compiled
from callsheet.stats.walks.placing import Counts, Places


@compiled
def uniques(
    unit: Codes, day: Days, count: Codes, first: int, table: Places, intervals: int
) -> tuple[Counts, Counts]:  # fmt: skip
    """Return how many units are active in each interval, then in any; and the same of rows."""
    units, rows = np.zeros(intervals + 1, np.int64), np.zeros(intervals + 1, np.int64)
    whose, latest = np.int64(-1), np.int32(-1)
    for i in range(len(unit)):
        ahead = day[i] - first
        place = table[ahead] if 0 <= ahead < len(table) else np.int32(-1)
        if place < 0:
            continue
        if unit[i] != whose:
            whose, latest = np.int64(unit[i]), np.int32(-1)
            units[intervals] += 1
        units[place] += place != latest
        latest = place
        rows[place] += count[i]
    rows[intervals] = rows[:intervals].sum()
    return units, rows


@compiled
def steadiness(
    unit: Codes, day: Days, count: Codes, first: int, table: Places, intervals: int, least: int, most: int
) -> Counts:  # fmt: skip
    """Return how many units have one interval, two, and so on up to all, with `least` to `most` rows each."""
    found = np.zeros(intervals + 1, np.int64)
    whose, latest, rows, steady = np.int64(-1), np.int32(-1), np.int64(0), 0
    for i in range(len(unit)):
        ahead = day[i] - first
        place = table[ahead] if 0 <= ahead < len(table) else np.int32(-1)
        if place < 0:
            continue
        if unit[i] != whose or place != latest:
            steady += int(latest >= 0 and least <= rows <= most)
            rows, latest = np.int64(0), place
        if unit[i] != whose:
            found[steady] += 1
            whose, steady = np.int64(unit[i]), 0
        rows += count[i]
    steady += int(latest >= 0 and least <= rows <= most)
    found[steady] += 1
    return found[1:]
