"""Customers by their activity, and one customer with what happened there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis

from callsheet.base.errors import NotFound
from callsheet.base.time import Period, day_start, local_date, local_day
from callsheet.metrics import Column, Facts, Report, report
from callsheet.usage.metrics.shared import catalogue, events_of, with_feature

WEEKS = 12
RECENT = 60
MOST_PEOPLE = 1000


@report(
    "usage.accounts", title="Activity by account", scopes=("product", "segment"),
    source="Exact counts of events by account, against the span of the same length before",
    columns=(
        Column("account_id", "Account", ref="account"), Column("name", "Name"), Column("segment", "Segment"),
        Column("plan", "Plan"), Column("revenue", "Revenue", unit="money"), Column("owner", "Owner", ref="person"),
        Column("persons", "People", unit="people"), Column("events", "Events", unit="events"),
        Column("events_before", "Events before", unit="events"), Column("last_at", "Last active", unit="time"),
        Column("created_at", "Customer since", unit="date"),
    ),
)  # fmt: skip
def accounts(facts: Facts, period: Period) -> Report:
    """Every account that exists, with people and events of the period and the events of the part of the same
    length before it; most active first. Accounts that left before the period are not shown.
    """
    until = max(period.since, min(period.until, facts.now))
    before = Period(period.since, until).before()
    events, known = events_of(facts), facts.accounts
    known = known.filter(known.churned_at.isnull() | (known.churned_at >= period.since))
    seen = events.filter((events.occurred_at < until) & events.account_id.notnull())
    now, earlier = (
        seen.occurred_at >= period.since,
        (seen.occurred_at >= before.since) & (seen.occurred_at < before.until),
    )
    by = seen.group_by("account_id").agg(
        persons=seen.person_id.nunique(where=now), events=seen.count(where=now),
        events_before=seen.count(where=earlier),
        last_at=seen.occurred_at.max(),
    )  # fmt: skip
    joined = known.left_join(by, "account_id").select(
        known.account_id, known.name, known.segment, known.plan, known.revenue, known.owner,
        by.persons.fill_null(0).name("persons"), by.events.fill_null(0).name("events"),
        by.events_before.fill_null(0).name("events_before"), by.last_at, known.created_at,
    )  # fmt: skip
    return facts.report(facts.records(joined.order_by([joined.events.desc(), joined.account_id])))


def one_account(facts: Facts, account_id: str) -> dict[str, Any]:
    """Return an account with its weekly activity, features, people, newest events and feedback; NotFound when
    neither the accounts nor the events know it."""
    table, events = facts.accounts, facts.events
    own = with_feature(
        events.filter((events.account_id == account_id) & (events.occurred_at <= facts.now)), catalogue(facts)
    )
    known = facts.records(table.filter(table.account_id == account_id).drop("source", "batch"))
    newest = own.order_by(own.occurred_at.desc()).select("event_id", "occurred_at", "event", "person_id", "used")
    recent = facts.records(newest, limit=RECENT)
    if not known and not recent:
        raise NotFound(f"There is no account {account_id}.")
    used = own.filter(own.used.notnull())
    first, last = used.occurred_at.min(), used.occurred_at.max()
    features = used.group_by("used").agg(uses=used.count(), first_at=first, last_at=last)
    names = {feature.id: feature.name for feature in catalogue(facts)}
    said = facts.feedback.filter(facts.feedback.account_id == account_id)
    return {
        "account": known[0] if known else {"account_id": account_id, "name": account_id},
        "weeks": _weeks(facts, own),
        "features": [
            {"title": names.get(row["used"], row["used"]), **row}
            for row in facts.records(features.order_by(features.last_at.desc()))
        ],
        "people": _people(facts, own, account_id), "events": recent, "feedback": int(facts.scalar(said.count())),
    }  # fmt: skip


def _weeks(facts: Facts, own: Any) -> list[dict[str, Any]]:
    """Return the last WEEKS weeks, the one under way included, also those without events; none when all are."""
    today = local_date(facts.now, facts.zone)
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    since = day_start(first, facts.zone)
    late = own.filter(own.occurred_at >= since)
    late = late.mutate(week=local_day(late.occurred_at, facts.zone, since, facts.now).truncate("W"))
    by = late.group_by("week").agg(events=late.count(), persons=late.person_id.nunique())
    seen = {f"{row['week']:%Y-%m-%d}": row for row in facts.records(by)}
    mondays = [f"{first + timedelta(days=7 * i):%Y-%m-%d}" for i in range(WEEKS)]
    return [{"events": 0, "persons": 0, **seen.get(monday, {}), "week": monday} for monday in mondays] if seen else []


def _people(facts: Facts, own: Any, account_id: str) -> list[dict[str, Any]]:
    persons = facts.persons.filter(facts.persons.account_id == account_id)
    by = own.group_by("person_id").agg(events=own.count(), last_at=own.occurred_at.max())
    both = by.outer_join(persons, "person_id")
    key = ibis.coalesce(persons.person_id, by.person_id)
    joined = both.select(
        person_id=key, name=ibis.coalesce(persons.name, persons.email, key), role=persons.role, events=by.events,
        last_at=by.last_at,
    )  # fmt: skip
    joined = joined.filter(joined.person_id.notnull())
    return facts.records(joined.order_by([joined.last_at.desc(nulls_first=False), joined.person_id]), limit=MOST_PEOPLE)
