"""Is the change real?"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from callsheet.base.errors import BadInput
from callsheet.stats.change import counts_changed, shares_changed, values_changed


def test_small_samples_against_every_split() -> None:
    """Brute force: of all ways to split the eleven ranks, how many are at least as uneven."""
    before, after = [1.0, 2.5, 3.0, 3.5, 5.0], [4.0, 6.0, 7.0, 8.0, 9.0, 9.5]
    found = values_changed(before, after, smallest=5)
    ranks = stats.rankdata(before + after)
    seen = abs(ranks[5:].sum() - 36)  # 6 x 12 / 2 expected
    splits = [abs(sum(s) - 36) for s in itertools.combinations(ranks, 6)]
    assert found.p == pytest.approx(sum(s >= seen for s in splits) / len(splits))
    assert found.tendency == pytest.approx(29 / 30)  # of 30 pairs only (5, 4) goes the other way
    assert (found.before, found.after) == (3, 7.5)
    assert found.amount == 4.5


def test_ties_are_shuffled_against_every_split() -> None:
    before, after = [1.0, 1.0, 2.0, 2.0, 3.0], [2.0, 3.0, 3.0, 4.0, 4.0]
    found = values_changed(before, after, smallest=5)
    assert found.method == "mann-whitney, permuted"
    ranks = stats.rankdata(before + after)
    seen = abs(ranks[5:].sum() - 27.5)
    splits = [abs(sum(s) - 27.5) for s in itertools.combinations(ranks, 5)]
    assert found.p == pytest.approx(sum(s >= seen - 1e-9 for s in splits) / len(splits), abs=0.01)
    pairs = [(a > b) + (a == b) / 2 for a in after for b in before]
    assert found.tendency == pytest.approx(sum(pairs) / 25)


def test_large_samples_are_the_normal_form() -> None:
    rng = np.random.default_rng(0)
    before, after = rng.lognormal(1, 1, 300), rng.lognormal(1.4, 1, 250)
    found = values_changed(before, after)
    assert found.p == pytest.approx(float(stats.mannwhitneyu(before, after).pvalue))
    assert found.real()
    assert found.tendency is not None
    assert found.tendency > 0.5


@settings(max_examples=30, deadline=None)
@given(*[st.lists(st.integers(0, 20), min_size=8, max_size=30)] * 2)
def test_the_order_of_the_samples_does_not_matter(one: list[int], other: list[int]) -> None:
    found, mirror = values_changed(one, other), values_changed(other, one)
    assert found.p is not None
    assert 0 < found.p <= 1
    assert mirror.p == pytest.approx(found.p, abs=0.03)
    assert (mirror.tendency or 0) + (found.tendency or 0) == pytest.approx(1)


def test_no_change_is_called_real_as_seldom_as_promised() -> None:
    rng = np.random.default_rng(11)
    alarms = [values_changed(*rng.lognormal(1, 1, (2, 25))).real(0.05) for _ in range(600)]
    assert 0.025 <= np.mean(alarms) <= 0.075


def test_too_little_is_not_tested_and_not_real() -> None:
    found = values_changed([1, 2, 3], [50] * 40)
    assert (found.p, found.real()) == (None, False)
    assert found.why == "only 3 values on one side; a test needs 8"
    assert values_changed([], []).amount is None
    assert values_changed([4] * 30, [4] * 30).p == 1


def test_shares() -> None:
    found = shares_changed((30, 200), (60, 210))
    assert found.method == "pooled z"
    assert found.p == pytest.approx(proportion.proportions_ztest([60, 30], [210, 200])[1])
    rare = shares_changed((0, 12), (5, 12))
    assert rare.method == "fisher exact"
    assert rare.p == pytest.approx(2 * 792 / 42504)  # by hand: 2 C(12,5) C(12,0) / C(24,5)
    assert shares_changed((0, 0), (1, 2)).p is None


def test_counts_against_statsmodels() -> None:
    found = counts_changed(12, 31, 30, 28)
    oracle = poisson_2indep(31, 28, 12, 30, method="exact-cond", compare="ratio")
    assert found.p == pytest.approx(oracle.pvalue)
    assert (found.before, found.after) == pytest.approx((12 / 30, 31 / 28))
    assert counts_changed(0, 0).p is None
    assert counts_changed(0, 5).p == pytest.approx(2 / 32)  # by hand: 2 x .5^5
    many, just_less = counts_changed(5000, 5150), counts_changed(4900, 5047)
    assert many.p == pytest.approx(just_less.p, abs=0.01)


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="no time"):
        counts_changed(1, 2, days_before=0)
    with pytest.raises(BadInput, match="5 hits of 4"):
        shares_changed((5, 4), (1, 2))
    with pytest.raises(BadInput, match="before holds a missing"):
        values_changed([float("nan")], [1])
