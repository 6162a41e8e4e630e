"""Paths: worked by hand, and the same as a plain walk over lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.stats.walks.paths import CUT, NOWHERE, Limits, Walked, walk

Path = list[tuple[int, int]]


def walked(rows: list[tuple[int, int, int]], limits: Limits) -> Walked:
    """Walk rows (unit, moment, stop)."""
    unit, moment, stop = (np.array([row[i] for row in rows]) for i in range(3))
    return walk(unit.astype(np.uint32), moment.astype(np.int64), stop.astype(np.int32), limits)


def paths(done: Walked) -> list[Path]:
    """The paths as lists of (stop, time since the one before)."""
    found: dict[int, Path] = {}
    for path, place, stop, took in zip(np.cumsum(done.place == 0), done.place, done.stop, done.took, strict=True):
        assert place == len(found.setdefault(int(path), []))
        found[int(path)].append((int(stop), int(took)))
    return list(found.values())


def slow(rows: list[tuple[int, int, int]], limits: Limits) -> list[Path]:
    """The same from the definition, with lists."""
    sessions: list[list[tuple[int, int, int]]] = []
    for row in rows:
        before = sessions[-1][-1] if sessions else None
        if before and before[0] == row[0] and row[1] - before[1] < limits.gap:
            sessions[-1].append(row)
        else:
            sessions.append([row])
    return [path for session in sessions if (path := _slow_path(session, limits))]


def _slow_path(session: list[tuple[int, int, int]], limits: Limits) -> Path:
    stops = [
        one for one, after in zip(session, [*session[1:], None], strict=True) if after is None or after[2] != one[2]
    ]
    seen = [stop for _, _, stop in stops]
    if limits.start != NOWHERE:
        stops = stops[seen.index(limits.start) :] if limits.start in seen else []
        seen = [stop for _, _, stop in stops]
    if limits.end != NOWHERE:
        stops = stops[: seen.index(limits.end) + 1] if limits.end in seen else []
    most, half = limits.steps, limits.steps // 2
    if len(stops) > most and NOWHERE not in (limits.start, limits.end):
        stops = [*stops[:half], (*stops[half][:2], CUT), *stops[-half:]]
    elif limits.end != NOWHERE:
        stops = stops[-most:]
    else:
        stops = stops[:most]
    times = [moment for _, moment, _ in stops]
    return [(stop, now - before) for (_, _, stop), now, before in zip(stops, times, times[:1] + times, strict=False)]


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 3)), max_size=25).map(sorted)


@settings(max_examples=100, deadline=None)
@given(
    ROWS, st.sampled_from([NOWHERE, 0, 1]), st.sampled_from([NOWHERE, 0, 2, 3]), st.integers(2, 5), st.integers(1, 20)
)
def test_same_as_by_lists(rows: list[tuple[int, int, int]], start: int, end: int, steps: int, gap: int) -> None:
    limits = Limits(start, end, steps, gap)
    assert paths(walked(rows, limits)) == slow(rows, limits)


def one(text: str) -> list[tuple[int, int, int]]:
    return [(0, moment, "abcd".index(letter)) for moment, letter in enumerate(text)]


KNOWN = {
    "all of it": ("abc", NOWHERE, NOWHERE, 5, ["abc"]),
    "the same several times is one": ("aabba", NOWHERE, NOWHERE, 5, ["aba"]),
    "the first so many": ("abcdab", NOWHERE, NOWHERE, 3, ["abc"]),
    "from the first time on": ("cabab", 0, NOWHERE, 5, ["abab"]),
    "never at the start": ("cbd", 0, NOWHERE, 5, []),
    "up to the first time": ("abcbc", NOWHERE, 2, 5, ["abc"]),
    "the last so many up to the end": ("abadc", NOWHERE, 2, 3, ["adc"]),
    "from the one to the other": ("cabdcb", 0, 2, 5, ["abdc"]),
    "the end before the start does not count": ("cab", 0, 2, 5, []),
    "what is too long is cut in the middle": ("abdbdbc", 0, 2, 4, ["ab.bc"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end", "steps", "expected"), KNOWN.values(), ids=KNOWN)
def test_known(text: str, start: int, end: int, steps: int, expected: list[str]) -> None:
    """As PostHog's paths: worked by hand."""
    found = paths(walked(one(text), Limits(start, end, steps, 10)))
    assert ["".join("." if stop == CUT else "abcd"[stop] for stop, _ in path) for path in found] == expected


def test_times_are_from_the_last_of_a_run_to_the_last_of_the_next() -> None:
    rows = [(0, 0, 0), (0, 4, 0), (0, 5, 1), (0, 9, 1)]
    assert paths(walked(rows, Limits(NOWHERE, NOWHERE, 5, 10))) == [[(0, 0), (1, 5)]]


def test_a_pause_of_the_gap_begins_a_new_path() -> None:
    rows = [(0, 0, 0), (0, 9, 1), (0, 19, 2)]
    assert paths(walked(rows, Limits(NOWHERE, NOWHERE, 5, 10))) == [[(0, 0), (1, 9)], [(2, 0)]]
