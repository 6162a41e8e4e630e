"""Telling people: deliveries in words, once for each person and reason."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.people.actions import Recipient, tell
from callsheet.people.records import Subscription
from callsheet.store.book import Book

__all__ = ["Recipient", "subscribers", "tell_people"]


def subscribers(book: Book, *topics: str) -> list[Recipient]:
    """Return those who subscribed to one of the topics and have not left."""
    query = select(Subscription).where(Subscription.topic.in_(topics), Subscription.unsubscribed_at.is_(None))
    return [
        Recipient(person_id=row.person_id, email=row.email, channel=row.channel, target=row.target)
        for row in book.all(query)
    ]


def tell_people(
    book: Book, ref: Ref, recipients: Iterable[Recipient], *, subject: str, text: str, key: str, actor: Actor,
    html: str = "",
) -> int:  # fmt: skip
    """Queue one delivery for each recipient; telling them again under the same key does nothing.

    Returns how many were queued.
    """
    return len(tell(book, ref, list(recipients), subject, text, key, actor, body_html=html))
