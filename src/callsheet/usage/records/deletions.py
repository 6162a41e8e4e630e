"""Deletions of persons: what was asked for, and the proof that it was done, without naming the person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class PersonDeletion(Base):
    """One person's removal. `subject` holds ids and addresses only until it is done; `hashes` are salted hashes of the
    ids. `places` are `{"place", "before", "after"}` in rows, `searched` what was looked through at the end and
    `left` what still names the person, or perhaps does. `state` is one of asked, running, done, left, failed."""

    __tablename__ = "person_deletion"
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    subject: Mapped[dict[str, Any]]
    hashes: Mapped[list[str]]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    places: Mapped[list[Any]]
    searched: Mapped[dict[str, Any]]
    left: Mapped[list[str]]
    error: Mapped[str] = mapped_column(default="")
