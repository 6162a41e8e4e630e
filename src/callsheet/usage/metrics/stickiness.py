"""How much of a month people are there."""

from __future__ import annotations

from datetime import timedelta

from callsheet.base.time import local_day, local_midnight
from callsheet.metrics import Facts, Period, Value, metric
from callsheet.usage.metrics.shared import events_of

DAYS = 28


@metric(
    "usage.stickiness", title="Stickiness, daily of 28 days", unit="%", better="higher", window=DAYS,
    scopes=("product", "segment"),
    source="DAU/MAU in the variant: mean people a day over 28 complete local days, weekends included, "
           "divided by distinct people of the same 28 days",
)  # fmt: skip
def stickiness(facts: Facts, period: Period) -> Value:
    """The mean number of active people a day as a share of the people active in the 28 complete local days up
    to the end of the period or to today, whichever is first. Days on which nobody came count as 0.

    Nobody active: None. The sample is the number of people.
    """
    end = local_midnight(min(period.until, facts.now), facts.zone)
    since = end - timedelta(days=DAYS)
    events = events_of(facts)
    known = events.filter((events.occurred_at >= since) & (events.occurred_at < end) & events.person_id.notnull())
    day = local_day(known.occurred_at, facts.zone, since, end)
    daily = known.mutate(day=day).select("day", "person_id").distinct()
    days = daily.count().cast("float64")
    persons = known.person_id.nunique()
    rows = daily.group_by("day").agg(persons=daily.count()).order_by("day")
    counts = facts.records(daily.aggregate(days=days, persons=daily.person_id.nunique()))[0]
    amount = 100 * counts["days"] / DAYS / counts["persons"] if counts["persons"] else None
    return facts.value(amount, sample=persons, rows=rows, note=f"{DAYS} complete days up to {end:%-d %B}")
