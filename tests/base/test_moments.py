"""Reading dates of every usual notation, and refusing what is none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.base.time import Period, local_date, parse_moment, to_utc, zone_of

MADRID = "Europe/Madrid"
# Worked by hand; Madrid is an hour ahead of UTC in winter, two in summer.
READ = {
    "day": ("2026-11-22", "UTC", datetime(2026, 11, 22)),
    "day in a zone begins there": ("2026-11-22", MADRID, datetime(2026, 11, 21, 23)),
    "summer day in a zone": ("2026-07-01", MADRID, datetime(2026, 6, 30, 22)),
    "moment": ("2026-11-22T10:30:00", "UTC", datetime(2026, 11, 22, 10, 30)),
    "moment with Z, whatever the zone": ("2026-11-22T10:30:00Z", MADRID, datetime(2026, 11, 22, 10, 30)),
    "moment with an offset": ("2026-11-22T10:30:00+05:30", MADRID, datetime(2026, 11, 22, 5)),
    "microseconds": ("2026-11-22 10:30:00.123456", "UTC", datetime(2026, 11, 22, 10, 30, 0, 123456)),
    "minutes": ("2026-11-22 10:30", "UTC", datetime(2026, 11, 22, 10, 30)),
    "month": ("2026-11", "UTC", datetime(2026, 11, 1)),
    "slashes, year first": ("2026/11/22", "UTC", datetime(2026, 11, 22)),
    "German": ("22.11.2026", "UTC", datetime(2026, 11, 22)),
    "American": ("11/22/2026", "UTC", datetime(2026, 11, 22)),
    "American with a time": ("11/22/2026 10:30", "UTC", datetime(2026, 11, 22, 10, 30)),
    "Jira": ("22/Nov/26 10:30 PM", "UTC", datetime(2026, 11, 22, 22, 30)),
    "short month": ("22 Nov 2026", "UTC", datetime(2026, 11, 22)),
    "long month, American": ("November 22, 2026", "UTC", datetime(2026, 11, 22)),
    "mail": ("Sun, 22 Nov 2026 10:30:00 +0100", "UTC", datetime(2026, 11, 22, 9, 30)),
    "a feed, whatever the zone": ("Sun, 22 Nov 2026 10:30:00 GMT", MADRID, datetime(2026, 11, 22, 10, 30)),
    "git and date, whatever the zone": ("Sun Nov 22 10:30:00 UTC 2026", MADRID, datetime(2026, 11, 22, 10, 30)),
    "packed": ("20261122", "UTC", datetime(2026, 11, 22)),
    "seconds since 1970": ("1700000000", MADRID, datetime(2023, 11, 14, 22, 13, 20)),
    "milliseconds since 1970": ("1700000000123", MADRID, datetime(2023, 11, 14, 22, 13, 20, 123000)),
    "blanks around it": ("  2026-11-22\n", "UTC", datetime(2026, 11, 22)),
    "leap day": ("2028-02-29", "UTC", datetime(2028, 2, 29)),
    "year 1900": ("1900-01-01", "UTC", datetime(1900, 1, 1)),
}


@pytest.mark.parametrize(("text", "zone", "moment"), READ.values(), ids=READ)
def test_a_usual_notation_is_read(text: str, zone: str, moment: datetime) -> None:
    assert parse_moment(text, zone) == moment


def test_day_first_reads_the_day_first() -> None:
    assert parse_moment("03/04/2026", day_first=True) == datetime(2026, 4, 3)
    assert parse_moment("03/04/2026") == datetime(2026, 3, 4)
    assert parse_moment("22/11/2026 08:15", day_first=True) == datetime(2026, 11, 22, 8, 15)


WRONG = (
    "", " ", "yesterday", "2026-02-30", "2027-02-29", "22.13.2026", "13/45/2026", "1899-12-31", "2201-01-01", "0001-01-01",
    "9999-12-31T23:59:59Z", "12", "123456789012", "2026-11-22T25:00", "NaN", "-1", "2026-11-22; DROP TABLE work", "\x00",
    "٢٠٢٦-١١-٢٢", "22 Nov", "１７０００００００００００",
)  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=repr)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        parse_moment(text)
    assert "2026-11-22" in raised.value.mend


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        moment = parse_moment(text, MADRID)
    except BadInput:
        return
    assert moment.tzinfo is None
    assert 1899 <= moment.year <= 2201


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 31)), st.sampled_from(["UTC", MADRID, "Asia/Kolkata"]))
def test_what_is_written_with_its_offset_is_read_back(moment: datetime, zone: str) -> None:
    written = moment.replace(tzinfo=UTC).astimezone(zone_of(zone))
    assert parse_moment(written.isoformat(), "America/New_York") == moment


def test_an_unknown_zone_is_named() -> None:
    for name in ("Mars/Olympus", "", "../../etc/passwd", "\x00", "a" * 1000):
        with pytest.raises(BadInput, match="no time zone"):
            zone_of(name)


def test_an_hour_that_occurs_twice_is_read_as_the_first() -> None:
    """On 25 October 2026 clocks in Madrid go from 3:00 back to 2:00: 2:30 is first 0:30 UTC, then 1:30 UTC."""
    assert parse_moment("2026-10-25 02:30", MADRID) == datetime(2026, 10, 25, 0, 30)
    assert to_utc(datetime(2026, 10, 25, 2, 30, fold=1), MADRID) == datetime(2026, 10, 25, 1, 30)


def test_a_day_is_the_day_of_the_zone() -> None:
    evening = datetime(2026, 12, 31, 23, 30)
    assert local_date(evening, "UTC") == date(2026, 12, 31)
    assert local_date(evening, MADRID) == date(2027, 1, 1)
    assert local_date(evening, "America/New_York") == date(2026, 12, 31)


def test_a_period_holds_its_begin_and_not_its_end() -> None:
    period = Period(datetime(2026, 11, 16), datetime(2026, 11, 23), "week 47")
    assert period.days == 7
    assert (period.before().since, period.before().until) == (datetime(2026, 11, 9), datetime(2026, 11, 16))
    assert Period(period.since, period.since).days == 0
    with pytest.raises(BadInput, match="ends"):
        Period(period.until, period.since)
