"""Telling people: deliveries in words, once for each person and reason."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.people.actions import Recipient, tell
from callsheet.store.book import Book

__all__ = ["Recipient", "tell_people"]


def tell_people(
    book: Book, ref: Ref, recipients: Iterable[Recipient], *, subject: str, text: str, key: str, actor: Actor,
    html: str = "",
) -> int:  # fmt: skip
    """Queue one delivery for each recipient; telling them again under the same key does nothing.

    Returns how many were queued.
    """
    return len(tell(book, ref, list(recipients), subject, text, key, actor, body_html=html))
