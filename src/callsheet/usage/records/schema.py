"""What people say of events and their properties: who owns them, what they mean, whether they are planned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class EventNote(Base):
    """What is said of an event by name, seen or not. `state` is empty, expected (it is in the tracking plan),
    deprecated (it should not be sent any more) or hidden (nobody needs to look at it)."""

    __tablename__ = "event_note"
    event: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(default="")


class PropertyNote(Base):
    """The same of a property of an event; `type` is the one that it should have, empty: any."""

    __tablename__ = "property_note"
    event: Mapped[str] = mapped_column(primary_key=True)
    property: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    type: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(default="")
