"""The Kaplan-Meier curve against hand-worked tables and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from callsheet.base.errors import BadInput
from callsheet.stats.survival import kaplan_meier

# Remission of 21 leukaemia patients under 6-MP, weeks, + is censored: 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22
# 23 25+ 32+ 32+ 34+ 35+ (Freireich et al. 1963). S(t) as printed in Kalbfleisch & Prentice (1980), table 1.2:
# .857 .807 .753 .690 .627 .538 .448 at 6 7 10 13 16 22 23.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
BACK = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_6mp_arm_of_freireich() -> None:
    found = kaplan_meier(WEEKS, BACK)
    assert list(found.time) == [6, 7, 10, 13, 16, 22, 23]
    assert list(found.at_risk) == [21, 17, 15, 12, 11, 7, 6]
    assert 1 - found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.quantile(0.5) == 23
    assert found.quantile(0.25) == 13
    assert found.quantile(0.75) is None


# By hand: S falls by (1 - d / r) at each time of an event.
CASES = {
    "nobody": ([], [], [], []),
    "nobody yet": ([3, 5], [0, 0], [], []),
    "everybody": ([1, 2], [1, 1], [1, 2], [0.5, 1]),
    "who left at the same time was still watched": ([2, 2, 4], [1, 0, 1], [2, 4], [1 / 3, 1]),
    "on the first day": ([0, 5], [1, 0], [0], [0.5]),
}


@pytest.mark.parametrize(("times", "happened", "at", "share"), CASES.values(), ids=CASES)
def test_by_hand(times: list[float], happened: list[int], at: list[float], share: list[float]) -> None:
    found = kaplan_meier(times, happened)
    assert list(found.time) == at
    assert list(found.share) == pytest.approx(share)
    assert found.n == len(times)


def test_between_times_the_share_stays() -> None:
    found = kaplan_meier([1, 2, 3, 9], [1, 0, 1, 0])
    assert found.by(0.5) == (0, 0, 0)
    assert found.by(1)[0] == found.by(2.9)[0] == pytest.approx(0.25)
    assert found.by(100)[0] == pytest.approx(1 - 0.75 * 0.5)


UNITS = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=60)


@given(UNITS)
def test_against_statsmodels(units: list[tuple[int, bool]]) -> None:
    """Shares and Greenwood's standard error; statsmodels has times of at least one event each."""
    times, happened = zip(*units, strict=True)
    found = kaplan_meier(times, happened)
    if not any(happened):
        assert found.time.size == 0
        return
    oracle = SurvfuncRight(np.array(times, dtype=float), np.array(happened, dtype=int))
    assert list(found.time) == pytest.approx(list(oracle.surv_times))
    assert 1 - found.share == pytest.approx(oracle.surv_prob, abs=1e-12)
    inner = found.share < 1
    error = oracle.surv_prob_se[inner]
    left = 1 - found.share[inner]
    reach = 1.959963984540054 * error / (left * np.abs(np.log(left)))
    assert found.low[inner] == pytest.approx(1 - left ** np.exp(-reach), abs=1e-9)
    assert found.high[inner] == pytest.approx(1 - left ** np.exp(reach), abs=1e-9)


@given(UNITS)
def test_the_interval_holds_the_share_within_0_and_1(units: list[tuple[int, bool]]) -> None:
    found = kaplan_meier([time for time, _ in units], [it for _, it in units])
    assert (found.low >= 0).all()
    assert (found.low <= found.share + 1e-12).all()
    assert (found.share <= found.high + 1e-12).all()
    assert (found.high <= 1).all()


@pytest.mark.parametrize(("times", "happened"), [([1], []), ([-1], [1]), ([float("nan")], [1])])
def test_bad_input(times: list[float], happened: list[int]) -> None:
    with pytest.raises(BadInput):
        kaplan_meier(times, happened)
