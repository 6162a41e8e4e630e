"""Forecasts against worked and enumerated answers."""

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.stats.blocks import blocks
from callsheet.stats.montecarlo import Risk, Scope, chance_text, how_many, when, when_together

SUNDAY = dt.date(2026, 11, 22)
WORKDAYS = [1, 1, 1, 1, 1, 0, 0] * 20  # Monday to Sunday, one a working day
UNEVEN = [
    3,
    0,
    1,
    0,
    2,
    0,
    0,
    0,
    0,
    0,
    5,
    1,
    0,
    0,
    1,
    1,
    0,
    2,
    0,
    0,
    0,
    0,
    4,
    0,
    0,
    0,
    0,
    1,
    2,
    0,
    1,
    1,
    3,
    0,
    0,
] * 3

# By hand: one item a working day, weekends free; days count from the day after the history.
REGULAR = {
    "nothing left": (WORKDAYS, 0, 0),
    "a week's work is done on Friday": (WORKDAYS, 5, 5),
    "one more waits for Monday": (WORKDAYS, 6, 8),
    "history ends on Wednesday: Thursday, Friday, Monday": (WORKDAYS[:-4], 3, 5),
    "history ends on Friday: the next is on Monday": (WORKDAYS[:-2], 1, 3),
}


@pytest.mark.parametrize(("history", "items", "day"), REGULAR.values(), ids=REGULAR)
def test_a_regular_team_is_forecast_exactly(history: list[int], items: int, day: int) -> None:
    found = when(history, Scope(items, items), SUNDAY)
    assert found.days == {50: day, 70: day, 85: day, 95: day}
    assert found.dates[85] == SUNDAY + dt.timedelta(days=day)


def test_every_block_keeps_its_weekday() -> None:
    history = np.tile([1, 2, 3, 4, 5, 6, 7], 6)[:40]  # ends on the fifth weekday: the next is the sixth
    assert np.unique(blocks(history[None, :])[0], axis=0).tolist() == [[6, 7, 1, 2, 3, 4, 5]]


