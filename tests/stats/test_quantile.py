"""Quantiles: definition 7, and an interval that holds its promise."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.quantile import quantile, quantile_interval

# By hand: position (n - 1) q between the sorted values.
KNOWN = {
    "nothing": ([], 0.5, None),
    "one value is every quantile": ([7], 0.85, 7),
    "85% of 1..4 lies at position 2.55": ([1, 2, 3, 4], 0.85, 3.55),
    "order does not matter": ([4, 1, 3, 2], 0.5, 2.5),
    "the ends are the extremes": ([3, 9, 4], 1.0, 9),
}


@pytest.mark.parametrize(("values", "q", "answer"), KNOWN.values(), ids=KNOWN)
def test_definition_7(values: list[float], q: float, answer: float | None) -> None:
    assert quantile(values, q) == (answer if answer is None else pytest.approx(answer))


VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(VALUES, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_higher_share_has_a_higher_quantile(values: list[float], a: float, b: float) -> None:
    low, high = quantile(values, min(a, b)), quantile(values, max(a, b))
    assert low is not None
    assert high is not None
    assert min(values) - 1e-6 <= low <= high + 1e-6
    assert high <= max(values) + 1e-6


def test_interval_of_the_median_of_ten() -> None:
    # Textbook (Conover, table A3: Binomial(10, .5)): the 2nd and the 9th of ten hold the median with 97.85%.
    found = quantile_interval(range(1, 11), 0.5)
    assert (found.low, found.high) == (2, 9)
    assert found.held == pytest.approx(1 - 22 / 1024)


def test_a_small_sample_cannot_bound_a_high_quantile() -> None:
    found = quantile_interval([1, 2, 3, 4, 5], 0.95)
    assert found.high is None
    assert found.low is not None
    assert quantile_interval([], 0.5).amount is None


@pytest.mark.parametrize(("n", "q"), list(itertools.product((6, 17, 40, 133), (0.1, 0.5, 0.85))))
def test_ranks_against_a_sum_over_the_binomial(n: int, q: float) -> None:
    """Brute force: the closest ranks that leave at most 2.5% on each side, from plain binomial terms."""
    terms = [math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    below = max((r for r in range(1, n + 1) if sum(terms[:r]) <= 0.025), default=None)
    above = min((r for r in range(1, n + 1) if sum(terms[r:]) <= 0.025), default=None)
    found = quantile_interval(range(1, n + 1), q)
    assert (found.low, found.high) == (below, above)
    inside = sum(terms[below or 0 : above if above is not None else n + 1])
    assert found.held == pytest.approx(inside, abs=1e-12)


def test_interval_holds_the_true_quantile_as_often_as_promised() -> None:
    rng = np.random.default_rng(7)
    truth = -math.log(0.15)  # 85% of the exponential distribution
    samples = rng.exponential(size=(1500, 60))
    held = 0
    for sample in samples:
        found = quantile_interval(sample, 0.85)
        assert found.low is not None
        held += found.low <= truth <= (found.high if found.high is not None else math.inf)
    assert 0.94 <= held / 1500 <= 0.99


@pytest.mark.parametrize("values", [[1, math.nan], [math.inf]])
def test_missing_values_are_refused(values: list[float]) -> None:
    with pytest.raises(BadInput, match="missing or infinite"):
        quantile(values, 0.5)


def test_percent_instead_of_share_is_explained() -> None:
    with pytest.raises(BadInput, match=r"Write 80% as 0\.8"):
        quantile([1, 2], 85)
