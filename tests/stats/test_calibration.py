"""Scores of promises."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.calibration import brier, coverage, kept, log_loss, told_by_chance

# By hand: the mean of (chance - outcome) squared.
BRIER = {
    "nothing forecast": ([], [], None),
    "sure and right": ([1, 0], [1, 0], 0),
    "sure and wrong": ([1, 0], [0, 1], 1),
    "always a coin": ([0.5, 0.5, 0.5], [1, 0, 1], 0.25),
    "80% and 30%": ([0.8, 0.3], [1, 0], (0.04 + 0.09) / 2),
}


@pytest.mark.parametrize(("chances", "outcomes", "score"), BRIER.values(), ids=BRIER)
def test_brier(chances: list[float], outcomes: list[int], score: float | None) -> None:
    assert brier(chances, outcomes) == (score if score is None else pytest.approx(score))


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_the_base_rate_is_the_best_constant(outcomes: list[bool]) -> None:
    rate = sum(outcomes) / len(outcomes)
    best = brier([rate] * len(outcomes), outcomes)
    assert best == pytest.approx(rate * (1 - rate))
    for other in (0.1, 0.5, 0.9):
        assert (brier([other] * len(outcomes), outcomes) or 0) >= (best or 0) - 1e-12


def test_coverage_counts_both_ends_and_carries_wilson() -> None:
    found = coverage([0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0.5, 2], promised=0.9)
    assert (found.held, found.n) == (0.75, 4)
    # Wilson by hand for 3 of 4: (.75 + z2/8 -/+ z sqrt(.1875/4 + z2/64)) / (1 + z2/4), z2 = 3.8415.
    assert (found.low, found.high) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert found.honest


def test_a_broken_promise_is_not_honest() -> None:
    assert kept([True] * 60 + [False] * 40, 0.85).honest is False
    assert kept([], 0.85).honest is None


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: brier([80], [1]), "write 80% as 0.8"),
        (lambda: brier([0.5], []), "1 chances but 0 outcomes"),
        (lambda: coverage([2], [1], [1]), "low end above"),
        (lambda: coverage([2], [1, 3], [1]), "one low"),
    ],
)
def test_bad_input(call: "object", says: str) -> None:
    assert callable(call)
    with pytest.raises(BadInput, match=says):
        call()


def test_log_loss() -> None:
    """By hand: -(ln 0.8 + ln 0.7) / 2; a coin costs ln 2."""
    assert log_loss([0.8, 0.3], [1, 0]) == pytest.approx(-(math.log(0.8) + math.log(0.7)) / 2)
    assert log_loss([0.5] * 3, [1, 0, 1]) == pytest.approx(math.log(2))
    for wrong in ([1.0], [0.5, 0.5], []):
        with pytest.raises(BadInput):
            log_loss(wrong, [1])


def test_what_chance_could_have_told() -> None:
    """One of ten happens in each of two months, both times the likeliest: 1 of 100 deals does so well."""
    chances = [0.9, *[0.1] * 9] * 2
    happened, month = [1, *[0] * 9] * 2, [1] * 10 + [2] * 10
    assert told_by_chance(chances, happened, month, draws=9999) == pytest.approx(0.01, abs=0.003)
    assert told_by_chance(chances[::-1], happened, month) == 1
    assert told_by_chance([0.2] * 20, happened, month) == 1, "the base rate is as good as itself"
    with pytest.raises(BadInput):
        told_by_chance([0.5], [1], [1, 2])
