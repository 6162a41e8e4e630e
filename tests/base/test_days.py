"""Days, weeks and months of the organisation, across changes of the clock and of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.base.time import Period, cadence_period, last, local_day, local_midnight, offsets, previous, step_back
from callsheet.store.engines.duck import DuckWarehouse

# Zones that behave oddly: half hours, a change of 30 minutes, changes at midnight, a day that was left out,
# winter time as the negative one, no change at all.
ZONES = (
    "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut",
    "Africa/Casablanca", "Pacific/Apia", "Europe/Dublin", "Asia/Kathmandu", "UTC",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2030, 12, 31))


def truth(moment: datetime, zone: str) -> date:
    """The local day, from the standard library alone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


@pytest.fixture(scope="module")
def house() -> DuckWarehouse:
    return DuckWarehouse(None)


def in_the_engine(house: DuckWarehouse, moments: list[datetime], zone: str) -> list[date]:
    """The days as the warehouse computes them."""
    given = (
        ibis.array([ibis.timestamp(moment.isoformat()) for moment in moments]).unnest().name("occurred_at").as_table()
    )
    day = local_day(given.occurred_at, zone, min(moments), max(moments))
    found = {row["occurred_at"]: row["day"] for row in house.run(given.mutate(day=day)).to_pylist()}
    return [found[moment] for moment in moments]


@settings(max_examples=60, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20), zone=st.sampled_from(ZONES))
@example(moments=[datetime(2026, 3, 29, 0, 59, 59, 999999), datetime(2026, 3, 29, 1)], zone="Europe/Madrid")
@example(moments=[datetime(2011, 12, 30, 9, 59, 59), datetime(2011, 12, 30, 10)], zone="Pacific/Apia")
@example(moments=[datetime(2026, 9, 6, 3, 30), datetime(2026, 9, 6, 4, 30)], zone="America/Santiago")
def test_the_engines_day_is_the_day_of_the_zone(house: DuckWarehouse, moments: list[datetime], zone: str) -> None:
    assert in_the_engine(house, moments, zone) == [truth(moment, zone) for moment in moments]


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_hour_around_the_changes_of_the_clock(house: DuckWarehouse, zone: str) -> None:
    """All of 2026's transitions, a day before and after each, by brute force."""
    changes = [start for start, _ in offsets(zone, datetime(2026, 1, 1), datetime(2026, 12, 31))][1:]
    quarters = [change + timedelta(minutes=15 * n) for change in changes for n in range(-96, 97)]
    moments = quarters or [datetime(2026, 6, 1)]
    assert in_the_engine(house, moments, zone) == [truth(moment, zone) for moment in moments]


def test_a_change_at_half_past_is_found_to_the_minute() -> None:
    """Lord Howe Island goes from 10:30 to 11:00 ahead at 2:00 of its own time: 15:30 UTC on 3 October 2026."""
    found = list(offsets("Australia/Lord_Howe", datetime(2026, 9, 1, 12, 20), datetime(2026, 12, 1)))
    assert [start for start, _ in found] == [datetime(2026, 9, 1, 12), datetime(2026, 10, 3, 15, 30)]


def test_a_span_of_centuries_is_quick() -> None:
    """A stranger to the data may ask for any since and until; each hour looked at would take ten seconds."""
    assert len(list(offsets("Europe/Madrid", datetime(1901, 1, 1), datetime(2200, 1, 1)))) > 300


def test_a_year_has_two_changes_of_the_clock_in_madrid() -> None:
    """2026: forward on 29 March at 1:00 UTC, back on 25 October at 1:00 UTC (EU directive 2000/84/EC)."""
    found = list(offsets("Europe/Madrid", datetime(2026, 1, 1), datetime(2026, 12, 31)))
    assert [start for start, _ in found] == [datetime(2026, 1, 1), datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)]
    assert [offset.total_seconds() / 3600 for _, offset in found] == [1, 2, 1]


