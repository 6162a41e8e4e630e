"""Which stage limits the flow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.little import bottleneck, little_residual


def test_by_hand() -> None:
    # Every item: 1, 2, 6, 3 days. Review (index 2) at the median of the others: 12 -> 8 days.
    found = bottleneck([[1, 2, 6, 3]] * 12)
    assert found is not None
    assert found.stage == 2
    assert (found.whole, found.relieved) == pytest.approx((12, 8))
    assert (found.gain, found.low, found.high) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert found.gains == pytest.approx((0, 0, 1 / 3, 1 / 12))  # the last: 3 -> 2 of 12
    assert found.medians == (1, 2, 6, 3)
    assert found.sure == 1


def planted(n: int, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Long-tailed stages of medians 1, 1.5, 4 and .5 days; the third is the planted bottleneck."""
    rng = np.random.default_rng(seed)
    return np.array([1, 1.5, 4, 0.5]) * rng.lognormal(0, 0.8, (n, 4))


def test_the_planted_stage_is_found_with_an_interval_that_narrows() -> None:
    few, many = bottleneck(planted(40)), bottleneck(planted(800))
    assert few is not None
    assert many is not None
    assert few.stage == many.stage == 2
    assert many.sure == 1
    assert many.low <= many.gain <= many.high
    assert many.high - many.low < few.high - few.low


def test_equal_stages_are_not_a_sure_bottleneck() -> None:
    found = bottleneck(np.random.default_rng(1).lognormal(0, 0.8, (60, 4)))
    assert found is not None
    assert found.sure < 0.9
    assert found.gain < 0.15


def test_skipped_stages_do_not_count_as_fast() -> None:
    times = np.array([[1.0, 2.0, 9.0]] * 10 + [[1.0, 2.0, np.nan]] * 5)
    found = bottleneck(times)
    assert found is not None
    assert found.medians == (1, 2, 9)
    assert found.stage == 2


@given(st.integers(0, 1000), st.floats(0.1, 50))
def test_the_unit_does_not_matter(seed: int, factor: float) -> None:
    times = planted(15, seed)
    one, other = bottleneck(times, resamples=20), bottleneck(times * factor, resamples=20)
    assert one is not None
    assert other is not None
    assert other.gains == pytest.approx(one.gains, abs=1e-9)
    assert all(0 <= g < 1 for g in one.gains)


def test_too_little_has_no_answer() -> None:
    assert bottleneck([[1, 2]] * 9) is None
    assert bottleneck([[1, np.nan]] * 20) is None
    assert bottleneck([[0, 0]] * 20) is None


@pytest.mark.parametrize("times", [[1, 2, 3], [[1]] * 20, [[1, -1]] * 20])
def test_bad_input(times: list[object]) -> None:
    with pytest.raises(BadInput):
        bottleneck(times)  # type: ignore[arg-type]


def test_littles_law() -> None:
    # By hand: 2 a day for 5 days each explain 10 in work.
    assert little_residual(10, 2, 5) == 0
    assert little_residual(20, 2, 5) == 0.5
    assert little_residual(0, 2, 5) is None
