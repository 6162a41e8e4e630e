"""When something happened: what the client's clock says, set right by how far that clock is off.

Moments are microseconds since 1970, UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_MILLIS_FROM = 100_000_000_000
_FAR = 1e18
"""Numbers from here on name no moment, whatever their unit; larger ones are infinite once they are scaled."""


def read(value: Any) -> int | None:
    """Return the moment that ISO 8601 text names (without a zone: UTC), or seconds or milliseconds since 1970."""
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        scale = 1_000 if abs(value) >= _MILLIS_FROM else 1_000_000
        return int(value * scale) if abs(value) < _FAR else None
    return None


def read_text(value: str) -> int | None:
    """Return the moment that ISO 8601 text names; None when it names none."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    try:
        return (moment - (_EPOCH if moment.tzinfo is None else _EPOCH_UTC)) // _MICRO
    except OverflowError:  # the first or last day there is, in a zone
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
    before `sent`. No value: the moment of receipt. An unreadable one, one before 1970 or more than a day ahead:
    the moment of receipt as well, and True.
    """
    if value is None or value == "":
        return received, False
    moment = read(value)
    if moment is None:
        return received, True
    if sent is not None:
        moment = received - (sent - moment)
    return (moment, False) if 0 <= moment <= received + DAY else (received, True)
