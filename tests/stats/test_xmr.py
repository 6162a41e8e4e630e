"""Process limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.xmr import limits


def test_by_hand() -> None:
    # 5, 7, 6, 10: mean 7, moving ranges 2, 1, 4 with mean 7/3; 7 +/- 2.66 * 7/3 = .793 and 13.207.
    found = limits([5, 7, 6, 10])
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((7, 7 - 2.66 * 7 / 3, 7 + 2.66 * 7 / 3))
    assert found.outside == ()
    assert found.holds(13.2)
    assert not found.holds(13.3)


def test_an_outlier_is_found_and_the_floor_holds() -> None:
    found = limits([1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 20])
    assert found is not None
    assert found.outside == (12,)
    assert found.low == 0
    free = limits([-5, 5, -5, 5], floor=None)
    assert free is not None
    assert free.low == pytest.approx(-26.6)


def test_one_value_has_no_limits() -> None:
    assert limits([3]) is None
    with pytest.raises(BadInput):
        limits([1, float("nan")])


@given(st.lists(st.integers(0, 100), min_size=2, max_size=50), st.integers(1, 9))
def test_limits_scale_with_the_unit(values: list[int], factor: int) -> None:
    one, other = limits(values), limits([v * factor for v in values])
    assert one is not None
    assert other is not None
    assert other.high == pytest.approx(one.high * factor)
    assert one.low <= one.mean <= one.high
