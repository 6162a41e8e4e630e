"""Work at night and on weekends: an early sign of a team that burns out."""

from __future__ import annotations

from datetime import date

from callsheet.base.config import WEEK
from callsheet.metrics import Facts, Period, Value, metric
from callsheet.stats.intervals import wilson

NIGHT_BEGINS, NIGHT_ENDS = 20, 7


@metric(
    "delivery.off_hours", title="Off-hours commits", unit="%", better="lower", scopes=("team", "product"), window=28,
    source="Callsheet: share of commits on a weekend, or from 20:00 to 07:00, by the author's own clock",
)  # fmt: skip
def off_hours(facts: Facts, period: Period) -> Value:
    """Share of the last 28 days' commits made on a day off or between 20:00 and 07:00, local to the author.

    Days off are those of `[calendar]`; a holiday is taken by the day in UTC.

    A volunteer project has many and need not be ill; watch the change. Commits whose local hour is unknown
    are left out. No commits: no amount.
    """
    made = facts.commits.filter(period.holds(facts.commits.committed_at))
    timed = made.filter(made.local_hour.notnull() & made.local_weekday.notnull())
    night = (timed.local_hour >= NIGHT_BEGINS) | (timed.local_hour < NIGHT_ENDS)
    calendar = facts.workspace.config.calendar
    off = [number for number, day in enumerate(WEEK) if day not in calendar.workdays]
    holiday = timed.committed_at.date().isin([date.fromisoformat(day) for day in calendar.holidays])
    late = timed.filter(night | timed.local_weekday.isin(off) | holiday)
    every, size, number = facts.scalars(made.count(), timed.count(), late.count())
    if not size:
        return facts.value(None, sample=0, left_out=every, why="no local hour")
    bounds = wilson(number, size)
    interval = None if bounds.low is None or bounds.high is None else (100 * bounds.low, 100 * bounds.high)
    return facts.value(
        100 * number / size, sample=size, left_out=every - size, why="no local hour", rows=late,
        interval=interval,
    )  # fmt: skip
