"""Who wants to hear of what."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.people.records import Subscription


@report(
    "people.subscriptions",
    title="Subscriptions",
    source="Subscriptions made here that have not ended",
    columns=(
        Column("topic", "Topic"),
        Column("channel", "By"),
        Column("cadence", "How often"),
        Column("subscribers", "Subscribers"),
    ),
)
def subscriptions(facts: Facts, period: Period) -> Report:
    """Active subscriptions by topic, channel and cadence, as at the end of the period."""
    active = select(Subscription).where(Subscription.created_at < period.until, Subscription.unsubscribed_at.is_(None))
    found = Counter((one.topic, one.channel, one.cadence) for one in facts.book.all(active))
    rows = [
        {"topic": topic, "channel": channel, "cadence": cadence, "subscribers": number}
        for (topic, channel, cadence), number in sorted(found.items())
    ]
    return facts.report(rows, sample=sum(found.values()))
