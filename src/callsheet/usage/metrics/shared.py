"""Expressions that several usage metrics share: narrowed events, the feature of an event, adoption."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from callsheet.metrics import Facts
from callsheet.usage.records import Feature
from callsheet.usage.rules import Entry, Use


def events_of(facts: Facts) -> Any:
    """Return the events in scope; a segment is the segment of the event's account."""
    events = facts.events
    if facts.scope.get("segment"):
        events = events.filter(events.account_id.isin(facts.accounts.account_id))
    return events


def begun(facts: Facts, until: datetime) -> bool:
    """Whether any event was known before `until`; without one a count says nothing."""
    events = events_of(facts)
    return bool(facts.records(events.filter(events.occurred_at < until).select("event_id"), limit=1))


def catalogue(facts: Facts) -> list[Feature]:
    """Return the features of the book, of the product in scope."""
    query = select(Feature).order_by(Feature.id)
    if facts.scope.get("product"):
        query = query.where(Feature.product.in_((facts.scope["product"], "")))
    return facts.book.all(query)


def with_feature(events: Any, features: list[Feature]) -> Any:
    """Return the events with `used`: the feature whose use they are, by their own mark, else by event name."""
    import ibis

    named = [(events.event == name, feature.id) for feature in features for name in feature.events]
    by_name = ibis.cases(*named, else_=ibis.null("string")) if named else ibis.null("string")
    return events.mutate(used=ibis.coalesce(events.feature.nullif(""), by_name))


def entries(facts: Facts, now: datetime, within_days: float | None) -> list[Entry]:
    """Return features released before `now`, and at most `within_days` before it; newest first."""
    oldest = None if within_days is None else now - timedelta(days=within_days)
    found = [
        entry_of(feature)
        for feature in catalogue(facts)
        if feature.released_at is not None and feature.released_at <= now and feature.stage != "retired"
    ]
    kept = [entry for entry in found if oldest is None or entry.released_at >= oldest]
    return sorted(kept, key=lambda entry: (entry.released_at, entry.id), reverse=True)


def entry_of(feature: Feature) -> Entry:
    """Return what the reports need of a released feature."""
    assert feature.released_at is not None  # noqa: S101 - callers ask for released ones
    predicted = (feature.predicted_share, feature.predicted_low, feature.predicted_high)
    return Entry(feature.id, feature.name, feature.owner, feature.released_at, tuple(feature.events), predicted)


def could_use(facts: Facts, features: list[Entry], now: datetime) -> dict[str, dict[str, int]]:
    """Return eligible accounts by feature and segment: accounts with any event from the release up to `now`."""
    if not features:
        return {}
    events, accounts = events_of(facts), facts.accounts
    seen = events.filter(events.account_id.notnull() & (events.occurred_at < now))
    last = seen.group_by("account_id").agg(last_at=seen.occurred_at.max())
    known = last.left_join(accounts, "account_id").select(last.account_id, last.last_at, accounts.segment)
    counts = {
        f"n{index}": (known.last_at >= feature.released_at).cast("int64").sum()
        for index, feature in enumerate(features)
    }
    found: dict[str, dict[str, int]] = {feature.id: {} for feature in features}
    for row in facts.records(known.group_by("segment").agg(**counts)):
        for index, feature in enumerate(features):
            if row[f"n{index}"]:
                found[feature.id][row["segment"] or ""] = int(row[f"n{index}"])
    return found


def uses_of(facts: Facts, features: list[Entry], now: datetime) -> dict[str, list[Use]]:
    """Return the accounts that used each feature between its release and `now`."""
    import ibis

    found: dict[str, list[Use]] = defaultdict(list)
    if not features:
        return found
    events, accounts = with_feature(events_of(facts), catalogue(facts)), facts.accounts
    since = ibis.cases(*((events.used == feature.id, feature.released_at) for feature in features))
    used = events.filter(
        events.used.isin([feature.id for feature in features])
        & events.account_id.notnull() & (events.occurred_at >= since) & (events.occurred_at < now)
    )  # fmt: skip
    first, last = used.occurred_at.min(), used.occurred_at.max()
    by = used.group_by(["used", "account_id"]).agg(first_at=first, last_at=last, uses=used.count())
    rows = by.left_join(accounts, "account_id").select(by, accounts.segment, accounts.revenue)
    for row in facts.records(rows):
        found[row.pop("used")].append(Use(**row))
    return found
