"""Moments that values hold, and the stretches of time that conditions on them name.

Values come in whatever notation clients use; of 03/04/2021 the day is first, as in PostHog. What has no zone is
compared with what has none, as both are written.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from callsheet.base.errors import BadInput
from callsheet.base.time import parse_moment, to_utc

_EPOCH = datetime(1970, 1, 1)
_LEAST, _MILLIS, _MICROS = 1e8, 1e11, 1e14
"""Numbers from the first on are seconds since 1970, from the second on milliseconds, from the third microseconds."""
_ZONED = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})(?:\s*\(.*\))?\s*\Z")
_FORMATS = (
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S.%f", "%d-%m-%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S",
    "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S",
)  # fmt: skip


def moment(value: object) -> datetime | None:
    """Return the moment that a value stands for, naive UTC; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _counted(value)
    return _read(value) if isinstance(value, str) else None


def _counted(since: float) -> datetime | None:
    """Return the moment of a number since 1970."""
    if not _LEAST <= abs(since) < _MICROS * 1e3:
        return None
    seconds = since / (1e6 if abs(since) >= _MICROS else 1e3 if abs(since) >= _MILLIS else 1)
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def _read(text: str) -> datetime | None:
    raw = text.strip()
    try:
        return _counted(float(raw)) or _parsed(raw)
    except ValueError:
        return _parsed(raw)


def _parsed(raw: str) -> datetime | None:
    try:
        return parse_moment(raw, day_first=True)
    except (BadInput, ValueError, OverflowError):
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(raw, form)
        except ValueError:
            continue
    return None


def zoned(value: object) -> bool:
    """Whether a value says what its clock is: numbers since 1970 do, and texts with a zone."""
    return not isinstance(value, str) or bool(":" in value and _ZONED.search(value)) or _is_count(value)


def _is_count(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


def stretch(text: str, zone: str = "") -> tuple[datetime, datetime]:
    """Return the half-open stretch that a text names: the day, the second or the moment, as exactly as it is written.
    With a `zone`, it is that of its clock. BadInput when the text names none."""
    begin = _read(text)
    if begin is None:
        raise BadInput(f"{text!r} is not a date.", "Use 2026-11-22, 2026-11-22T10:30:00Z, or -7d for 7 days ago.")
    length = timedelta(microseconds=1) if begin.microsecond else timedelta(seconds=1)
    if ":" not in text and (begin.hour, begin.minute, begin.second) == (0, 0, 0):
        length = timedelta(days=1)
    end = begin + length
    return (begin, end) if not zone or zoned(text) else (to_utc(begin, zone), to_utc(end, zone))
