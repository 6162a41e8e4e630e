"""Scores of promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.calibration import brier, coverage, kept

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
