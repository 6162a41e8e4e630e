"""Moments are naive UTC; days are the organisation's.

The warehouse stores bare UTC timestamps, so every engine agrees. A local day is computed by an
offset that is a CASE over the zone's own transitions in the queried range (`offsets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callsheet.base.errors import BadInput

CADENCES = ("daily", "weekly", "monthly")
_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y-%m", "%d.%m.%Y", "%d.%m.%Y %H:%M",
    "%m/%d/%Y", "%m/%d/%Y %H:%M", "%d/%b/%y %I:%M %p", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%a, %d %b %Y %H:%M:%S %z", "%Y%m%d",
)  # fmt: skip
_FORMATS_IN_UTC = ("%a %b %d %H:%M:%S UTC %Y", "%a %b %d %H:%M:%S GMT %Y", "%a, %d %b %Y %H:%M:%S GMT")
_STRIDE = timedelta(days=1)
"""No zone changes its clock twice in this time."""
_EPOCH = re.compile(r"^[0-9]{10}(?:[0-9]{3})?$")


def utc_now() -> datetime:
    """Return the present moment, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def to_utc(moment: datetime, zone: str = "UTC") -> datetime:
    """Return a naive UTC moment; a moment without zone is read in `zone`."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(zone))
    return moment.astimezone(UTC).replace(tzinfo=None)


def zone_of(name: str) -> ZoneInfo:
    """Return the zone, or say that it is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as why:
        raise BadInput(f"There is no time zone {name!r}.", "Use an IANA name such as Europe/Madrid.") from why


def parse_moment(text: str, zone: str = "UTC", day_first: bool = False) -> datetime:
    """Return a naive UTC moment from any of the usual notations.

    ISO 8601 (with or without zone), `2026-11-22`, `2026-11`, `22.11.2026`, `11/22/2026`
    (`day_first` reads 22/11/2026), `22 Nov 2026`, RFC 2822, seconds or milliseconds since 1970.
    Raises BadInput for anything else, and outside the years 1900 to 2200.
    """
    raw = text.strip()
    moment = _parse(raw, day_first)
    if moment is None or not 1900 <= moment.year <= 2200:
        raise BadInput(f"{text!r} is not a date.", "Use 2026-11-22 or 2026-11-22T10:30:00Z.")
    return to_utc(moment, zone)


def _parse(raw: str, day_first: bool) -> datetime | None:
    if _EPOCH.match(raw) and (len(raw) == 13 or not raw.startswith(("19", "20"))):
        seconds = int(raw) / (1000 if len(raw) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC)
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        pass
    formats = ("%d/%m/%Y", "%d/%m/%Y %H:%M", *_FORMATS) if day_first else _FORMATS
    for form in formats:
        try:
            return datetime.strptime(raw, form)
        except ValueError:
            continue
    return _parse_utc(raw)


def _parse_utc(raw: str) -> datetime | None:
    for form in _FORMATS_IN_UTC:
        try:
            return datetime.strptime(raw, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open span `[since, until)` of naive UTC moments, with words for it."""

    since: datetime
    until: datetime
    label: str = ""

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadInput(
                f"The period ends ({self.until:%Y-%m-%d}) before it begins ({self.since:%Y-%m-%d}).",
                "Give a since that is before the until.",
            )

    @property
    def days(self) -> float:
        """Length in days, fractional."""
        return (self.until - self.since).total_seconds() / 86400

    def holds(self, column: Any) -> Any:
        """Return the Ibis condition that `column` lies in the period."""
        return (column >= self.since) & (column < self.until)

    def before(self) -> Period:
        """Return the span of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since, "the period before")


def local_midnight(moment: datetime, zone: str) -> datetime:
    """Return the naive UTC moment of the local midnight at or before `moment` (naive UTC)."""
    local = moment.replace(tzinfo=UTC).astimezone(zone_of(zone))
    return to_utc(datetime(local.year, local.month, local.day), zone)


def local_date(moment: datetime, zone: str) -> date:
    """Return the calendar day that `moment` (naive UTC) falls on in `zone`."""
    return moment.replace(tzinfo=UTC).astimezone(zone_of(zone)).date()


