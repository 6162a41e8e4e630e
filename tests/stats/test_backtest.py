"""The back-test: honest on a steady series, and it catches and mends a drifting one."""

import datetime as dt

import numpy as np
import pytest

from callsheet.base.errors import BadInput
from callsheet.stats.backtest import back_test, recalibrated_days, recalibrated_items
from callsheet.stats.montecarlo import Scope, how_many, when

TODAY = dt.date(2026, 11, 22)
WEEKDAYS = np.array([1.4, 1.4, 1.4, 1.4, 1.4, 0, 0])


def steady(days: int = 1500, seed: int = 1) -> list[int]:
    """A Poisson team with free weekends."""
    return [int(n) for n in np.random.default_rng(seed).poisson(np.resize(WEEKDAYS, days))]


def test_a_perfectly_regular_team_keeps_every_promise() -> None:
    found = back_test([1, 1, 1, 1, 1, 0, 0] * 40, items=10)
    assert found.coverage[50].held == found.coverage[95].held == 1
    # By hand: 280 days, origins at 90, 97, ... while 28 days remain: 90 + 7 k <= 252, k = 0..23.
    assert found.origins == 24
    assert found.left_out == 4
    assert found.left_out_why == "4 outcome not known yet"
    assert found.brier == 0
    assert found.factors[50] == 1


@pytest.mark.parametrize("kind", ["when", "how many"])
def test_a_steady_team_is_covered_about_as_promised(kind: str) -> None:
    found = back_test(steady(), kind=kind)  # type: ignore[arg-type]
    assert found.origins > 150
    for percent, kept in found.coverage.items():
        assert kept.held == pytest.approx(percent / 100, abs=0.14)
    assert found.brier is not None
    assert 0.15 < found.brier < 0.33


@pytest.mark.parametrize("kind", ["when", "how many"])
def test_a_slowing_team_breaks_promises_and_recalibration_mends_them(kind: str) -> None:
    days = np.arange(1200)
    rate = np.resize(WEEKDAYS, 1200) * 6 * np.exp(-days / 500)
    history = np.random.default_rng(4).poisson(rate)
    found = back_test(history, kind=kind)  # type: ignore[arg-type]
    plain, mended = found.coverage[85], found.recalibrated[85]
    assert plain.held is not None
    assert mended.held is not None
    assert plain.honest is False
    assert plain.held < 0.6
    assert abs(mended.held - 0.85) < 0.5 * abs(plain.held - 0.85)


def test_correction_moves_the_forecast_to_the_safe_side() -> None:
    history = np.random.default_rng(4).poisson(np.resize(WEEKDAYS, 1200) * 6 * np.exp(-np.arange(1200) / 500))
    late, few = back_test(history), back_test(history, kind="how many")
    forecast = when(history, Scope(20, 20), TODAY)
    corrected = recalibrated_days(late, forecast)
    factor = late.factors[85]
    assert factor is not None
    assert factor > 1
    assert corrected[85] == int(np.ceil((forecast.days[85] or 0) * factor - 1e-9))
    items = how_many(history, TODAY, TODAY + dt.timedelta(days=28))
    assert (recalibrated_items(few, items)[85] or 0) < items.at_least[85]


def test_too_few_errors_do_not_correct() -> None:
    found = back_test(steady(150))
    assert 0 < found.origins < 20
    assert set(found.factors.values()) == {None}
    assert found.recalibrated[85].n == 0
    assert set(recalibrated_days(found, when(steady(150), Scope(5, 5), TODAY)).values()) == {None}


def test_an_empty_or_idle_series_has_no_score() -> None:
    assert back_test([]).origins == 0
    idle = back_test([0] * 200)
    assert (idle.origins, idle.brier, idle.coverage[85].held) == (0, None, None)
    assert idle.left_out_why == "16 fewer than 5 active weeks before"


@pytest.mark.parametrize("kind", ["when", "how many"])
def test_a_forecast_never_sees_its_future(kind: str) -> None:
    """One origin, two futures: its chance c scores c^2 if nothing comes and (1 - c)^2 if all does."""
    past = steady(90)
    idle, busy = (back_test([*past, *[n] * 33], kind=kind, items=24, step=40) for n in (0, 50))  # type: ignore[arg-type]
    assert idle.origins == busy.origins == 1
    assert 0.01 < (idle.brier or 0) < 0.99
    assert (idle.brier or 0) ** 0.5 + (busy.brier or 0) ** 0.5 == pytest.approx(1)


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="cannot run"):
        back_test([1] * 200, window=30)
    with pytest.raises(BadInput, match="cannot correct"):
        recalibrated_days(back_test([1] * 200, kind="how many"), when([1] * 200, Scope(1, 1), TODAY))
