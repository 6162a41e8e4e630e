"""The feature catalogue as questions and reports read it: events in scope, whose use they are, what is out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from callsheet.metrics import Facts
from callsheet.usage.records import Feature
from callsheet.usage.rules import Entry


def events_of(facts: Facts) -> Any:
    """Return the events in scope; a segment is the segment of the event's account."""
    events = facts.events
    if facts.scope.get("segment"):
        events = events.filter(events.account_id.isin(facts.accounts.account_id))
    return events


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
    return Entry(
        feature.id, feature.name, feature.owner, feature.released_at, tuple(feature.events), predicted,
        feature.predicted_days, tuple(feature.exposed_by or ()), feature.flag, tuple(feature.could_use or ()),
    )  # fmt: skip
