"""Spans of time as buckets: intervals of the local calendar with exact UTC bounds.

An hour, day, ISO week or month begins where the local clock says so: a day on which the clock changes has 23 or
25 hours, and hours of a zone with half an hour of offset begin at half past. A bucket is half-open.

The period before is that of the clock: hours and minutes are compared with the same ones of an earlier day, and the
days since so many weeks ago (`-7d`: eight, with today) with the same days of the week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count as counting

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.base.relative import earlier, relative
from callsheet.base.time import day_start, local_date, month_after, offsets, parse_moment, zone_of
from callsheet.model.history import Days, Moments
from callsheet.usage.questions.common import Asked, Bucket, Desk, Interval, Span
from callsheet.usage.questions.reading import first_day

MOST_BUCKETS = 5000
DEFAULT = 30
_EPOCH = datetime(1970, 1, 1)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_WIDER = {"minute": "hour", "hour": "day", "day": "week", "week": "month"}
FINE = {"hour": _HOUR, "minute": 60_000_000}
"""Intervals that are shorter than a day, in microseconds; days do not separate them."""
_BACK = {"minute": "d", "hour": "d", "day": "d", "week": "w", "month": "m"}
"""What the period before is counted in."""
_AGO = re.compile(r"-(\d+)([dwmqy])")


def micros(moment: datetime) -> int:
    """Return a naive UTC moment in microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """Return the naive UTC moment of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(microseconds))


def day_number(day: date) -> int:
    """Return the number of a local day since 1970-01-01."""
    return day.toordinal() - _FIRST_DAY


@dataclass(frozen=True, slots=True)
class Buckets:
    """Intervals side by side: bucket i is `[bounds[i], bounds[i + 1])` in microseconds, UTC.

    `days` are the numbers of the local days on which the buckets begin, and of the one after the last (for hours
    they do not separate buckets). Buckets that end after `now` are partial. Where they are `exact`, the first and the
    last are cut off at the bounds of the span, `whole` are those they were cut from, and days do not tell what is
    inside. `weekly` is how many days earlier the period before begins, where it is not as many as there are.
    """

    interval: Interval
    zone: str
    now: datetime
    bounds: Moments
    days: Days
    sunday: bool = False
    whole: Buckets | None = None
    weekly: int = 0

    @property
    def fine(self) -> bool:
        """Whether they are shorter than a day, so that local days do not tell what is inside."""
        return self.interval in FINE

    @property
    def exact(self) -> bool:
        """Whether they are cut off at the bounds of the span."""
        return self.whole is not None

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def since(self) -> datetime:
        """The first moment inside."""
        return moment_of(self.bounds[0])

    @property
    def until(self) -> datetime:
        """The first moment after."""
        return moment_of(self.bounds[-1])

    @property
    def partial(self) -> NDArray[np.bool_]:
        """Which buckets are not over yet; also one that is cut off at this moment."""
        ends, now = self.bounds[1:], micros(self.now)
        cut_off = (ends == now) & (self.whole.bounds[1:] > now) if self.whole is not None else False
        return np.asarray((ends > now) | cut_off, dtype=np.bool_)

    def places(self, moments: Moments) -> NDArray[np.int32]:
        """Return the bucket of each moment; -1 for one outside."""
        from callsheet.stats.walks.placing import placed

        return placed(np.ascontiguousarray(moments, np.int64), self.bounds)

    def places_of_days(self, days: Days) -> NDArray[np.int32]:
        """Return the bucket of each local day; -1 for one outside. Not for hours."""
        from callsheet.stats.walks.placing import placed_days

        return placed_days(np.ascontiguousarray(days, np.int32), self.days)

    def by_day(self) -> tuple[int, NDArray[np.int32]]:
        """Return the first local day, and the bucket of each day from it on. Not for hours."""
        return int(self.days[0]), np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.days))

    def named(self) -> list[Bucket]:
        """Return the buckets with words for people."""
        partial = self.partial
        zone = zone_of(self.zone)
        if self.fine:
            clocks = [moment_of(one).replace(tzinfo=UTC).astimezone(zone) for one in self.bounds[:-1]]
            return list(map(_hour_named, clocks, map(bool, partial)))
        days = [date.fromordinal(int(day) + _FIRST_DAY) for day in self.days[:-1]]
        return [
            Bucket(since=day.isoformat(), label=_label(day, self.interval), partial=bool(open_))
            for day, open_ in zip(days, partial, strict=True)
        ]

    def cut(self, since: datetime, until: datetime) -> Buckets:
        """Return these buckets with nothing outside of `[since, until)`."""
        bounds = np.clip(self.bounds, micros(since), micros(until))
        return replace(self, bounds=bounds, whole=self)

    def moved(self, before: int = 0, after: int = 0) -> Buckets:
        """Return these buckets with so many more in front and behind (fewer, where negative)."""
        if self.fine:
            first, last = (
                _clock_step(begin, steps, self.interval, self.zone)
                for begin, steps in ((self.since, -before), (self.until, after))
            )
            return _of_clock(first, last, self.interval, self.zone, self.now)
        begin, end = (date.fromordinal(int(self.days[i]) + _FIRST_DAY) for i in (0, -1))
        begin, end = _step(begin, self.interval, -before), _step(end, self.interval, after)
        return _calendar(begin, end, self.interval, self.zone, self.now, self.sunday)

    def before(self, compare: str = "previous") -> Buckets:
        """Return as many buckets of the period before, or those that begin so long before (`7d`, `1y`), cut off like
        these. The period before is the nearest that ends where these begin, as far back as the clock shows the same."""
        back = self._back() if compare in ("", "previous") else (int(compare[:-1]), compare[-1])
        since, until = (_earlier_moment(one, *back, self.zone) for one in (self.since, self.until))
        found = self._from(since)
        return found.cut(since, until) if self.exact else found

    def _from(self, moment: datetime) -> Buckets:
        """Return as many whole buckets, from the one that holds a moment."""
        if self.fine:
            first = _clock_floor(moment, self.interval, self.zone)
            last = _clock_step(first, len(self), self.interval, self.zone)
            return _of_clock(first, last, self.interval, self.zone, self.now)
        begin = _floor(local_date(moment, self.zone), self.interval, self.sunday)
        return _calendar(begin, _step(begin, self.interval, len(self)), self.interval, self.zone, self.now, self.sunday)

    def _back(self) -> tuple[int, str]:
        """Return how far back the period before begins: a number of days, weeks or months."""
        kind = _BACK[self.interval]
        if self.whole is not None:
            fits = (n for n in counting(1) if _earlier_moment(self.until, n, kind, self.zone) <= self.since)
            return next(fits), kind
        if self.fine:
            return max(1, -(-int(self.bounds[-2] - self.bounds[0]) // _DAY)), kind
        return self.weekly or len(self), kind


def buckets_of(asked: Asked, desk: Desk) -> Buckets:
    """Return the buckets that a question asks for."""
    return buckets(known(asked, desk), asked.interval, desk.zone, desk.now)


def known(asked: Asked, desk: Desk) -> Span:
    """Return the span of a question, from the first event of any unit where it begins with `all`."""
    if asked.span.since != "all":
        return asked.span
    first = first_day(desk, asked.unit)
    day = local_date(desk.now, desk.zone) if first is None else date.fromordinal(first + _FIRST_DAY)
    return asked.span.model_copy(update={"since": day.isoformat()})


def buckets(span: Span, interval: Interval, zone: str, now: datetime) -> Buckets:
    """Return the intervals of a span, from the one that holds its beginning to the one that holds its end, whole.

    Without `until` the last is the interval under way. BadInput for a span that ends before it begins, that gives
    both `since` and `last`, or that has more than MOST_BUCKETS intervals.
    """
    if span.since and span.last:
        raise BadInput("The span has both since and last.", "Give since (and until), or last.")
    sunday = span.week == "sunday"
    since = _since(span, interval, zone, now) if span.since else None
    end = _end(span.until, zone, now, sunday) if span.until else now
    whole = _whole(span, interval, zone, now, since, end)
    if span.exact and since is not None:
        return whole.cut(since, end + _MICROSECOND if span.until else now)
    return whole


def _whole(
    span: Span, interval: Interval, zone: str, now: datetime, since: datetime | None, end: datetime
) -> Buckets:  # fmt: skip
    """Return the whole intervals from the one of `since` (None: so many) to the one of `end`."""
    sunday = span.week == "sunday"
    if interval in FINE:
        last = _clock_step(_clock_floor(end, interval, zone), 1, interval, zone)
        first = _clock_floor(since, interval, zone) if since else None
        first = first or _clock_step(last, -(span.last or DEFAULT), interval, zone)
        _ordered(first < last, (last - first) / timedelta(microseconds=FINE[interval]), interval)
        return _of_clock(first, last, interval, zone, now)
    stop = _step(_floor(local_date(end, zone), interval, sunday), interval, 1)
    begin = _step(stop, interval, -(span.last or DEFAULT))
    begin = _floor(local_date(since, zone), interval, sunday) if since else begin
    months = (stop.year - begin.year) * 12 + stop.month - begin.month
    _ordered(
        begin < stop, months if interval == "month" else (stop - begin).days / {"day": 1, "week": 7}[interval], interval
    )
    return replace(_calendar(begin, stop, interval, zone, now, sunday), weekly=_weekly(span, interval))


def _weekly(span: Span, interval: Interval) -> int:
    """Return the days of whole weeks that a span by days reaches back from today, else 0: today comes on top of them."""
    told = _AGO.fullmatch(span.since.strip())
    days = int(told[1]) * {"d": 1, "w": 7}.get(told[2], 0) if told else 0
    return days if interval == "day" and not span.until and days % 7 == 0 else 0


def _since(span: Span, interval: Interval, zone: str, now: datetime) -> datetime:
    """Return the moment a span begins: by hours and minutes, days and longer ago begin with their day, unless exact."""
    moment = _moment(span.since, zone, now, span.week == "sunday")
    whole_day = interval in FINE and not span.exact and _AGO.fullmatch(span.since.strip())
    return day_start(local_date(moment, zone), zone) if whole_day else moment


def _moment(text: str, zone: str, now: datetime, sunday: bool) -> datetime:
    """Return the moment of a text, also of one that tells it from now (`-7d`)."""
    return relative(text, now, zone, sunday=sunday) or parse_moment(text, zone)


def _end(text: str, zone: str, now: datetime, sunday: bool) -> datetime:
    """Return a moment inside the last interval: the last of a day given as a day."""
    moment = _moment(text, zone, now, sunday)
    is_day = relative(text, now, zone) is None and len(text.strip()) <= 10
    is_day = is_day and moment == day_start(local_date(moment, zone), zone)
    return day_start(local_date(moment, zone) + timedelta(days=1), zone) - _MICROSECOND if is_day else moment


def _ordered(rises: bool, count: float, interval: str) -> None:
    if not rises:
        raise BadInput("The span ends before it begins.", "Give a since that is before the until.")
    if count > MOST_BUCKETS:
        wider = _WIDER.get(interval)
        mend = f"Ask for a shorter span{f', or for an interval of a {wider}' if wider else ''}."
        raise BadInput(f"The span has {count:,.0f} intervals, {MOST_BUCKETS:,} is the most.", mend)


def _floor(day: date, interval: Interval, sunday: bool) -> date:
    if interval == "week":
        return day - timedelta(days=(day.weekday() + 1) % 7 if sunday else day.weekday())
    return day.replace(day=1) if interval == "month" else day


def _step(day: date, interval: Interval, count: int) -> date:
    """Return the beginning of the interval `count` further."""
    with _in_calendar():
        if interval != "month":
            return day + timedelta(days=count * (7 if interval == "week" else 1))
        return month_after(day, count)


@contextmanager
def _in_calendar() -> Iterator[None]:
    try:
        yield
    except (OverflowError, ValueError) as why:
        raise BadInput("The span goes beyond the calendar.", "Ask for a shorter span.") from why


def _earlier(day: date, count: int, kind: str) -> date:
    """Return the day so many days, weeks, months or years before; the last of its month where that is shorter."""
    with _in_calendar():
        return earlier(day, count, kind)


def _earlier_moment(moment: datetime, count: int, kind: str, zone: str) -> datetime:
    """Return the moment at which the clock showed the same so long before."""
    local = moment.replace(tzinfo=UTC).astimezone(zone_of(zone))
    then = datetime.combine(_earlier(local.date(), count, kind), local.time(), zone_of(zone))
    return then.astimezone(UTC).replace(tzinfo=None)


def _calendar(begin: date, stop: date, interval: Interval, zone: str, now: datetime, sunday: bool) -> Buckets:
    return Buckets(interval, zone, now, *_starts(begin, stop, interval, zone), sunday)


@lru_cache(maxsize=256)
def _starts(begin: date, stop: date, interval: Interval, zone: str) -> tuple[Moments, Days]:
    """Return when intervals begin, as moments and as days; nobody may write to them."""
    starts = []
    while begin <= stop:
        starts.append(begin)
        begin = _step(begin, interval, 1)
    bounds = np.array([micros(day_start(day, zone)) for day in starts], dtype=np.int64)
    return bounds, np.array([day_number(day) for day in starts], dtype=np.int32)


def _of_clock(first: datetime, last: datetime, interval: Interval, zone: str, now: datetime) -> Buckets:
    """Return hours or minutes."""
    bounds = _clock_bounds(first, last, interval, zone)
    days = [day_number(local_date(moment_of(one), zone)) for one in bounds]
    return Buckets(interval, zone, now, bounds, np.array(days, dtype=np.int32))


def _clock_bounds(first: datetime, last: datetime, interval: Interval, zone: str) -> Moments:
    """Return the starts of local hours or minutes from `first` to `last`, both included when they are ones.

    Where the clock jumps to a different hour at another minute than 0, an hour begins at the jump.
    """
    size = FINE[interval]
    begin, end = micros(first), micros(last)
    stretches = list(offsets(zone, first - timedelta(days=1), last + timedelta(days=1)))
    ends = [micros(moment) for moment, _ in stretches[1:]] + [end + 1]
    found: list[NDArray[np.int64]] = []
    before = None
    for (moment, offset), stop in zip(stretches, ends, strict=True):
        start, shift = micros(moment), offset // _MICROSECOND
        even = -(-(start + shift) // size) * size - shift
        jumped = before is not None and (start + shift) // size != (start - 1 + before) // size
        head = [start] if jumped and even != start else []
        found.append(np.concatenate([np.array(head, np.int64), np.arange(even, stop, size, dtype=np.int64)]))
        before = shift
    every = np.concatenate(found)
    return np.asarray(every[(every >= begin) & (every <= end)], dtype=np.int64)


def _clock_floor(moment: datetime, interval: Interval, zone: str) -> datetime:
    """Return the beginning of the local hour or minute under way at the moment."""
    return moment_of(_clock_bounds(moment - timedelta(hours=2), moment, interval, zone)[-1])


def _clock_step(start: datetime, count: int, interval: Interval, zone: str) -> datetime:
    """Return the start of the local hour or minute `count` further than the one that starts here."""
    if count == 0:
        return start
    reach = abs(count) * timedelta(microseconds=FINE[interval]) + timedelta(hours=3)
    if count > 0:
        return moment_of(_clock_bounds(start, start + reach, interval, zone)[count])
    return moment_of(_clock_bounds(start - reach, start, interval, zone)[count - 1])


def _hour_named(clock: datetime, partial: bool) -> Bucket:
    """Return an hour with words; one that the local clock shows twice has its offset from UTC."""
    local = clock.replace(tzinfo=None, fold=0)
    twice = clock.utcoffset() != clock.replace(fold=1 - clock.fold).utcoffset()
    offset = clock.isoformat()[19:] if twice else ""
    label = f"{local.day} {local:%b %H:%M}{f' ({offset})' if offset else ''}"
    return Bucket(since=local.isoformat(), label=label, partial=partial, offset=offset)


@lru_cache(maxsize=4096)
def _label(day: date, interval: Interval) -> str:
    if interval == "month":
        return f"{day:%B %Y}"
    return f"week of {day.day} {day:%b}" if interval == "week" else f"{day.day} {day:%b}"
