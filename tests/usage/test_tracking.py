"""Breaks of volume: how often they are found, and how often there is none, by simulation."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from callsheet.usage.metrics.tracking import _event

DAYS = [date(2026, 9, 27) + timedelta(days=place) for place in range(56)]
WEEK = np.array([0.3 if day.weekday() == 6 else 0.4 if day.weekday() == 5 else 1.0 for day in DAYS])
TODAY = datetime(2026, 11, 22)


def flagged(growth: float, noise: float, fall: float, runs: int = 40) -> float:
    """The share of series of 300 events a day, more every week, with a problem after three days of a fall."""
    rng, found = np.random.default_rng(1), 0
    for _ in range(runs):
        means = 300 * growth ** (np.arange(56) / 7) * WEEK * np.exp(rng.normal(0, noise, 56))
        means[-3:] *= 1 - fall
        amounts = rng.poisson(means).astype(float)
        found += _event("did", amounts, DAYS, TODAY + timedelta(hours=3), TODAY, 40)["problem"] != ""
    return found / runs


# growth a week, noise, fall of three days -> share found, at least
FALLS = {
    (1.0, 0.1, 0.7): 0.95, (1.07, 0.1, 0.7): 0.95, (1.07, 0.1, 0.9): 0.95, (1.0, 0.2, 0.7): 0.5, (1.0, 0.2, 0.9): 0.95
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("case", "share"), FALLS.items())
def test_breaks_are_found_in_steady_and_growing_series(case: tuple[float, float, float], share: float) -> None:
    assert flagged(*case) >= share


@pytest.mark.slow
@pytest.mark.parametrize(("growth", "noise"), [(1.0, 0.1), (1.07, 0.2), (0.93, 0.2)])
def test_noise_and_growth_are_no_breaks(growth: float, noise: float) -> None:
    assert flagged(growth, noise, 0.0) == 0