# cadence, now (UTC), zone -> since, until (UTC), label; worked by hand with a calendar
SPANS = {
    "a day": ("daily", "2026-11-22 10:00", "UTC", "2026-11-22 00:00", "2026-11-23 00:00", "22 November"),
    "a day in Madrid": ("daily", "2026-11-22 23:30", "Europe/Madrid", "2026-11-22 23:00", "2026-11-23 23:00", "23 November"),
    "a day of 23 hours": ("daily", "2026-03-29 12:00", "Europe/Madrid", "2026-03-28 23:00", "2026-03-29 22:00", "29 March"),
    "a day of 25 hours": ("daily", "2026-10-25 12:00", "Europe/Madrid", "2026-10-24 22:00", "2026-10-25 23:00", "25 October"),
    "a week": ("weekly", "2026-11-22 10:00", "UTC", "2026-11-16 00:00", "2026-11-23 00:00", "week 47"),
    "a Monday begins a week": ("weekly", "2026-11-23 00:00", "UTC", "2026-11-23 00:00", "2026-11-30 00:00", "week 48"),
    "week 53 across the year": ("weekly", "2027-01-02 10:00", "UTC", "2026-12-28 00:00", "2027-01-04 00:00", "week 53"),
    "week 1 begins in December": ("weekly", "2025-12-30 10:00", "UTC", "2025-12-29 00:00", "2026-01-05 00:00", "week 1"),
    "a week with a change": ("weekly", "2026-03-29 12:00", "Europe/Madrid", "2026-03-22 23:00", "2026-03-29 22:00", "week 13"),
    "a month": ("monthly", "2026-11-22 10:00", "UTC", "2026-11-01 00:00", "2026-12-01 00:00", "November 2026"),
    "December": ("monthly", "2026-12-31 22:59", "Europe/Madrid", "2026-11-30 23:00", "2026-12-31 23:00", "December 2026"),
    "by an hour": ("monthly", "2026-12-31 23:00", "Europe/Madrid", "2026-12-31 23:00", "2027-01-31 23:00", "January 2027"),
    "February of a leap year": ("monthly", "2028-02-29 10:00", "UTC", "2028-02-01 00:00", "2028-03-01 00:00", "February 2028"),
    "with a change": ("monthly", "2026-10-10 10:00", "Europe/Madrid", "2026-09-30 22:00", "2026-10-31 23:00", "October 2026"),
}  # fmt: skip


@pytest.mark.parametrize(("cadence", "now", "zone", "since", "until", "label"), SPANS.values(), ids=SPANS)
def test_the_span_of_a_cadence(cadence: str, now: str, zone: str, since: str, until: str, label: str) -> None:
    period = cadence_period(cadence, datetime.fromisoformat(now), zone)
    assert (period.since, period.until) == (datetime.fromisoformat(since), datetime.fromisoformat(until))
    assert period.label == label


@given(now=MOMENTS, cadence=st.sampled_from(["daily", "weekly", "monthly"]), zone=st.sampled_from(ZONES))
@example(now=datetime(2011, 12, 31, 12), cadence="daily", zone="Pacific/Apia")
def test_spans_hold_now_and_follow_one_another(now: datetime, cadence: str, zone: str) -> None:
    """Without gap or overlap, whatever the clock did in between."""
    period = cadence_period(cadence, now, zone)
    assert period.since <= now < period.until
    assert previous(period, cadence, zone).until == period.since


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_midnight_is_at_or_before_the_moment_and_of_the_same_day(now: datetime, zone: str) -> None:
    midnight = local_midnight(now, zone)
    assert midnight <= now
    assert truth(midnight, zone) == truth(now, zone)


def test_the_last_days_end_with_today() -> None:
    period = last(28, datetime(2026, 11, 22, 10), "Europe/Madrid")
    assert (period.since, period.until) == (datetime(2026, 10, 25, 23), datetime(2026, 11, 22, 23))


def test_the_last_days_begin_at_midnight_when_the_clock_changed_meanwhile() -> None:
    """28 local days up to 10 November begin on 14 October, a summer day: at 22:00 UTC of the day before."""
    period = last(28, datetime(2026, 11, 10, 10), "Europe/Madrid")
    assert (period.since, period.until) == (datetime(2026, 10, 13, 22), datetime(2026, 11, 10, 23))


def test_an_unknown_cadence_is_refused() -> None:
    with pytest.raises(BadInput, match="fortnightly"):
        cadence_period("fortnightly", datetime(2026, 11, 22))


BACK = {
    "a week over a change of the clock": ("2026-10-25 23:00", "2026-11-01 23:00", "2026-10-18 22:00"),
    "a month": ("2026-10-31 23:00", "2026-11-30 23:00", "2026-09-30 22:00"),
    "March to February": ("2026-02-28 23:00", "2026-03-31 22:00", "2026-01-31 23:00"),
    "January to December": ("2026-12-31 23:00", "2027-01-31 23:00", "2026-11-30 23:00"),
    "28 days": ("2026-10-13 22:00", "2026-11-10 23:00", "2026-09-15 22:00"),
    "not whole days": ("2026-11-01 12:00", "2026-11-02 06:00", "2026-10-31 18:00"),
    "no time at all": ("2026-11-01 12:00", "2026-11-01 12:00", "2026-11-01 12:00"),
}


@pytest.mark.parametrize(("since", "until", "before"), BACK.values(), ids=BACK)
def test_the_span_before_of_the_same_kind(since: str, until: str, before: str) -> None:
    """In Madrid; worked by hand with a calendar."""
    period = Period(datetime.fromisoformat(since), datetime.fromisoformat(until))
    found = step_back(period, "Europe/Madrid")
    assert (found.since, found.until) == (datetime.fromisoformat(before), period.since)
