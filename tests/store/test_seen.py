"""What was taken lately, against a plain set of ids with their times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.store.seen import SLICES, Seen, hashes_of

DAY = 86400.0
STEPS = st.lists(
    st.tuples(st.lists(st.integers(0, 60), max_size=30), st.floats(0, DAY / 3)), min_size=1, max_size=25
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(steps=STEPS, most=st.sampled_from([0, 20, 10_000]))
def test_what_is_new_agrees_with_a_plain_dictionary(steps: Any, most: int) -> None:
    """Of what was first taken within the span nothing is new; of what is older than span and a slice, everything."""
    seen, taken, now = Seen(DAY, most=most), dict[int, float](), 0.0
    for ids, pause in steps:
        now += pause
        seen.add(hashes_of([]), now)
        fresh = seen.new(hashes_of([str(one) for one in ids]))
        before: set[int] = set()
        for one, new in zip(ids, fresh, strict=True):
            age = now - taken.get(one, -np.inf)
            if one in before or age <= DAY:
                assert not new
            elif age > DAY * (1 + 1 / SLICES):
                assert new
            if new:
                taken[one] = now
            before.add(one)
        seen.add(hashes_of([str(one) for one in ids])[fresh], now)


def test_what_was_taken_before_the_start_is_known_by_its_age() -> None:
    seen = Seen(DAY)
    old = hashes_of([str(number) for number in range(100)])
    moments = 1e6 - np.linspace(2 * DAY, -DAY, 100)  # the last third lies in the future: a clock that was set back
    seen.load(old, moments, 1e6)
    fresh = seen.new(old)
    assert not fresh[moments >= 1e6 - DAY].any()
    assert fresh[moments < 1e6 - DAY * (1 + 1 / SLICES)].all()
    assert fresh.any()


def test_there_are_few_arrays_however_many_groups_came() -> None:
    seen = Seen(DAY)
    for number in range(2000):
        seen.add(hashes_of([f"{number}-{n}" for n in range(5)]), number)
    arrays = [array for one in seen._slices.values() for array in one.held]
    assert len(seen) == 10_000
    assert len(arrays) <= 8  # each at least four times as long as the next: log4(10000) and one
    assert all((np.diff(array.astype(object)) > 0).all() for array in arrays)


def test_old_hashes_leave_the_memory_and_are_known_all_the_same(tmp_path: Path) -> None:
    seen, ids = Seen(DAY, tmp_path, most=50), [str(number) for number in range(200)]
    for number in range(4):
        seen.add(hashes_of(ids[number * 50 : number * 50 + 50]), number * DAY / SLICES)
    held = [len(array) for one in seen._slices.values() for array in one.held]
    filed = [len(array) for one in seen._slices.values() for array in one.filed]
    assert sum(held) <= 50
    assert sum(held) + sum(filed) == 200
    assert not seen.new(hashes_of(ids)).any()
    assert seen.new(hashes_of(["another"])).all()
    assert list(tmp_path.iterdir()) == [], "the files have no name, so that nothing is left behind"


def test_a_full_disk_only_keeps_them_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("callsheet.store.seen.tempfile.TemporaryFile", full)
    seen = Seen(DAY, tmp_path, most=1)
    for number in range(4):
        seen.add(hashes_of([str(number), f"{number}b"]), number * DAY / SLICES)
    assert not seen.new(hashes_of([str(number) for number in range(4)])).any()