def enumerated(days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Totals of two weeks over every ordered pair of blocks: the exact distribution."""
    history = np.array(UNEVEN)
    weeks = [np.roll(history[s : s + 7], (s - history.size) % 7) for s in range(history.size - 6)]
    return np.sort([np.concatenate(pair)[:days].sum() for pair in itertools.product(weeks, weeks)])


@pytest.mark.parametrize("days", [9, 14])
def test_how_many_against_every_pair_of_weeks(days: int) -> None:
    exact = enumerated(days)
    found = how_many(UNEVEN, SUNDAY, SUNDAY + dt.timedelta(days=days), trials=40_000)
    for items in range(1, 20):
        assert found.chance(items) == pytest.approx(float((exact >= items).mean()), abs=0.012)


def test_when_against_every_pair_of_weeks() -> None:
    found = when(UNEVEN, Scope(8, 8), SUNDAY, trials=40_000)
    for day in (9, 12, 14):
        exact = float((enumerated(day) >= 8).mean())
        assert found.chance(SUNDAY + dt.timedelta(days=day)) == pytest.approx(exact, abs=0.012)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(0, 30), st.integers(0, 5))
def test_more_work_takes_longer_and_promises_are_ordered(items: int, more: int, seed: int) -> None:
    one, two = (when(UNEVEN, Scope(n, n), SUNDAY, seed=seed) for n in (items, items + more))
    first, second = list(one.days.values()), list(two.days.values())
    assert first == sorted(first, key=lambda d: d or 0)
    assert all((a or 0) <= (b or 0) for a, b in zip(first, second, strict=True))
    chances = [one.chance(SUNDAY + dt.timedelta(days=d)) or 0 for d in range(0, 200, 9)]
    assert chances == sorted(chances)
    for percent, date in one.dates.items():
        assert date is not None
        assert (one.chance(date) or 0) >= percent / 100 - 1e-3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_more_days_finish_more(days: int, more: int) -> None:
    one, two = (how_many(UNEVEN, SUNDAY, SUNDAY + dt.timedelta(days=d)) for d in (days, days + more))
    assert all(one.at_least[p] <= two.at_least[p] for p in one.at_least)
    assert list(one.at_least.values()) == sorted(one.at_least.values(), reverse=True)


def test_the_seed_decides() -> None:
    one, same, other = (when(UNEVEN, Scope(30, 50), SUNDAY, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one.outcomes, same.outcomes)
    assert not np.array_equal(one.outcomes, other.outcomes)


def test_scope_draws_what_it_says() -> None:
    scope = Scope(10, 20, 1, 1.5, (Risk(0.25, 4, 8),))
    drawn = scope.draw(np.random.default_rng(0), 200_000)
    assert drawn.min() >= 10
    assert drawn.max() <= 38
    # By hand: E[U x S] = 15 x 1.25, the ceiling adds nearly 1/2, the risk .25 x 6.
    assert drawn.mean() == pytest.approx(15 * 1.25 + 0.5 + 1.5, abs=0.05)
    assert (Scope(7, 7).draw(np.random.default_rng(0), 50) == 7).all()


def test_features_in_work_share_the_throughput() -> None:
    alone, shared = (when(WORKDAYS, Scope(20, 20), SUNDAY, wip=w).days[50] for w in (1, 2))
    assert alone == 26  # 20 working days end on the Friday of the fourth week
    assert shared is not None
    assert 48 <= shared <= 58  # half the pace, with chance in it


TOO_LITTLE = {
    "no history": [],
    "nothing ever finished": [0] * 120,
    "four busy weeks in a long quiet time": [9] * 28 + [0] * 92,
    "one batch of 94 items": [0] * 60 + [94] + [0] * 60,
    "a month": [2] * 28,
}


@pytest.mark.parametrize("history", TOO_LITTLE.values(), ids=TOO_LITTLE)
def test_too_little_history_gives_no_number_and_says_why(history: list[int]) -> None:
    found = when(history, Scope(10, 10), SUNDAY)
    assert (found.days, found.chance(SUNDAY + dt.timedelta(days=99))) == ({}, None)
    assert found.basis.why is not None
    assert "a forecast needs 5" in found.basis.why
    assert chance_text(found.chance(SUNDAY)) == "no forecast"
    assert how_many(history, SUNDAY, SUNDAY + dt.timedelta(days=7)).chance(1) is None


def test_a_short_history_is_noted() -> None:
    assert when([1] * 89, Scope(5, 5), SUNDAY).basis.notes
    assert not when([1] * 90, Scope(5, 5), SUNDAY).basis.notes


def test_beyond_ten_years_is_no_date() -> None:
    found = when(WORKDAYS, Scope(5000, 5000), SUNDAY)
    assert found.days[50] is None
    assert found.dates[50] is None


def test_two_teams_end_with_the_slower_one() -> None:
    slow, fast = (WORKDAYS, Scope(12, 12)), (WORKDAYS, Scope(3, 3))
    assert when_together({"a": slow, "b": fast}, SUNDAY).days[85] == when(*slow, SUNDAY).days[85] == 16


def test_teams_with_the_same_past_rise_and_fall_together() -> None:
    team = (UNEVEN, Scope(20, 20))
    joint, alone = when_together({"a": team, "b": team}, SUNDAY), when(*team, SUNDAY)
    assert joint.days[85] == pytest.approx(alone.days[85], abs=2)


def test_shared_people_widen_to_the_latest_possible() -> None:
    teams = {"a": (UNEVEN, Scope(20, 20)), "b": (UNEVEN, Scope(18, 22))}
    plain, wide = when_together(teams, SUNDAY), when_together(teams, SUNDAY, shared_people=True)
    for percent in plain.days:
        assert (wide.days[percent] or 0) >= (plain.days[percent] or 0)
    assert (wide.days[85] or 0) > (plain.days[85] or 0)
    assert "share people" in wide.basis.notes[-1]
    date = plain.dates[70]
    assert date is not None
    each = [when(*team, SUNDAY).chance(date) or 0 for team in teams.values()]
    assert wide.chance(date) == pytest.approx(max(0, sum(each) - 1), abs=0.02)


def test_a_team_without_history_is_named() -> None:
    found = when_together({"core": (WORKDAYS, Scope(1, 1)), "data": ([0] * 140, Scope(1, 1))}, SUNDAY)
    assert found.basis.why is not None
    assert found.basis.why.startswith("data: only 0 weeks")


@pytest.mark.parametrize(
    ("chance", "text"),
    [(None, "no forecast"), (0.951, ">95%"), (0.95, "95%"), (0.5, "50%"), (0.01, "1%"), (0.009, "<1%")],
)
def test_no_false_certainty(chance: float | None, text: str) -> None:
    assert chance_text(chance) == text


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="negative or broken"):
        when([1, -1], Scope(1, 1), SUNDAY)
    with pytest.raises(BadInput, match="negative or broken"):
        when([0.5], Scope(1, 1), SUNDAY)
    with pytest.raises(BadInput, match="upside down"):
        when(WORKDAYS, Scope(5, 4), SUNDAY)
    with pytest.raises(BadInput, match="too few"):
        when(WORKDAYS, Scope(5, 5), SUNDAY, trials=100)
    with pytest.raises(BadInput, match="days after"):
        how_many(WORKDAYS, SUNDAY, SUNDAY - dt.timedelta(days=1))
    with pytest.raises(BadInput, match="no team"):
        when_together({}, SUNDAY)
    with pytest.raises(BadInput, match="features in work"):
        when(WORKDAYS, Scope(5, 5), SUNDAY, wip=0)
