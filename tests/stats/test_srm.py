"""Sample-ratio mismatch."""

import math

import pytest
import tea_tasting as tt
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tea_tasting.aggr import Aggregates

from callsheet.base.errors import BadInput
from callsheet.stats.srm import sample_ratio

PAIRS = st.tuples(st.integers(0, 400), st.integers(0, 400)).filter(any)


@given(PAIRS, st.floats(0.05, 0.95))
def test_small_splits_are_the_exact_binomial(pair: tuple[int, int], share: float) -> None:
    found = sample_ratio(pair, [share, 1 - share])
    assert found.method == "exact binomial"
    exact = stats.binomtest(pair[0], sum(pair), share).pvalue
    assert found.p == pytest.approx(max(exact, 2.3e-308), rel=1e-6)


@given(st.lists(st.integers(900, 4000), min_size=2, max_size=6))
def test_large_splits_are_the_chi_square(counts: list[int]) -> None:
    found = sample_ratio(counts)
    assert found.method == "chi-square"
    assert found.p == pytest.approx(float(stats.chisquare(counts).pvalue), rel=1e-8, abs=1e-300)
    assert sum(found.expected) == pytest.approx(sum(counts))
    assert sample_ratio(counts[::-1]).p == pytest.approx(found.p)


def test_against_tea_tasting() -> None:
    arms = {0: Aggregates(count_=50_200), 1: Aggregates(count_=49_500)}
    oracle = tt.SampleRatio(method="norm", correction=False).analyze(arms, 0, 1, variant=None)
    assert sample_ratio([50_200, 49_500]).p == pytest.approx(oracle.pvalue, rel=1e-9)


def test_a_hopeless_split_does_not_underflow() -> None:
    found = sample_ratio([1_000_000, 900_000])
    # By hand: chi-square = 1e10 / 1.9e6 = 5263; log p = -x/2 - log(sqrt(pi x / 2)) to first order.
    x = 1e10 / 1.9e6
    assert found.log_p == pytest.approx(-x / 2 - 0.5 * math.log(math.pi * x / 2), abs=1e-3)
    assert found.p > 0
    assert not found.ok
    assert found.sentence == "1,000,000 / 900,000 units where 950,000 / 950,000 were planned (p = 1e-1145)"


def test_few_expected_in_one_of_three_arms_is_simulated() -> None:
    fair, broken = (
        sample_ratio([998, 1000, 2], [0.499, 0.499, 0.002]),
        sample_ratio([900, 900, 30], [450, 450, 1]),
    )
    assert fair.method == broken.method == "simulated multinomial"
    assert fair.p > 0.1
    assert not broken.ok
    assert sample_ratio([900, 900, 30], [450, 450, 1]) == broken


def test_a_tiny_arm_of_many_is_exact() -> None:
    found = sample_ratio([3, 40_000], [0.0001, 0.9999])
    assert found.method == "exact binomial"
    assert found.p == pytest.approx(stats.binomtest(3, 40_003, 0.0001).pvalue, rel=1e-6)


def test_nobody_yet_is_no_mismatch() -> None:
    assert sample_ratio([0, 0]).p == 1


@pytest.mark.parametrize(
    ("counts", "allocation", "says"),
    [
        ([5], None, "two arms"),
        ([5, 5], [1, 0], "above 0"),
        ([5, 5], [1], "allocations"),
        ([5, -1], None, "whole"),
    ],
)
def test_bad_input(counts: list[int], allocation: list[float] | None, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        sample_ratio(counts, allocation)
