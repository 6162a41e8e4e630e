"""Expressions that several usage metrics share; those that questions need as well stand with them."""

from __future__ import annotations

from datetime import datetime

from callsheet.metrics import Facts
from callsheet.usage.questions.catalogue import catalogue, entries, entry_of, events_of, with_feature

__all__ = ["begun", "catalogue", "entries", "entry_of", "events_of", "with_feature"]


def begun(facts: Facts, until: datetime) -> bool:
    """Whether any event was known before `until`; without one a count says nothing."""
    events = events_of(facts)
    return bool(facts.records(events.filter(events.occurred_at < until).select("event_id"), limit=1))
