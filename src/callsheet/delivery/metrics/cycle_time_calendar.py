"""How long finished work took, in days on the calendar."""

from __future__ import annotations

import numpy as np

from callsheet.base.time import local_day
from callsheet.delivery.metrics.spans import at_quantile, finished, usable
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.cycle_time_calendar", title="Cycle time, 85%, calendar days", unit="days", better="lower",
    scopes=("team", "product"), window=28,
    source="Kanban Guide (2020), in the inclusive form: finish day less start day, plus one",
)  # fmt: skip
def cycle_time_calendar(facts: Facts, period: Period) -> Value:
    """85% of the work finished in the last 28 days touched at most this many days of the organisation's calendar.

    Begun and finished on one day is 1 day. A variant of cycle time for people who count days on a calendar; it is
    longer by up to a day and is never mixed with the elapsed form.
    """
    done = finished(facts, period)
    since = facts.scalar(done.begun_at.min()) or period.since
    since = min(since, period.since)
    first, last = (local_day(done[name], facts.zone, since, period.until) for name in ("begun_at", "done_at"))
    counted = done.mutate(days=last.delta(first, unit="day") + 1)
    days, left_out, why = usable(facts, counted)
    amount, interval = at_quantile(days.astype(np.float64), 0.85)
    return facts.value(amount, sample=len(days), left_out=left_out, why=why, interval=interval, rows=counted)
