"""Expected amounts: worked by hand, what must always hold, and how often alarms are false and missed, by simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.seasonal import LEAST, LEAST_ALONE, Expected, expected, forecast, quantile

DAYS = [1.0, 1, 1, 1, 1, 0.4, 0.3]
ERROR = 1 + math.pi / 12 + 1.1 * 3.5**2 * 12 / (6 * 35 * 7)
"""Of six weeks: 1 for a new amount, pi / 2n for the median, and the slope's 12 / (n (n^2 - 1) 7), 3.5 weeks ahead."""


def bounds(found: Expected) -> tuple[float, float, float]:
    assert found.amount is not None
    assert found.low is not None
    assert found.high is not None
    return found.low, found.amount, found.high


def test_an_odd_week_does_not_move_what_is_expected() -> None:
    weeks = [100.0, 104, 98, 102, 96, 100, 103, 97, 101, 99, 100, 100]
    steady = bounds(expected([*weeks, 0.0], 12, season=1, seasons=12))
    odd = bounds(expected([*weeks[:5], 900.0, *weeks[6:], 0.0], 12, season=1, seasons=12))
    assert odd == pytest.approx(steady, rel=0.05)


def test_only_the_same_place_of_earlier_seasons_counts() -> None:
    days = [value for _ in range(6) for value in (40.0, *[500.0] * 6)]
    assert bounds(expected([*days, 0.0], 42, season=7))[1] == 40.0


def test_growth_is_carried_on() -> None:
    """Twice as much every five weeks: after 100 x 2^(d / 35) for 42 days, 100 x 2^(42 / 35) = 229.74."""
    days = [100 * 2 ** (day / 35) for day in range(42)]
    found = expected([*days, 0.0], 42, season=7)
    assert bounds(found) == pytest.approx([100 * 2 ** (42 / 35)] * 3)
    falling = expected([-1 - 2.0 * day for day in range(42)] + [0.0], 42, season=7)
    assert falling.amount == pytest.approx(-85), "of what may be below 0, the difference is carried on"


def test_growth_beyond_doubling_is_not_followed() -> None:
    assert expected([4.0**week for week in range(8)] + [0.0], 8, season=1, seasons=8).amount == pytest.approx(
        np.median([4.0 ** (8 - back) * 2**back for back in range(1, 9)])
    )


def test_counts_vary_by_chance_even_where_all_weeks_were_alike() -> None:
    """Six weeks of 100 a day: (10 -+ 3.5 / 2 x the root of ERROR)^2."""
    low, middle, high = bounds(expected([100.0] * 43, 42, season=7, counts=True))
    assert [low, middle, high] == pytest.approx([(10 - 1.75 * ERROR**0.5) ** 2, 100, (10 + 1.75 * ERROR**0.5) ** 2])
    assert bounds(expected([2.0] * 43, 42, season=7, counts=True))[0] == 0.0
    assert bounds(expected([100.0] * 43, 42, season=7)) == (100, 100, 100)


def test_nothing_at_all_is_found_where_counts_vary_much() -> None:
    """At 30% noise three and a half deviations reach below 0; that nothing comes of 1,000 is no chance all the same."""
    days = list(np.random.default_rng(1).normal(1000, 300, 42).clip(100).round())
    assert bounds(expected([*days, 0.0], 42, season=7, counts=True))[0] >= 1


def test_the_width_is_that_of_students_t() -> None:
    """Student's t table: 2.228 for 10 degrees of freedom at 95%, which is 1.95996 of a normal variable."""
    assert quantile(1.959964, 10.0) == pytest.approx(2.228, abs=5e-4)


@pytest.mark.parametrize("known", range(LEAST))
def test_too_few_seasons_expect_nothing(known: int) -> None:
    found = expected([None] * (9 - known) * 7 + [1.0] * 7 * known + [5.0], 63, season=7, seasons=9)
    assert (found.amount, found.low, found.high, found.seasons) == (None, None, None, known)
    alone = expected([1.0] * (LEAST_ALONE - 1) + [0.0], LEAST_ALONE - 1, season=1, seasons=12)
    assert (alone.amount, alone.seasons) == (None, LEAST_ALONE - 1)


def test_what_is_missing_is_left_out_and_not_taken_for_zero() -> None:
    days: list[float | None] = [10.0] * 43
    days[35], days[30] = None, None
    found = expected(days, 42, season=7)
    assert (found.amount, found.seasons) == (10.0, 5)


