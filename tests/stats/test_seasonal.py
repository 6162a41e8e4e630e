"""Expected amounts: worked by hand, and what must always hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.seasonal import LEAST, expected

WEEKS = [10.0, 12.0, 11.0, 13.0, 40.0, 12.0]
"""Median 12, deviations 2 0 1 1 28 0, their median 1: s = 1.4826, bounds 12 -+ 3.5 * 1.4826 = 6.8109, 17.1891."""


def test_an_odd_week_does_not_move_what_is_expected() -> None:
    found = expected([*WEEKS, 99.0], 6, season=1)
    assert (found.amount, found.seasons) == (12.0, 6)
    assert [found.low, found.high] == pytest.approx([6.8109, 17.1891])


def test_only_the_same_place_of_earlier_seasons_counts() -> None:
    """Mondays 10 12 11 13 among days of 500: median 11.5, deviations 1.5 .5 .5 1.5, median 1: s = 1.4826."""
    days = [value for monday in (10.0, 12.0, 11.0, 13.0) for value in (monday, *[500.0] * 6)]
    found = expected([*days, 0.0], 28, season=7)
    assert [found.amount, found.low] == pytest.approx([11.5, 11.5 - 3.5 * 1.4826])


def test_where_most_weeks_are_alike_the_mean_deviation_stands_in() -> None:
    """10 10 10 10 16: median 10, median deviation 0, mean deviation 6/5: s = 1.253314 * 1.2 = 1.5039768."""
    found = expected([10.0, 10, 10, 10, 16, 0], 5, season=1)
    assert found.high == pytest.approx(10 + 3.5 * 1.5039768)


def test_counts_vary_by_chance_even_where_all_weeks_were_alike() -> None:
    """Five times 100: s is the square root of 100, so 65 to 135; of five times 4: 2, and no count is below 0."""
    assert expected([100.0] * 6, 5, season=1, counts=True).low == pytest.approx(65)
    small = expected([4.0] * 6, 5, season=1, counts=True)
    assert [small.low, small.high] == pytest.approx([0.0, 11])
    assert expected([100.0] * 6, 5, season=1).low == 100.0


@pytest.mark.parametrize("known", range(LEAST))
def test_too_few_seasons_expect_nothing(known: int) -> None:
    found = expected([None] * (9 - known) + [1.0] * known + [5.0], 9, season=1, seasons=9)
    assert (found.amount, found.low, found.high, found.seasons) == (None, None, None, known)


def test_what_is_missing_is_left_out_and_not_taken_for_zero() -> None:
    found = expected([10.0, None, 12.0, 11.0, None, 13.0, 1.0], 6, season=1)
    assert (found.amount, found.seasons) == (11.5, 4)


@pytest.mark.parametrize("wrong", [{"season": 0}, {"season": 1, "seasons": 0}, {"season": 1, "width": 0.0}])
def test_sizes_are_above_zero(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        expected([1.0], 0, **wrong)  # type: ignore[arg-type]


@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=20), st.integers(1, 3), st.floats(-1e6, 1e6))
def test_the_interval_holds_its_middle_and_moves_with_the_series(
    amounts: list[float], season: int, shift: float
) -> None:
    place = len(amounts) - 1
    found, moved = (
        expected(given, place, season=season) for given in (amounts, [amount + shift for amount in amounts])
    )
    if found.amount is None or found.low is None or found.high is None:
        assert moved.amount is None
        return
    assert found.low <= found.amount <= found.high
    assert moved.amount is not None
    assert math.isclose(moved.amount, found.amount + shift, rel_tol=1e-9, abs_tol=1e-6)
