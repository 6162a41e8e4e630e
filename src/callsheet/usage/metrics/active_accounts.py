"""How many customers used the product."""

from __future__ import annotations

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.usage.metrics.shared import begun, events_of
from callsheet.usage.rules import progress


@metric(
    "usage.active_accounts", title="Active accounts", unit="accounts", better="higher", scopes=("product", "segment"),
    source="Distinct accounts (groups) with at least one event (the unique-groups count of web analytics)",
)  # fmt: skip
def active_accounts(facts: Facts, period: Period) -> Value:
    """Distinct accounts with at least one event in the period.

    Events without an account are left out. Before the first event known at all the amount is None, not 0. The
    note says how many days of an unfinished period are over.
    """
    events, accounts = events_of(facts), facts.accounts
    within = events.filter(period.holds(events.occurred_at))
    known = within.filter(within.account_id.notnull())
    by = known.group_by("account_id").agg(
        persons=known.person_id.nunique(), events=known.count(), last_at=known.occurred_at.max()
    )
    names = by.left_join(accounts, "account_id")
    rows = names.select(
        by.account_id, accounts.name, accounts.segment, accounts.owner, by.persons, by.events, by.last_at
    )
    return facts.value(
        known.account_id.nunique() if begun(facts, period.until) else None,
        sample=known.count(), left_out=within.account_id.isnull().cast("int64").sum(), why="events without an account",
        rows=rows, note=progress(period, facts.now, facts.zone),
    )  # fmt: skip
