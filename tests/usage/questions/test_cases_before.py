"""What a period is compared with, and spans by hours and minutes: worked by hand on the calendar of 2026."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.usage.questions import kinds
from callsheet.usage.questions.lifecycle import Question as Lifecycle
from callsheet.usage.questions.trends import Answer, Question
from tests.usage.questions.desks import desk

NOW = "2026-11-18T21:30:00"
"""A Wednesday."""
CALLS = """2026-11-04T20:00 ann call
    2026-11-04T22:00 ann call
    2026-11-11T20:00 ann call
    2026-11-11T22:00 ann call
    2026-11-17T08:15 ann call
    2026-11-17T21:05 bob call
    2026-11-18T08:40 bob call
    2026-11-18T21:05 ann call
    2026-11-18T21:29 cid call"""


def ask(zone: str = "UTC", now: str = NOW, **asked: Any) -> Any:
    return kinds.answer(kinds.parse({"kind": "trends", "series": [{}]} | asked), desk(CALLS, zone, now=now))


def before(interval: str = "day", zone: str = "UTC", now: str = NOW, **span: Any) -> tuple[str, str, int]:
    """Return the first and the last interval of the period before, and how many it has."""
    found = ask(zone, now, interval=interval, span=span, compare="previous").previous
    return found[0].since, found[-1].since, len(found)


BEFORE: dict[str, tuple[dict[str, Any], tuple[str, str, int]]] = {
    "a week back and today: from the same weekday on": ({"since": "-7d"}, ("2026-11-04", "2026-11-11", 8)),
    "two weeks, told in weeks": ({"since": "-2w"}, ("2026-10-21", "2026-11-04", 15)),
    "no whole weeks: as many days": ({"since": "-3d"}, ("2026-11-11", "2026-11-14", 4)),
    "an end is given: as many days": ({"since": "-7d", "until": "-1d"}, ("2026-11-04", "2026-11-10", 7)),
    "so many days": ({"last": 7}, ("2026-11-05", "2026-11-11", 7)),
}


@pytest.mark.parametrize("case", BEFORE)
def test_the_days_before(case: str) -> None:
    span, wanted = BEFORE[case]
    assert before(**span) == wanted


HOURS: dict[str, tuple[dict[str, Any], tuple[str, str, int]]] = {
    "today so far": ({"since": "dStart"}, ("2026-11-17T00:00:00", "2026-11-17T21:00:00", 22)),
    "24 hours": ({"since": "-24h"}, ("2026-11-16T21:00:00", "2026-11-17T21:00:00", 25)),
    "three hours": ({"last": 3}, ("2026-11-17T19:00:00", "2026-11-17T21:00:00", 3)),
    "two days": ({"since": "2026-11-16", "until": "2026-11-17"}, ("2026-11-14T00:00:00", "2026-11-15T23:00:00", 48)),
}


@pytest.mark.parametrize("case", HOURS)
def test_hours_are_compared_with_the_same_hours_of_earlier_days(case: str) -> None:
    span, wanted = HOURS[case]
    assert before("hour", **span) == wanted


def test_the_same_hours_where_the_clock_changes_between() -> None:
    """Lisbon goes back an hour on 25 October 2026: noon is 11:00 UTC the day before, and 12:00 on that day."""
    found = ask("Europe/Lisbon", "2026-10-25T14:00:00", interval="hour", span={"last": 2}, compare="previous")
    assert [one.since for one in found.buckets] == ["2026-10-25T13:00:00", "2026-10-25T14:00:00"]
    assert [one.since for one in found.previous] == ["2026-10-24T13:00:00", "2026-10-24T14:00:00"]


def test_days_ago_begin_with_their_day_by_hours_unless_exact() -> None:
    whole, exact = (ask(interval="hour", span={"since": "-1d"} | more) for more in ({}, {"exact": True}))
    assert (whole.buckets[0].since, len(whole.buckets), whole.lines[0].total) == ("2026-11-17T00:00:00", 46, 5)
    assert (exact.buckets[0].since, len(exact.buckets), exact.lines[0].total) == ("2026-11-17T21:30:00", 25, 3)


def test_exact_weeks_are_compared_with_what_was_exactly_before() -> None:
    """The week up to Wednesday, half past nine in the evening, and the seven days up to then a week earlier."""
    for compare in ("previous", "7d"):
        now, then = ask(span={"since": "-7d", "exact": True}, compare=compare).lines
        assert (now.total, then.total) == (6, 2), compare
        assert (now.amounts, then.amounts) == ([1, 0, 0, 0, 0, 0, 2, 3], [1, 0, 0, 0, 0, 0, 0, 1]), compare


EXACT: dict[str, tuple[str, str, str, list[str], float]] = {
    "three days and a bit take four": ("2026-11-15T12:00", "2026-11-18T21:20", "day", ["2026-11-11"], 2),
    "ten days take two weeks": ("2026-11-09", "2026-11-18", "week", ["2026-10-26", "2026-11-02"], 2),
    "part of a month is compared with that part": ("2026-11-04", "2026-11-11", "month", ["2026-10-01"], 0),
}


@pytest.mark.parametrize("case", EXACT)
def test_exact_spans_go_back_by_whole_intervals(case: str) -> None:
    since, until, interval, begins, total = EXACT[case]
    found = ask(span={"since": since, "until": until, "exact": True}, interval=interval, compare="previous")
    assert [one.since for one in found.previous][: len(begins)] == begins
    assert len(found.previous) == len(found.buckets)
    assert next(line.total for line in found.lines if line.period == "previous") == total


def test_people_of_the_exact_period_before() -> None:
    asked = kinds.parse({
        "kind": "trends", "series": [{}], "span": {"since": "2026-11-18T21:00", "exact": True}, "interval": "hour",
        "compare": "previous",
    })  # fmt: skip
    assert kinds.people(asked, {"period": "previous"}, desk(CALLS, now=NOW)).ids == ["bob"]
    assert kinds.people(asked, {}, desk(CALLS, now=NOW)).ids == ["ann", "cid"]


def test_minutes() -> None:
    found = ask(interval="minute", span={"since": "-1h"}, compare="previous", series=[{"math": "unique"}])
    assert [one.since for one in found.buckets][::60] == ["2026-11-18T20:30:00", "2026-11-18T21:30:00"]
    assert found.buckets[35].label == "18 Nov 21:05"
    assert [i for i, amount in enumerate(found.lines[0].amounts) if amount] == [35, 59]
    assert [i for i, amount in enumerate(found.lines[1].amounts) if amount] == [35]
    assert found.previous[35].since == "2026-11-17T21:05:00"
    assert [one.since[11:16] for one in ask("Asia/Kolkata", interval="minute", span={"last": 2}).buckets] == [
        "02:59", "03:00",
    ]  # fmt: skip


def test_first_times_and_active_people_by_minutes() -> None:
    for math, places in (("first_ever", [59]), ("weekly_active", [0, 1, 59])):
        amounts = ask(interval="minute", span={"since": "-1h"}, series=[{"math": math}]).lines[0].amounts
        assert sum(amounts[:59]) == (0 if math == "first_ever" else 59 * 2), math
        assert amounts[places[-1]] == (1 if math == "first_ever" else 3), math


def test_only_trends_count_by_minutes() -> None:
    with pytest.raises(ValidationError, match="only trends count by minutes"):
        Lifecycle(interval="minute")
    assert Question(series=({},), interval="minute").interval == "minute"


def test_what_is_cut_off_at_this_moment_is_not_over() -> None:
    for span in ({"since": "-7d"}, {"since": "mStart"}, {"since": "dStart"}):
        for interval in ("hour", "day", "week", "month"):
            found = ask(span={**span, "exact": True}, interval=interval, compare="previous")
            assert [one.partial for one in found.buckets[:-1]] == [False] * (len(found.buckets) - 1)
            assert found.buckets[-1].partial
            assert not any(one.partial for one in found.previous)
    over = ask(span={"since": "dStart", "until": "2026-11-18T21:29", "exact": True}, interval="hour")
    assert not over.buckets[-1].partial, "nothing more can come before half past nine"


def trend(question: dict[str, Any], calls: str) -> Answer:
    """The answer of a trend."""
    found = kinds.answer(kinds.parse(question), desk(calls, now=NOW))
    assert isinstance(found, Answer)
    return found


def test_part_of_a_week_is_found_again_in_the_month_before() -> None:
    """6 May 2026 is a Wednesday and 6 April a Monday: a call a day from 6 to 20 April, in three weeks of their own."""
    calls = "\n".join(f"2026-{month}-{day:02}T12:00 ann call" for month in ("03", "04", "05") for day in range(1, 31))
    asked: dict[str, Any] = {"kind": "trends", "series": [{}], "interval": "week", "compare": "1m"}
    span = {"since": "2026-05-06", "until": "2026-05-20", "exact": True}
    found = trend({**asked, "span": span}, calls)
    assert [(one.amounts, one.total) for one in found.lines] == [([5, 7, 3], 15), ([7, 7, 1], 15)]
    assert [one.since for one in found.previous] == ["2026-04-06", "2026-04-13", "2026-04-20"]


def test_thirty_days_up_to_a_week_that_is_cut_off() -> None:
    """The 30 days that end on Monday, 2 November begin on 4 October, whatever of the week is asked for."""
    asked: dict[str, Any] = {"kind": "trends", "series": [{"math": "monthly_active"}], "interval": "week"}
    for exact in (False, True):
        span = {"since": "2026-11-08", "until": "2026-11-15", "exact": exact}
        found = trend({**asked, "span": span}, "2026-10-04T12:00 ann call")
        assert found.lines[0].amounts == [1, 0], exact
