"""Intervals and tests against hand-worked tables and live oracles."""

import math

import numpy as np
import pytest
import tea_tasting as tt
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
from tea_tasting.aggr import Aggregates

from callsheet.base.errors import BadInput
from callsheet.stats.intervals import poisson, proportion_difference, relative, welch, wilson
from callsheet.stats.moments import Moments, from_hits, from_sums, from_values

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS, st.floats(0.5, 0.999))
def test_wilson_against_statsmodels(counts: tuple[int, int], level: float) -> None:
    found = wilson(*counts, level)
    low, high = proportion.proportion_confint(*counts, alpha=1 - level, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


@given(COUNTS)
def test_wilson_mirrors_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    hits, n = counts
    found, mirror = wilson(hits, n), wilson(n - hits, n)
    assert found.low is not None
    assert found.high is not None
    assert mirror.high == pytest.approx(1 - found.low, abs=1e-12)
    assert 0 <= found.low <= hits / n <= found.high <= 1
    assert found.low < found.high


def test_nothing_observed_is_no_interval() -> None:
    assert wilson(0, 0).amount is None
    assert wilson(0, 0).low is None


# Garwood (1936), 95%: the classic table of exact limits for a Poisson count.
GARWOOD = {0: (0.0, 3.689), 1: (0.025, 5.572), 5: (1.623, 11.668), 10: (4.795, 18.390), 20: (12.217, 30.888)}


@pytest.mark.parametrize(("events", "limits"), GARWOOD.items())
def test_poisson_against_the_classic_table(events: int, limits: tuple[float, float]) -> None:
    found = poisson(events)
    assert (found.low, found.high) == pytest.approx(limits, abs=6e-4)
    week = poisson(events, exposure=7)
    assert week.high == pytest.approx(limits[1] / 7, abs=1e-4)


# Newcombe (1998), Statistics in Medicine 17, table II, method 10: the published limits.
NEWCOMBE = {
    "56/70 - 48/80": ((56, 70, 48, 80), (0.0524, 0.3339)),
    "9/10 - 3/10": ((9, 10, 3, 10), (0.1705, 0.8090)),
    "5/56 - 0/29": ((5, 56, 0, 29), (-0.0381, 0.1926)),
    "0/10 - 0/10": ((0, 10, 0, 10), (-0.2775, 0.2775)),
    "10/10 - 0/10": ((10, 10, 0, 10), (0.6075, 1.0)),
}


@pytest.mark.parametrize(("counts", "limits"), NEWCOMBE.values(), ids=NEWCOMBE)
def test_newcombe_against_his_table(counts: tuple[int, int, int, int], limits: tuple[float, float]) -> None:
    found = proportion_difference(*counts)
    assert (found.low, found.high) == pytest.approx(limits, abs=6e-5)
    assert found.method == "newcombe"


@given(COUNTS, COUNTS)
def test_difference_against_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = proportion_difference(*one, *other)
    low, high = proportion.confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-8)
    wald = proportion_difference(*one, *other, method="wald")
    low, high = proportion.confint_proportions_2indep(*one, *other, method="wald", compare="diff")
    assert (wald.low, wald.high) == pytest.approx((low, high), abs=1e-8)
    mirror = proportion_difference(*other, *one)
    assert mirror.low == pytest.approx(-(found.high or 0), abs=1e-12)
    assert mirror.p == pytest.approx(found.p)


def test_the_test_of_proportions_is_the_pooled_z() -> None:
    found = proportion_difference(230, 1000, 190, 1000)
    _, p = proportion.proportions_ztest([230, 190], [1000, 1000])
    assert found.p == pytest.approx(p, rel=1e-10)
    assert proportion_difference(0, 10, 0, 20).p == 1
    sure = proportion_difference(900_000, 1_000_000, 100_000, 1_000_000)
    assert sure.p is not None
    assert sure.p > 0
    assert sure.log_p == pytest.approx(-640_000, rel=1e-3)  # z = .8 / sqrt(.25 * 2e-6) = 1131.4; -z^2 / 2


SAMPLES = st.lists(st.integers(-50, 50).map(lambda n: n / 8), min_size=2, max_size=40).filter(
    lambda values: len(set(values)) > 1
)


