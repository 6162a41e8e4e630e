"""Spans as buckets: bounds worked out by hand from the zones' rules of 2026."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.usage.questions.buckets import buckets, micros, moment_of
from callsheet.usage.questions.common import Interval, Span
from tests.usage.questions.made import ZONES, interval_of

NOW = datetime(2026, 3, 31, 10, 20)

KNOWN: dict[str, tuple[Span, Interval, str, list[str], str]] = {
    "the day the clock goes forward has 23 hours": (
        Span(since="2026-03-28", until="2026-03-29"), "day", "Europe/Madrid",
        ["2026-03-27T23:00", "2026-03-28T23:00"], "2026-03-29T22:00",
    ),
    "the day the clock goes back has 25 hours": (
        Span(since="2026-10-25", until="2026-10-25"), "day", "Europe/Madrid", ["2026-10-24T22:00"], "2026-10-25T23:00",
    ),
    "weeks begin on Monday and hold the whole of the first and the last": (
        Span(since="2026-03-04", until="2026-03-10"), "week", "UTC", ["2026-03-02T00:00", "2026-03-09T00:00"],
        "2026-03-16T00:00",
    ),
    "weeks may begin on Sunday": (
        Span(since="2026-03-04", until="2026-03-04", week="sunday"), "week", "UTC", ["2026-03-01T00:00"],
        "2026-03-08T00:00",
    ),
    "a Sunday is the last day of an ISO week": (
        Span(since="2026-03-01", until="2026-03-01"), "week", "UTC", ["2026-02-23T00:00"], "2026-03-02T00:00",
    ),
    "months differ in length, and clocks change inside": (
        Span(since="2026-02-10", until="2026-03-31"), "month", "America/New_York",
        ["2026-02-01T05:00", "2026-03-01T05:00"], "2026-04-01T04:00",
    ),
    "hours of a zone of half an hour begin at half past": (
        Span(last=2), "hour", "Asia/Kolkata", ["2026-03-31T08:30", "2026-03-31T09:30"], "2026-03-31T10:30",
    ),
    "the last three days end with today": (
        Span(last=3), "day", "UTC", ["2026-03-29T00:00", "2026-03-30T00:00", "2026-03-31T00:00"], "2026-04-01T00:00",
    ),
    "the last two months up to a day": (
        Span(until="2026-02-28", last=2), "month", "UTC", ["2026-01-01T00:00", "2026-02-01T00:00"], "2026-03-01T00:00",
    ),
    "a moment as the end includes its whole interval": (
        Span(since="2026-03-30", until="2026-03-31T00:00:00"), "day", "UTC",
        ["2026-03-30T00:00", "2026-03-31T00:00"], "2026-04-01T00:00",
    ),
    "the year ends in the middle of a week": (
        Span(since="2025-12-31", until="2026-01-01"), "week", "UTC", ["2025-12-29T00:00"], "2026-01-05T00:00",
    ),
    "where the clock changes by half an hour, the hour is cut at the change": (
        Span(since="2026-10-04T01:00", until="2026-10-04T03:00"), "hour", "Australia/Lord_Howe",
        ["2026-10-03T14:30", "2026-10-03T15:30", "2026-10-03T16:00"], "2026-10-03T17:00",
    ),
    "a midnight that does not exist is the moment of the change": (
        Span(since="2026-03-29", until="2026-03-29"), "day", "Asia/Beirut", ["2026-03-28T22:00"], "2026-03-29T21:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_bounds(case: str) -> None:
    span, interval, zone, starts, until = KNOWN[case]
    found = buckets(span, interval, zone, NOW)
    assert [moment_of(one).isoformat()[:16] for one in found.bounds[:-1]] == starts
    assert found.until.isoformat()[:16] == until


COUNTS: dict[str, tuple[str, str, int]] = {
    "an ordinary day": ("2026-03-28", "Europe/Madrid", 24),
    "two o'clock is skipped": ("2026-03-29", "Europe/Madrid", 23),
    "two o'clock comes twice": ("2026-10-25", "Europe/Madrid", 25),
    "no change in India": ("2026-03-29", "Asia/Kolkata", 24),
}


@pytest.mark.parametrize("case", COUNTS)
def test_hours_of_a_day(case: str) -> None:
    day, zone, count = COUNTS[case]
    found = buckets(Span(since=day, until=day), "hour", zone, NOW)
    assert len(found) == count
    assert len(found.named()) == count
    before = found.before()
    assert len(before) == count
    assert found.since - before.since == timedelta(days=1)


def test_the_interval_under_way_is_partial() -> None:
    assert [one.partial for one in buckets(Span(last=3), "day", "UTC", NOW).named()] == [False, False, True]
    ended = datetime(2026, 3, 31)
    assert not buckets(Span(since="2026-03-30", until="2026-03-30"), "day", "UTC", ended).partial.any()


def test_as_many_months_as_may_be_asked_for() -> None:
    assert len(buckets(Span(last=5000), "month", "UTC", NOW)) == 5000


def test_words() -> None:
    def words(interval: Interval) -> list[str]:
        return [one.label for one in buckets(Span(last=1), interval, "UTC", NOW).named()]

    assert words("day") == ["31 Mar"]
    assert words("week") == ["week of 30 Mar"]
    assert words("month") == ["March 2026"]
    assert words("hour") == ["31 Mar 10:00"]


def test_an_hour_that_the_clock_shows_twice_says_which_it_is() -> None:
    """Europe/Madrid goes from UTC+2 to UTC+1 at 03:00 on 25 October 2026; in spring no hour is there twice."""
    found = buckets(Span(since="2026-10-25T01:00", until="2026-10-25T03:30"), "hour", "Europe/Madrid", NOW).named()
    assert [(one.since[11:16], one.offset) for one in found] == [
        ("01:00", ""), ("02:00", "+02:00"), ("02:00", "+01:00"), ("03:00", ""),
    ]  # fmt: skip
    assert [one.label for one in found][1:3] == ["25 Oct 02:00 (+02:00)", "25 Oct 02:00 (+01:00)"]
    spring = buckets(Span(since="2026-03-29T00:00", until="2026-03-29T05:00"), "hour", "Europe/Madrid", NOW).named()
    assert not any(one.offset for one in spring)


def test_the_period_before_a_month_is_the_month_before() -> None:
    march = buckets(Span(since="2026-03-01", until="2026-03-31"), "month", "UTC", NOW).before()
    assert (march.since, march.until) == (datetime(2026, 2, 1), datetime(2026, 3, 1))


WRONG: dict[str, tuple[Any, Interval, str]] = {
    "backwards": (Span(since="2026-03-02", until="2026-03-01"), "day", "before it begins"),
    "both ends and a length": (Span(since="2026-03-01", last=3), "day", "since and last"),
    "no date": (Span(since="soon"), "day", "not a date"),
    "too many hours": (Span(since="2024-01-01", until="2026-01-01"), "hour", "intervals"),
    "too many months": (Span.model_construct(last=6000), "month", "6,000 intervals"),
    "a wide span of days": (Span(since="1950-01-01", until="2026-01-01"), "day", "27,760 intervals"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_spans_are_refused(case: str) -> None:
    span, interval, words = WRONG[case]
    with pytest.raises(BadInput, match=words):
        buckets(span, interval, "UTC", NOW)


@settings(max_examples=80, deadline=None)
@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.sampled_from(("day", "week", "month")),
    st.sampled_from((*ZONES, "Australia/Lord_Howe", "America/Sao_Paulo")), st.integers(0, 24 * 60),
)  # fmt: skip
def test_a_moment_falls_where_the_calendar_says(begin: datetime, interval: Interval, zone: str, hours: int) -> None:
    end = begin + timedelta(hours=hours)
    found = buckets(Span(since=f"{begin.isoformat()}Z", until=f"{end.isoformat()}Z"), interval, zone, NOW)
    names = [one.since for one in found.named()]
    place = int(found.places(np.array([micros(begin + timedelta(hours=hours / 2))]))[0])
    assert names[place] == interval_of(begin + timedelta(hours=hours / 2), interval, zone).isoformat()
    outside = np.array([micros(found.since) - 1, micros(found.until)], np.int64)
    assert found.places(outside).tolist() == [-1, -1]
    assert (np.diff(found.bounds) > 0).all()
    assert len(found.before()) == len(found)


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1)), st.sampled_from(ZONES), st.integers(1, 100))
def test_hours_follow_each_other(now: datetime, zone: str, count: int) -> None:
    found = buckets(Span(last=count), "hour", zone, now)
    assert len(found) == count
    assert set(np.diff(found.bounds).tolist()) == {3_600_000_000}
    assert found.bounds[-2] <= micros(now) < found.bounds[-1]