def day_start(value: date, zone: str) -> datetime:
    """Return the naive UTC moment at which the local day begins."""
    return to_utc(datetime(value.year, value.month, value.day), zone)


def month_after(day: date, months: int) -> date:
    """Return the first day of the month `months` after that of the day; before it, where they are negative."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def cadence_period(cadence: str, now: datetime, zone: str = "UTC") -> Period:
    """Return the span a call sheet of this cadence reports on, up to and including today.

    daily: today; weekly: the ISO week of today; monthly: the calendar month of today.
    """
    today = local_date(now, zone)
    if cadence == "daily":
        return Period(day_start(today, zone), day_start(today + timedelta(days=1), zone), f"{today.day} {today:%B}")
    if cadence == "weekly":
        monday = today - timedelta(days=today.weekday())
        label = f"week {today.isocalendar().week}"
        return Period(day_start(monday, zone), day_start(monday + timedelta(days=7), zone), label)
    if cadence == "monthly":
        first = today.replace(day=1)
        return Period(day_start(first, zone), day_start(month_after(first, 1), zone), f"{first:%B %Y}")
    raise BadInput(f"There is no cadence {cadence!r}.", f"Use one of {', '.join(CADENCES)}.")


def previous(period: Period, cadence: str, zone: str = "UTC") -> Period:
    """Return the cadence's span before `period`."""
    return cadence_period(cadence, period.since - timedelta(hours=12), zone)


def last(days: int, now: datetime, zone: str = "UTC") -> Period:
    """Return the last `days` local days up to and including today."""
    tomorrow = local_date(now, zone) + timedelta(days=1)
    begin = day_start(tomorrow - timedelta(days=days), zone)
    return Period(begin, day_start(tomorrow, zone), f"last {days} days")


def step_back(period: Period, zone: str = "UTC") -> Period:
    """Return the span of the same kind that ends where this one begins.

    A calendar month gives the month before, whole local days as many local days (also where the clock
    changed in between), anything else the same length of time.
    """
    first, end = local_date(period.since, zone), local_date(period.until, zone)
    if first == end or (day_start(first, zone), day_start(end, zone)) != (period.since, period.until):
        return period.before()
    is_month = first.day == 1 and end == month_after(first, 1)
    begin = (first - timedelta(days=1)).replace(day=1) if is_month else first - (end - first)
    return Period(day_start(begin, zone), period.since, "the period before")


def offsets(zone: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Yield `(from, offset)` for each stretch of constant UTC offset that touches the range."""
    moment = since.replace(minute=0, second=0, microsecond=0)
    yield moment, _offset(zone_of(zone), moment)
    for year in range(moment.year, until.year + 1):
        yield from (one for one in _changes(zone, year) if moment < one[0] <= until)


@lru_cache(maxsize=2048)
def _changes(zone: str, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """Return when the offset changes in a year of UTC, and the offset from then on. The first day of the calendar and
    its last two are left out."""
    info, found = zone_of(zone), []
    moment = datetime(year, 1, 1) if year > 1 else datetime(1, 1, 2)
    end = datetime(year + 1, 1, 1) if year < 9999 else datetime(9999, 12, 30)
    current = _offset(info, moment)
    while moment < end:
        ahead = min(moment + _STRIDE, end)
        following = _offset(info, ahead)
        if following != current:
            found.append((_change(info, moment, ahead), following))
        moment, current = ahead, following
    return tuple(found)


def _offset(info: ZoneInfo, moment: datetime) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(info).utcoffset() or timedelta()


def _change(info: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """Return the minute of the one change of the offset between the two, by halving."""
    before, minute = _offset(info, begin), timedelta(minutes=1)
    low, high = 0, -((begin - end) // minute)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(info, begin + middle * minute) == before else (low, middle)
    return begin + high * minute


def local_day(column: Any, zone: str, since: datetime, until: datetime) -> Any:
    """Return an Ibis date expression: the local day of a UTC timestamp column, for the given range."""
    import ibis

    stretches = list(offsets(zone, since, until)) or [(since, timedelta())]
    shift = ibis.literal(int(stretches[0][1].total_seconds()))
    for start, offset in stretches[1:]:
        shift = ibis.cases((column >= start, int(offset.total_seconds())), else_=shift)
    return (column + shift.as_interval("s")).date()