@given(SAMPLES, SAMPLES, st.sampled_from([0.8, 0.95, 0.99]))
def test_welch_against_statsmodels_and_scipy(a: list[float], b: list[float], level: float) -> None:
    found = welch(from_values(a), from_values(b), level)
    low, high = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(alpha=1 - level, usevar="unequal")
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-8, abs=1e-9)
    assert found.p == pytest.approx(float(stats.ttest_ind(a, b, equal_var=False).pvalue), rel=1e-7)


def test_welch_and_relative_against_tea_tasting() -> None:
    """Its relative interval is on the log ratio, ours the delta method: same width before exp."""
    control = Aggregates(count_=1000, mean_={"x": 2.0}, var_={"x": 4.0})
    treatment = Aggregates(count_=900, mean_={"x": 2.2}, var_={"x": 5.0})
    ours = welch(Moments(900, 2.2, 5.0), Moments(1000, 2.0, 4.0))
    theirs = tt.Mean("x").analyze_aggregates(control, treatment)
    assert (ours.low, ours.high, ours.p) == pytest.approx(
        (theirs.effect_size_ci_lower, theirs.effect_size_ci_upper, theirs.pvalue), rel=1e-9
    )
    normal = tt.Mean("x", use_t=False).analyze_aggregates(control, treatment)
    log_reach = math.log((1 + normal.rel_effect_size_ci_upper) / (1 + normal.rel_effect_size_ci_lower)) / 2
    ratio = relative(Moments(900, 2.2, 5.0), Moments(1000, 2.0, 4.0))
    assert ratio.definition == "delta"
    assert ratio.amount == pytest.approx(0.1)
    assert ratio.low == pytest.approx(0.1 - 1.1 * log_reach, rel=1e-9)
    assert ratio.high == pytest.approx(0.1 + 1.1 * log_reach, rel=1e-9)


def test_relative_interval_holds_the_truth_as_often_as_promised() -> None:
    rng = np.random.default_rng(3)
    control, treatment = rng.gamma(2, 1, (1500, 300)), rng.gamma(2, 1.2, (1500, 300))
    held = 0
    for one, other in zip(treatment, control, strict=True):
        found = relative(from_values(one), from_values(other))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.2 <= found.high
    assert 0.935 <= held / 1500 <= 0.965


def test_a_ratio_to_nearly_nothing_has_no_interval() -> None:
    assert relative(from_hits(3, 100), from_hits(0, 100)).amount is None
    thin = relative(from_hits(3, 100), from_hits(2, 100))
    assert thin.amount == pytest.approx(0.5)
    assert thin.low is None
    assert thin.why is not None
    assert "3 standard errors" in thin.why


def test_what_cannot_be_tested_says_why() -> None:
    assert welch(Moments(0, None, None), Moments(5, 1.0, 1.0)).why == "an arm has no units"
    assert welch(from_values([1]), from_values([1, 2])).why == "an arm has fewer than 2 units"
    assert welch(from_values([2, 2]), from_values([1, 1])).why == "the values do not vary"
    assert welch(from_values([2, 2]), from_values([1, 1])).amount == 1


def test_more_hits_than_units_are_refused() -> None:
    with pytest.raises(BadInput, match="5 hits of 4") as caught:
        wilson(5, 4)
    assert "Count units" in caught.value.mend
    with pytest.raises(BadInput, match="whole number"):
        wilson(1.5, 4)  # type: ignore[arg-type]


def test_centred_sums_keep_the_digits_that_plain_sums_lose() -> None:
    # Values 1e9 + (0, 1, 2): variance 1 by hand.
    assert from_sums(3, 0, 2, centre=1e9 + 1) == Moments(3, 1e9 + 1, 1.0)
    values = [1e9, 1e9 + 1, 1e9 + 2]
    plain = from_sums(3, sum(values), sum(v * v for v in values))
    assert plain.variance == 0  # lost, and refused by every test as "does not vary"
    assert from_values(values).variance == pytest.approx(1)


def test_impossible_sums_are_refused() -> None:
    with pytest.raises(BadInput, match="too small for the sum"):
        from_sums(10, 100, 500)


@given(COUNTS)
def test_moments_of_hits_are_those_of_zeros_and_ones(counts: tuple[int, int]) -> None:
    hits, n = counts
    found, plain = from_hits(hits, n), from_values([1.0] * hits + [0.0] * (n - hits))
    assert found.mean == pytest.approx(plain.mean)
    if found.variance is not None:
        assert found.variance == pytest.approx(plain.variance, abs=1e-12)
