"""Rules of usage, against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from callsheet.base.errors import BadInput
from callsheet.base.time import Period, cadence_period, last
from callsheet.usage.rules import (
    Entry,
    Use,
    adoption,
    check_activation,
    check_days,
    check_prediction,
    curve,
    due,
    progress,
    standing,
)

OUT = datetime(2026, 11, 1, 12)
FEATURE = Entry("x", "X", "ada", OUT, predicted=(0.3, 0.2, 0.4))


def use(account: str, first: float, last_day: float, uses: int, segment: str = "small", revenue: float = 100.0) -> Use:
    """A use whose moments are days after the release."""
    return Use(account, OUT + timedelta(days=first), OUT + timedelta(days=last_day), uses, segment, revenue)


def test_adoption_of_a_feature_by_hand() -> None:
    """10 could, 4 tried: a and b long ago, of whom only a came back after exactly 7 days; c and d too late to say.

    Wilson's 95% interval of 4 of 10 is .1682 to .6873 (Newcombe 1998's formula, by hand).
    Hours to first use: 24, 48, 240, 288, median 144.
    """
    uses = [use("a", 1, 8, 3), use("b", 2, 8.9, 2), use("c", 10, 10, 1), use("d", 12, 12, 1, "mid", 900.0)]
    row = adoption(FEATURE, {"small": 8, "mid": 2}, uses, OUT + timedelta(days=14))
    assert (row["could_use"], row["tried"], row["tried_share"]) == (10, 4, 0.4)
    assert (row["tried_low"], row["tried_high"]) == pytest.approx((0.1682, 0.6873), abs=5e-5)
    assert (row["repeated"], row["kept"], row["kept_of"]) == (2, 1, 2)
    assert (row["first_use_hours"], row["days"], row["revenue_tried"]) == (144, 14, 1200)
    assert row["segments"] == [
        {"segment": "mid", "could_use": 2, "tried": 1, "share": 0.5},
        {"segment": "small", "could_use": 8, "tried": 3, "share": 0.375},
    ]


def test_adoption_with_nobody_there_has_no_share() -> None:
    row = adoption(FEATURE, {}, [], OUT + timedelta(days=1))
    assert (row["tried_share"], row["tried_low"], row["kept"], row["first_use_hours"], row["revenue_tried"]) == (
        None,
    ) * 5


def test_curve_counts_whole_days_since_the_release() -> None:
    """First uses after 0.5, 0.99 and 2 days of 4 accounts: 2, 2, 3 had tried it by the end of days 0, 1, 2."""
    uses = [use("a", 0.5, 3, 2), use("b", 0.99, 1, 1), use("c", 2, 2, 1)]
    rows = curve(FEATURE, 4, uses, OUT + timedelta(days=2, hours=1))
    assert [(row["day"], row["share"]) for row in rows] == [(0, 0.5), (1, 0.5), (2, 0.75)]
    assert curve(FEATURE, 0, [], OUT + timedelta(days=2)) == []


NOW = datetime(2026, 11, 22, 16)
PROGRESS = {
    "Sunday afternoon: Sunday is not over": (cadence_period("weekly", NOW), "week to date, 6 of 7 days"),
    "a day is not over": (cadence_period("daily", NOW), "today, not over yet"),
    "a month of 30 days": (cadence_period("monthly", NOW), "month to date, 21 of 30 days"),
    "28 days that are no month": (last(28, NOW), "28 days to date, 27 of 28 days"),
    "over": (Period(datetime(2026, 11, 9), datetime(2026, 11, 16)), ""),
    "not begun": (Period(datetime(2026, 12, 1), datetime(2026, 12, 2)), ""),
}


@pytest.mark.parametrize(("period", "words"), PROGRESS.values(), ids=PROGRESS)
def test_how_far_a_period_has_come(period: Period, words: str) -> None:
    assert progress(period, NOW, "UTC") == words


@pytest.mark.parametrize("given", [(1.2, None, None), (0.3, 0.4, 0.5), (None, 0.1, None), (0.3, 0.1, 0.2)])
def test_a_prediction_that_is_none_is_refused(given: tuple[float | None, float | None, float | None]) -> None:
    with pytest.raises(BadInput):
        check_prediction(*given)


def test_a_prediction_may_lack_its_range() -> None:
    check_prediction(0.3, None, None)
    check_prediction(0.3, 0.3, 0.3)
    check_prediction(None, None, None)


# FEATURE was predicted to reach 30% (20 to 40) by day 90; a straight line asks for a third of that by day 30.
STANDING = {
    "surely above all that was predicted, however early": ((0.31, 0.5), 2, "ahead"),
    "above what is due, not surely above all": ((0.25, 0.4), 30, "on its way"),
    "surely below the low end that is due": ((0.01, 0.06), 30, "behind"),
    "the same share was fine earlier": ((0.01, 0.06), 20, "on its way"),
    "inside on the day": ((0.19, 0.35), 90, "as predicted"),
    "below its range long after": ((0.1, 0.19), 200, "behind"),
    "nobody could use it": ((None, None), 30, ""),
}


@pytest.mark.parametrize(("interval", "days", "word"), STANDING.values(), ids=STANDING)
def test_standing_against_the_prediction_at_the_same_age(
    interval: tuple[float | None, float | None], days: float, word: str
) -> None:
    assert standing(FEATURE, *interval, days) == word


def test_what_is_due_grows_to_the_day_and_stays() -> None:
    assert due(FEATURE, 0) == (0, 0, 0)
    assert due(FEATURE, 30) == pytest.approx((0.1, 0.2 / 3, 0.4 / 3))
    assert due(FEATURE, 90) == due(FEATURE, 400) == (0.3, 0.2, 0.4)
    alone = Entry("b", "B", "", OUT, predicted=(0.3, None, None), predicted_days=30)
    assert due(alone, 30) == (0.3, 0.3, 0.3)
    assert due(Entry("c", "C", "", OUT), 30) == (None, None, None)
    assert standing(Entry("c", "C", "", OUT), 0.1, 0.2, 30) == ""


def test_days_and_steps_that_are_none_are_refused() -> None:
    for days in (0, 3651):
        with pytest.raises(BadInput):
            check_days(days)
    for step in (0, 11):
        with pytest.raises(BadInput):
            check_activation(step)
    check_days(None)
    check_activation(10)
