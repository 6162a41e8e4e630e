"""When something happened: what the client's clock says, set right by how far that clock is off.

Moments are microseconds since 1970, UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

AHEAD = 23 * 3_600_000_000
"""How far after its receipt an event may claim to have happened. Source: PostHog's capture."""
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_MILLIS_FROM = 100_000_000_000
_FAR = 1e18
"""Numbers from here on name no moment, whatever their unit; larger ones are infinite once they are scaled."""
_DIGITS = range(9, 19)
"""How many digits a text has that is a number; fewer may be a date."""
_SLASHES = re.compile(r"(?:(\d{4})/(\d{1,2})/(\d{1,2})|(\d{1,2})/(\d{1,2})/(\d{4}))(?!\d)[ T]*(.*)")


def read(value: Any) -> int | None:
    """Return the moment that a text names (see `read_text`), or seconds or milliseconds since 1970."""
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        scale = 1_000 if abs(value) >= _MILLIS_FROM else 1_000_000
        return int(value * scale) if abs(value) < _FAR else None
    return None


def read_text(value: str) -> int | None:
    """Return the moment that a text names, without a zone in UTC; None when it names none.

    ISO 8601, and what PostHog reads beside it: `2026/11/22`, `11/22/2026` (the month first), the dates of mails, days
    of the year (`2026-326`), and numbers as text.
    """
    if value.isdecimal() and len(value) in _DIGITS:
        return read(int(value))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        other = _otherwise(value)
        if other is None:
            return None
        moment = other
    try:
        return (moment - (_EPOCH if moment.tzinfo is None else _EPOCH_UTC)) // _MICRO
    except OverflowError:  # the first or last day there is, in a zone
        return None


def _otherwise(value: str) -> datetime | None:
    """Read what is not ISO 8601 as Python reads it."""
    text = value.strip()
    if not 6 <= len(text) <= 64 or not text.isascii():
        return None
    try:
        if slashed := _SLASHES.fullmatch(text):
            first, second, third, month, day, year, rest = slashed.groups()
            date = f"{first or year}-{second or month:0>2}-{third or day:0>2}"
            return datetime.fromisoformat(f"{date} {rest}" if rest else date)
        if len(text) == 8 and text[4] == "-":
            return datetime.strptime(text, "%Y-%j")
        return parsedate_to_datetime(text) if text[-1].isalnum() and ":" in text else None
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def clock(value: str | float) -> int | None:
    """Return what a client's clock said; kept, as all events of a batch were sent at once."""
    return read(value)


def of(moment: datetime) -> int:
    """Return a naive UTC moment as microseconds."""
    return (moment - _EPOCH) // _MICRO


def to(micros: int) -> datetime:
    """Return microseconds as a naive UTC moment."""
    return _EPOCH + timedelta(microseconds=micros)


def placed(value: Any, sent: int | None, received: int) -> tuple[int, bool]:
    """Return when an event happened, and whether that could not be told from its `value`.

    `sent` is the client's clock when it sent the request: the event is as long before `received` as it was
    before `sent`. No value: the moment of receipt. An unreadable one, one before 1970 or more than 23 hours ahead:
    the moment of receipt as well, and True.
    """
    if value is None or value == "":
        return received, False
    moment = read(value)
    if moment is None:
        return received, True
    if sent is not None:
        moment = received - (sent - moment)
    return (moment, False) if 0 <= moment <= received + AHEAD else (received, True)
