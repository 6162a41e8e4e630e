"""Falling rates and silences against hand-worked answers and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from callsheet.base.errors import BadInput
from callsheet.stats.rates import dispersion, fall, silent_p

# By hand: shares .2 and .4 of 50 each about .3: 2 x (5^2 / (50 x .3 x .7)) = 4.7619 on one degree of freedom.
DISPERSION = {
    "two weeks far apart": ([10, 20], [50, 50], 4.7619),
    "weeks alike are not below chance": ([10, 10, 10], [50, 50, 50], 1),
    "weeks without units do not count": ([10, 0, 20], [50, 0, 50], 4.7619),
    "one week says nothing": ([3], [10], 1),
    "nobody ever": ([0, 0], [10, 20], 1),
    "everybody always": ([10, 20], [10, 20], 1),
    "nothing": ([], [], 1),
}


@pytest.mark.parametrize(("hits", "n", "scale"), DISPERSION.values(), ids=DISPERSION)
def test_dispersion(hits: list[int], n: list[int], scale: float) -> None:
    assert dispersion(hits, n) == pytest.approx(scale, abs=1e-4)


COUNTS = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, COUNTS)
def test_a_fall_is_the_one_sided_z_test(now: tuple[int, int], before: tuple[int, int]) -> None:
    found = fall(*now, *before)
    hits, sizes = np.array([now[0], before[0]]), np.array([now[1], before[1]])
    if hits.sum() in (0, sizes.sum()):
        assert found.p == 1
        return
    _, p = proportions_ztest(hits, sizes, alternative="smaller")
    assert found.p == pytest.approx(p, abs=1e-9)


def test_a_wider_scale_makes_a_fall_less_sure() -> None:
    """z is divided by the square root of the scale: 2.828 at scale 1 is 1.414 at scale 4."""
    narrow, wide = fall(30, 100, 50, 100), fall(30, 100, 50, 100, 4)
    z = 0.2 / math.sqrt(0.4 * 0.6 * 2 / 100)
    assert narrow.p == pytest.approx(stats.norm.sf(z))
    assert wide.p == pytest.approx(stats.norm.sf(z / 2))


def test_a_rise_is_no_fall_and_nothing_is_no_rate() -> None:
    rise = fall(60, 100, 50, 100)
    assert rise.p is not None
    assert rise.p > 0.5
    assert (fall(0, 0, 50, 100).rate, fall(0, 0, 50, 100).p) == (None, None)


@given(st.floats(0.001, 300), st.floats(1.001, 50))
def test_silence_is_the_negative_binomial_at_0(expected: float, scale: float) -> None:
    oracle = stats.nbinom.pmf(0, expected / (scale - 1), 1 / scale)
    assert silent_p(expected, scale) == pytest.approx(oracle, rel=1e-6, abs=1e-300)


def test_silence_without_extra_spread_is_poisson() -> None:
    assert silent_p(3) == pytest.approx(math.exp(-3))
    assert silent_p(0) == silent_p(0, 2) == 1
    assert silent_p(3, 1.001) == pytest.approx(math.exp(-3), rel=1e-2)


@pytest.mark.parametrize("call", [lambda: dispersion([2], [1]), lambda: dispersion([1], []), lambda: fall(2, 1, 1, 1),
                                  lambda: fall(1, 2, 1, 2, 0.5), lambda: silent_p(-1), lambda: silent_p(1, 0.9)])  # fmt: skip
def test_bad_input(call: "object") -> None:
    assert callable(call)
    with pytest.raises(BadInput):
        call()
