"""Activity by kind of customer."""

from __future__ import annotations

from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.usage.metrics.shared import events_of


@report(
    "usage.by_segment", title="Activity by segment", scopes=("product", "segment"),
    source="Accounts that exist at the end of the period, and those with an event in it",
    columns=(
        Column("segment", "Segment"), Column("accounts", "Accounts", unit="accounts"),
        Column("active", "Active", unit="accounts"), Column("active_share", "Active, share", unit="share"),
        Column("persons", "People", unit="people"), Column("events", "Events", unit="events"),
        Column("events_per_account", "Events an active account", unit="events"),
        Column("revenue", "Revenue", unit="money"), Column("revenue_active", "Revenue of active", unit="money"),
    ),
)  # fmt: skip
def by_segment(facts: Facts, period: Period) -> Report:
    """Accounts, active accounts, people, events and yearly revenue by segment. Events of accounts that are not
    in the accounts table are left out.
    """
    events, accounts = events_of(facts), facts.accounts
    until = min(period.until, facts.now)
    there = accounts.filter(
        (accounts.created_at.isnull() | (accounts.created_at < until))
        & (accounts.churned_at.isnull() | (accounts.churned_at >= period.since))
    )
    within = events.filter(period.holds(events.occurred_at))
    by = within.group_by("account_id").agg(events=within.count(), persons=within.person_id.nunique())
    joined = there.left_join(by, "account_id").select(there.segment, there.revenue, by.events, by.persons)
    active = joined.events.notnull()
    rows = facts.records(
        joined.group_by("segment").agg(
            accounts=joined.count(), active=active.cast("int64").sum(), persons=joined.persons.sum(),
            events=joined.events.sum(), revenue=joined.revenue.sum(),
            revenue_active=joined.revenue.sum(where=active),
        ).order_by("segment")
    )  # fmt: skip
    for row in rows:
        row["segment"] = row["segment"] or "none"
        row["persons"], row["events"] = int(row["persons"] or 0), int(row["events"] or 0)
        row["active"] = int(row["active"] or 0)
        row["active_share"] = row["active"] / row["accounts"]
        row["events_per_account"] = row["events"] / row["active"] if row["active"] else None
    placed = sum(row["events"] for row in rows)
    missing = int(facts.scalar(within.count())) - placed
    return facts.report(rows, sample=placed, left_out=missing, why="events of accounts that are not known")
