"""Which days an axis names: few, regular, at starts of months or weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

_MONTHS_A_STEP = ((2600, 12), (1100, 6), (400, 3), (64, 1))
"""(least span in days, months between labels), widest first."""


def ticks(times: Sequence[str]) -> list[str]:
    """ISO days to label on an axis over these ISO times: about 3 to 8, none for spans under 3 days.

    Over nine weeks they are starts of months (quarters, halves, years), below that Mondays or days.
    """
    first, last = date.fromisoformat(min(times)[:10]), date.fromisoformat(max(times)[:10])
    span = (last - first).days
    if span < 3:
        return []
    months = next((step for least, step in _MONTHS_A_STEP if span >= least), 0)
    found = _months(first, last, months) if months else _days(first, last, span)
    return [day.isoformat() for day in found]


def _months(first: date, last: date, step: int) -> list[date]:
    starts = (date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13, step))
    return [day for day in starts if first <= day <= last]


def _days(first: date, last: date, span: int) -> list[date]:
    if span < 21:
        step, start = max(1, round(span / 6)), first
    else:
        step, start = (7 if span < 45 else 14), first + timedelta(days=-first.weekday() % 7)
    return [start + timedelta(days=n) for n in range(0, (last - start).days + 1, step)]
