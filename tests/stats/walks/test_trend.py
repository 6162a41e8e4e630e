"""Walks of trends: by hand, and the same as sets over random rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.placing import folded, placed
from callsheet.stats.walks.trend import distinct, firsts, trailing

rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(-1, 3)), max_size=40).map(sorted)
"""(unit, time, cell), sorted as rows are."""


def columns(found: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    unit, when, cell = ([row[i] for row in found] for i in range(3))
    return np.array(unit, np.uint32), np.array(when, np.int64), np.array(cell, np.int32)


@settings(max_examples=100, deadline=None)
@given(rows)
def test_distinct_units_and_first_rows(found: list[tuple[int, int, int]]) -> None:
    unit, _, cell = columns(found)
    wanted = [len({u for u, _, c in found if c == one}) for one in range(4)]
    assert distinct(unit, cell, 4).tolist() == wanted
    seen: set[tuple[int, int]] = set()
    marks = []
    for u, _, c in found:
        marks.append(c >= 0 and (u, c) not in seen)
        seen.add((u, c))
    assert firsts(unit, cell, 4).tolist() == marks


@settings(max_examples=100, deadline=None)
@given(rows, st.integers(1, 4), st.integers(1, 3))
def test_trailing_windows(found: list[tuple[int, int, int]], length: int, step: int) -> None:
    """Windows of `length` moments that end every `step` moments."""
    unit, when, line = columns(found)
    ends = np.arange(1, 10, step)
    low = np.searchsorted(ends, when, side="right").astype(np.int32)
    high = (np.searchsorted(ends - length, when, side="right") - 1).astype(np.int32)
    counts = trailing(unit, line, low, high, 4, len(ends)).reshape(4, len(ends))
    for one in range(4):
        for i, end in enumerate(ends.tolist()):
            assert counts[one, i] == len({u for u, w, c in found if c == one and end - length <= w < end})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-3, 30), max_size=30), st.lists(st.integers(0, 25), min_size=2, max_size=6, unique=True))
def test_places(when: list[int], edges: list[int]) -> None:
    bounds = sorted(edges)
    wanted = [next((i for i in range(len(bounds) - 1) if bounds[i] <= w < bounds[i + 1]), -1) for w in when]
    assert placed(np.array(when, np.int64), np.array(bounds, np.int64)).tolist() == wanted


def test_an_interval_without_length_holds_nothing() -> None:
    """A day that a zone skipped begins and ends at once (Samoa, 30 December 2011)."""
    assert placed(np.array([4, 5, 6], np.int64), np.array([0, 5, 5, 9], np.int64)).tolist() == [0, 2, 2]


@settings(max_examples=100, deadline=None)
@given(rows)
def test_folded(found: list[tuple[int, int, int]]) -> None:
    ordered = sorted((u, c, w) for u, w, c in found)
    unit, place = (np.array([row[i] for row in ordered]) for i in (0, 1))
    count = np.arange(1, len(ordered) + 1)
    wanted: dict[tuple[int, int], int] = {}
    for u, c, n in zip(unit.tolist(), place.tolist(), count.tolist(), strict=True):
        if c >= 0:
            wanted[(u, c)] = wanted.get((u, c), 0) + n
    units, places, counts = folded(unit.astype(np.uint32), place.astype(np.int32), count.astype(np.int64))
    assert list(zip(units.tolist(), places.tolist(), strict=True)) == list(wanted)
    assert counts.tolist() == list(wanted.values())
