"""The event names, as they come in."""

from __future__ import annotations

from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.usage.metrics.shared import catalogue, events_of, with_feature


@report(
    "usage.events", title="Events by name", scopes=("product", "segment"),
    source="Exact counts of stored events by their name",
    columns=(
        Column("event", "Event"), Column("feature", "Feature", ref="feature", doc="Whose use it counts as"),
        Column("events", "Events", unit="events"), Column("persons", "People", unit="people"),
        Column("accounts", "Accounts", unit="accounts"), Column("first_at", "First seen", unit="time"),
        Column("last_at", "Last seen", unit="time"),
    ),
)  # fmt: skip
def events_by_name(facts: Facts, period: Period) -> Report:
    """Every event name of the period: how often, by how many people and accounts, first and last seen in it."""
    events = events_of(facts)
    within = with_feature(events.filter(period.holds(events.occurred_at)), catalogue(facts))
    rows = facts.records(
        within.group_by("event").agg(
            feature=within.used.max(), events=within.count(), persons=within.person_id.nunique(),
            accounts=within.account_id.nunique(), first_at=within.occurred_at.min(), last_at=within.occurred_at.max(),
        )
    )  # fmt: skip
    rows.sort(key=lambda row: (-row["events"], row["event"] or ""))
    return facts.report(rows, sample=sum(row["events"] for row in rows))