@pytest.mark.parametrize("wrong", [{"season": 0}, {"season": 1, "seasons": 0}, {"season": 1, "width": 0.0}])
def test_sizes_are_above_zero(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        expected([1.0], 0, **wrong)  # type: ignore[arg-type]


@given(st.lists(st.floats(-1e6, -1), min_size=29, max_size=60), st.integers(2, 7), st.floats(-1e6, 0))
def test_the_interval_holds_its_middle_and_moves_with_the_series(
    amounts: list[float], season: int, shift: float
) -> None:
    place = len(amounts) - 1
    found, moved = (
        bounds(expected(some, place, season=season)) for some in (amounts, [amount + shift for amount in amounts])
    )
    assert found[0] <= found[1] <= found[2]
    assert moved == pytest.approx([one + shift for one in found], rel=1e-6, abs=1e-3)


Noise = Callable[[np.random.Generator, int], Any]
WEEK = np.tile(DAYS, 40)
NOISE: dict[str, tuple[Noise, dict[str, Any]]] = {
    "counts, 5%": (lambda rng, n: rng.normal(1000, 50, n), {"counts": True}),
    "counts, 20%": (lambda rng, n: rng.normal(1000, 200, n).clip(0), {"counts": True}),
    "counts by weekday, by factors of 10%": (
        lambda rng, n: rng.poisson(1000 * WEEK[:n] * np.exp(rng.normal(0, 0.1, n))), {"counts": True}
    ),
    "growth of 5% a week": (
        lambda rng, n: rng.poisson(200 * 1.05 ** (np.arange(n) / 7) * np.exp(rng.normal(0, 0.1, n))), {"counts": True}
    ),
    "Poisson, 20": (lambda rng, n: rng.poisson(20, n), {"counts": True}),
    "Poisson, 2": (lambda rng, n: rng.poisson(2, n), {"counts": True}),
    "Poisson, 1": (lambda rng, n: rng.poisson(1, n), {"counts": True}),
    "four weeks": (lambda rng, n: rng.normal(1000, 100, n), {"counts": True, "seasons": 4}),
    "no counts": (lambda rng, n: rng.normal(50, 5, n), {}),
    "around 0": (lambda rng, n: rng.normal(0, 5, n), {}),
}  # fmt: skip


def outside(noise: Noise, runs: int, season: int = 7, seasons: int = 6, counts: bool = False) -> float:
    """The share of places that are outside, of series in which nothing happens but noise."""
    rng, size = np.random.default_rng(7), season * seasons + 60
    found = []
    for _ in range(runs):
        amounts = [float(one) for one in noise(rng, size)]
        for place in range(season * seasons, size):
            low, _, high = bounds(expected(amounts, place, season=season, seasons=seasons, counts=counts))
            found.append(not low <= amounts[place] <= high)
    return float(np.mean(found))


@pytest.mark.slow
@pytest.mark.parametrize("case", NOISE)
def test_few_alarms_of_days_are_false(case: str) -> None:
    """The documents say 3 of 1,000. Of 1,800 places, 12 and more have a chance of 1% at that rate."""
    noise, given_ = NOISE[case]
    assert outside(noise, 30, **given_) <= 12 / 1800


@pytest.mark.slow
def test_few_alarms_of_weeks_are_false() -> None:
    """The documents say 1 of 100, of twelve weeks. Of 2,400, 36 and more have a chance of 1% at that rate."""
    assert outside(lambda rng, n: rng.normal(1000, 100, n), 40, season=1, seasons=12) <= 36 / 2400


# growth a week, noise, fall of one day -> share of 60 series in which it is found, at least
FALLS = {(1.0, 0.05, 0.5): 0.95, (1.0, 0.1, 0.7): 0.85, (1.1, 0.0, 0.3): 0.95, (1.1, 0.1, 0.8): 0.95}


@pytest.mark.parametrize(("case", "share"), FALLS.items())
def test_falls_are_found(case: tuple[float, float, float], share: float) -> None:
    growth, sd, fall = case
    rng, found = np.random.default_rng(3), 0
    for _ in range(60):
        means = 1000 * growth ** (np.arange(80) / 7) * WEEK[:80] * np.exp(rng.normal(0, sd, 80))
        amounts = [float(one) for one in rng.poisson(means)]
        amounts[79] = round(amounts[79] * (1 - fall))
        found += amounts[79] < bounds(expected(amounts, 79, season=7, counts=True))[0]
    assert found >= share * 60


def test_a_table_may_be_spread_by_some_columns_only() -> None:
    """Hours: the noise of the same hour of other weekdays tells, that of other hours of the day does not."""
    table = np.full((6, 168), 100.0)
    table[:, 1::24] = np.random.default_rng(1).normal(100, 40, (6, 7))
    assert bounds(forecast(table, every=24)) == pytest.approx([100] * 3, rel=0.04)
    assert bounds(forecast(np.roll(table, -1, axis=1), every=24))[0] < 50
