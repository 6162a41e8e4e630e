"""Moments told from now: `-7d`, `-1mStart`, `dStart`, `-1yEnd`, as PostHog writes them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from callsheet.base.time import month_after, to_utc, zone_of

_TOLD = re.compile(r"(?:-(\d{1,5}))?([hdwmqy])(Start|End)?")
_DAYS, _MONTHS = {"d": 1, "w": 7}, {"m": 1, "q": 3, "y": 12}
_MICROSECOND = timedelta(microseconds=1)


def relative(text: str, now: datetime, zone: str = "UTC", *, sunday: bool = False) -> datetime | None:
    """Return the naive UTC moment that a text tells from `now`, by the clock of the zone; None when it tells none.

    `-7d` is seven days ago at this time; `h d w m q y` are hours, days, weeks, months, quarters, years. With `Start`
    it is when that hour, day, week (from Monday, or `sunday`) and so on began, with `End` its last moment. Months that
    are too short end with their last day.
    """
    told = _TOLD.fullmatch(text.strip())
    if told is None or not (told[1] or told[3]):
        return None
    count, unit = int(told[1] or 0), told[2]
    try:
        if unit == "h":
            local = (now - timedelta(hours=count)).replace(tzinfo=UTC).astimezone(zone_of(zone)).replace(tzinfo=None)
        else:
            local = now.replace(tzinfo=UTC).astimezone(zone_of(zone)).replace(tzinfo=None)
            local = datetime.combine(earlier(local.date(), count, unit), local.time())
        if told[3]:
            begin = _began(local, unit, sunday)
            local = begin if told[3] == "Start" else _over(begin, unit) - _MICROSECOND
        return to_utc(local, zone)
    except (OverflowError, ValueError):
        return None


def moves_by_the_minute(text: str) -> bool:
    """Whether a text tells a moment from now that is another one within the hour: `-7d`, not `-7dStart`."""
    told = _TOLD.fullmatch(text.strip())
    return told is not None and told[1] is not None and not told[3]


def earlier(day: date, count: int, unit: str) -> date:
    """Return the day so many days, weeks, months, quarters or years (`d w m q y`) before; the last of its month where that
    is shorter. ValueError or OverflowError beyond the calendar."""
    if unit in _DAYS:
        return day - timedelta(days=count * _DAYS[unit])
    first = month_after(day, -count * _MONTHS[unit])
    return min(first + timedelta(days=day.day - 1), month_after(first, 1) - timedelta(days=1))


def _began(local: datetime, unit: str, sunday: bool) -> datetime:
    if unit == "h":
        return local.replace(minute=0, second=0, microsecond=0)
    day = local.date()
    if unit == "w":
        day -= timedelta(days=(day.weekday() + sunday) % 7)
    elif unit in _MONTHS:
        width = _MONTHS[unit]
        day = date(day.year, (day.month - 1) // width * width + 1, 1)
    return datetime.combine(day, datetime.min.time())


def _over(begin: datetime, unit: str) -> datetime:
    if unit == "h":
        return begin + timedelta(hours=1)
    day = begin.date()
    after = day + timedelta(days=_DAYS[unit]) if unit in _DAYS else month_after(day, _MONTHS[unit])
    return datetime.combine(after, datetime.min.time())
