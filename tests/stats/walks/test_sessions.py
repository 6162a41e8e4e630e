"""Sessions against a plain walk over lists."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.sessions import sessions

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(-1, 2)), max_size=25).map(
    lambda rows: sorted(rows, key=lambda row: row[:2])
)
Session = tuple[int, int, int, int]


def found(rows: list[tuple[int, int, int]], gap: int, keyed: bool) -> list[Session]:
    unit, moment, key = (np.array([row[i] for row in rows]) for i in range(3))
    done = sessions(unit.astype(np.uint32), moment.astype(np.int64), gap, key.astype(np.int32) if keyed else None)
    for row, begin in zip(done.row, done.begin, strict=True):
        assert moment[row] == begin
    return sorted(zip(*(column.tolist() for column in (done.unit, done.begin, done.end, done.events)), strict=True))


def slow(rows: list[tuple[int, int, int]], gap: int, keyed: bool) -> list[Session]:
    keys = {(unit, key if keyed else -1) for unit, _, key in rows}
    every: list[list[tuple[int, int]]] = []
    for unit, key in keys:
        moments = [moment for one, moment, told in rows if one == unit and (told == key or not keyed)]
        parts = [[moments[0]]]
        for before, now in pairwise(moments):
            if key < 0 and now - before >= gap:
                parts.append([])
            parts[-1].append(now)
        every += [[(unit, moment) for moment in part] for part in parts]
    return sorted((part[0][0], part[0][1], part[-1][1], len(part)) for part in every)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(1, 20), st.booleans())
def test_same_as_by_lists(rows: list[tuple[int, int, int]], gap: int, keyed: bool) -> None:
    assert found(rows, gap, keyed) == slow(rows, gap, keyed)


def test_known() -> None:
    """A pause of 10 begins a new session, one of 9 does not; a key holds together what lies 30 apart."""
    rows = [(0, 0, -1), (0, 9, -1), (0, 19, -1), (1, 0, 1), (1, 5, 2), (1, 30, 1)]
    assert found(rows, 10, keyed=True) == [(0, 0, 9, 2), (0, 19, 19, 1), (1, 0, 30, 2), (1, 5, 5, 1)]
    assert found(rows, 10, keyed=False) == [(0, 0, 9, 2), (0, 19, 19, 1), (1, 0, 5, 2), (1, 30, 30, 1)]
