"""The people tables of the book: who answers for what, who subscribed, and what was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class OwnershipDecision(Base):
    """A person's role for an object, decided here; from then on imported facts on that role do not count.

    An empty `person_id` says that nobody has the role.
    """

    __tablename__ = "ownership_decision"
    id: Mapped[str] = mapped_column(primary_key=True)
    object_ref: Mapped[str] = mapped_column(index=True)
    role: Mapped[str]
    person_id: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    by: Mapped[str]


class Team(Base):
    """A team. Its members are the person facts with its id."""

    __tablename__ = "team"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    lead: Mapped[str] = mapped_column(default="")
    product: Mapped[str] = mapped_column(default="")


class Subscription(Base):
    """Someone who wants to hear of a topic: a kind (`release`), a ref (`initiative:x`), or `sheet:weekly`.

    `channel` is mail, webhook or feed; `target` is the webhook's address. The secret of the unsubscribe link
    is derived from the workspace key (`rules.token`), so none is kept.
    """

    __tablename__ = "subscription"
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(default="", index=True)
    email: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(index=True)
    cadence: Mapped[str] = mapped_column(default="at once")
    channel: Mapped[str] = mapped_column(default="mail")
    target: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    unsubscribed_at: Mapped[datetime | None]


class Delivery(Base):
    """Something told to one person. `key` is unique: telling again under the same key does nothing.

    `state` is queued, held, sending, sent, failed, bounced or read. `ref` is what it is about.
    A queued one waits until `next_try_at` (by the clock, None: it may go at once).
    """

    __tablename__ = "delivery"
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    ref: Mapped[str] = mapped_column(index=True)
    person_id: Mapped[str] = mapped_column(default="", index=True)
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    account_id: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="mail")
    target: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body_text: Mapped[str] = mapped_column(default="")
    body_html: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
