"""How many people used the product."""

from __future__ import annotations

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.usage.metrics.shared import begun, events_of
from callsheet.usage.rules import progress


@metric(
    "usage.active_persons", title="Active people", unit="people", better="higher", scopes=("product", "segment"),
    source="Distinct persons with at least one event (the unique-persons count of web analytics)",
)  # fmt: skip
def active_persons(facts: Facts, period: Period) -> Value:
    """Distinct people with at least one event in the period.

    Events without a person are left out. Before the first event known at all the amount is None, not 0. The
    note says how many days of an unfinished period are over.
    """
    events = events_of(facts)
    within = events.filter(period.holds(events.occurred_at))
    known = within.filter(within.person_id.notnull())
    rows = known.group_by("person_id").agg(
        account_id=known.account_id.max(), events=known.count(), last_at=known.occurred_at.max()
    )
    return facts.value(
        known.person_id.nunique() if begun(facts, period.until) else None,
        sample=known.count(), left_out=within.person_id.isnull().cast("int64").sum(), why="events without a person",
        rows=rows, note=progress(period, facts.now, facts.zone),
    )  # fmt: skip
