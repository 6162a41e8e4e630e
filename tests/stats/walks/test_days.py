"""Walks over active local days, against sets of units counted one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.days import steadiness, uniques

PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(95, 112)), st.integers(1, 4), max_size=40
)  # unit and day: rows
TABLES = st.lists(st.integers(1, 4), min_size=1, max_size=5)  # days of each interval
FIRST = 100


def _columns(pairs: dict[tuple[int, int], int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = sorted(pairs)
    units = np.array([unit for unit, _ in keys], np.uint32)
    days = np.array([day for _, day in keys], np.int32)
    return units, days, np.array([pairs[key] for key in keys], np.uint32)


def _cells(pairs: dict[tuple[int, int], int], table: list[int]) -> Counter[tuple[int, int]]:
    """Rows by unit and interval."""
    found: Counter[tuple[int, int]] = Counter()
    for (unit, day), count in pairs.items():
        if FIRST <= day < FIRST + len(table) and table[day - FIRST] >= 0:
            found[unit, table[day - FIRST]] += count
    return found


@given(PAIRS, TABLES)
@settings(max_examples=60, deadline=None)
def test_units_and_rows_by_interval(pairs: dict[tuple[int, int], int], lengths: list[int]) -> None:
    table = [-1, *(place for place, length in enumerate(lengths) for _ in range(length))]
    cells = _cells(pairs, table)
    units, rows = uniques(*_columns(pairs), FIRST, np.array(table, np.int32), len(lengths))
    places = range(len(lengths))
    assert units.tolist() == [*(sum(at == place for _, at in cells) for place in places), len({u for u, _ in cells})]
    assert rows.tolist() == [
        *(sum(n for (_, at), n in cells.items() if at == place) for place in places),
        cells.total(),
    ]


@given(PAIRS, TABLES, st.integers(1, 3), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_units_by_their_number_of_intervals(
    pairs: dict[tuple[int, int], int], lengths: list[int], least: int, more: int
) -> None:
    table = [-1, *(place for place, length in enumerate(lengths) for _ in range(length))]
    times = Counter(unit for (unit, _), n in _cells(pairs, table).items() if least <= n <= least + more)
    found = steadiness(*_columns(pairs), FIRST, np.array(table, np.int32), len(lengths), least, least + more)
    assert found.tolist() == [sum(n == number + 1 for n in times.values()) for number in range(len(lengths))]
