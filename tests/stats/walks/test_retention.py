"""Retention over random starts and returns: the same as sets."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.retention import amounts, grid
from callsheet.usage.questions.returns import offset_of

COHORTS = 4
Starts: TypeAlias = dict[tuple[int, int], int]
Returns: TypeAlias = list[tuple[int, int, int]]
active = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, COHORTS - 1)), st.just(0), max_size=20)
returns = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(-2, 5)), max_size=40).map(sorted)
sizes = st.lists(st.integers(1, 3), min_size=1, max_size=4)
lines = st.lists(st.integers(-1, 1), min_size=6, max_size=6)


def columns_of(found: list[int]) -> list[range]:
    """The numbers of intervals that each column after the first holds."""
    edges = np.cumsum([1, *found]).tolist()
    return [range(low, high) for low, high in pairwise(edges)]


@settings(max_examples=100, deadline=None)
@given(active, returns, sizes, lines, st.booleans())
def test_grid(starts: Starts, back: Returns, size: list[int], line: list[int], unbounded: bool) -> None:
    began, came = sorted(starts), sorted({(u, p) for u, p, _ in back})
    found = grid(
        *pair(began), *pair(came), np.array(line, np.int32), (2, COHORTS, len(size) + 1), offset_of(size), unbounded
    )
    for one in range(2):
        for c in range(COHORTS):
            who = {u for u, p in began if p == c and line[u] == one}
            row = [who, *({u for u in who if any((u, c + d) in came for d in near)} for near in columns_of(size))]
            if unbounded:
                row = [set().union(*row[k:]) if k else who for k in range(len(row))]
            assert found[one, c].tolist() == [len(cell) for cell in row]


def pair(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([u for u, _ in found], np.uint32), np.array([p for _, p in found], np.int32)


@settings(max_examples=100, deadline=None)
@given(active, returns, sizes, lines, st.booleans())
def test_amounts(starts: Starts, back: Returns, size: list[int], line: list[int], strictly: bool) -> None:
    """Moments are ten to an interval; a start is in the middle of its interval, a return at 0 to 7; -2 is no number."""
    began = sorted(starts)
    unit, place = pair(began)
    moments = place.astype(np.int64) * 10 + 3
    units, places = pair([(u, p) for u, p, _ in back])
    when = np.array([p * 10 + v + 2 for _, p, v in back], np.int64)
    value = np.array([np.nan if v == -2 else v for _, _, v in back], np.float64)
    rows = (places, when, value)
    shape = (2, COHORTS, len(size) + 1)
    sums, counts = amounts(
        (unit, place, moments), units, rows, np.array(line, np.int32), shape, offset_of(size), strictly
    )
    for u, c in began:
        if line[u] >= 0:
            first = c * 10 + 3
            near = [[c], *([c + d for d in one] for one in columns_of(size))]
            for k, held in enumerate(near):
                mine = [v for w, p, v in back if w == u and p in held and (k or not strictly or p * 10 + v + 2 > first)]
                sums[line[u], c, k] -= sum(v for v in mine if v != -2)
                counts[line[u], c, k] -= bool(mine) or k == 0
    assert not sums.any()
    assert not counts.any()
