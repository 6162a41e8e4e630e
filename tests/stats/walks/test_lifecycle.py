"""Lifecycle and stickiness over random rows: the same as sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.lifecycle import DORMANT, NEW, RESURRECTED, RETURNING, states
from callsheet.stats.walks.stickiness import intervals_active

rows = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 6)), st.integers(1, 4), max_size=25)


@settings(max_examples=100, deadline=None)
@given(rows, st.lists(st.integers(-1, 6), min_size=6, max_size=6))
def test_states(found: dict[tuple[int, int], int], created: list[int]) -> None:
    unit, place = np.array([u for u, _ in sorted(found)], np.uint32), np.array([p for _, p in sorted(found)], np.int32)
    wanted = set()
    for u, p in found:
        first = not any((u, before) in found for before in range(p))
        state = NEW if first and created[u] == p else RETURNING if (u, p - 1) in found else RESURRECTED
        wanted.add((u, p, state))
        if p + 1 < 7 and (u, p + 1) not in found:
            wanted.add((u, p + 1, DORMANT))
    told = states(unit, place, np.array(created, np.int32), 7)
    assert sorted(zip(*(column.tolist() for column in told), strict=True)) == sorted(wanted)


@settings(max_examples=100, deadline=None)
@given(rows, st.integers(1, 3), st.integers(1, 4))
def test_intervals_active(found: dict[tuple[int, int], int], least: int, most: int) -> None:
    ordered = sorted(found)
    unit = np.array([u for u, _ in ordered], np.uint32)
    count = np.array([found[key] for key in ordered], np.int64)
    wanted: dict[int, int] = {}
    for key in ordered:
        if least <= found[key] <= most:
            wanted[key[0]] = wanted.get(key[0], 0) + 1
    units, intervals = intervals_active(unit, count, least, most)
    assert dict(zip(units.tolist(), intervals.tolist(), strict=True)) == wanted
