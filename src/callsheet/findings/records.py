"""Findings in the book: what was stated, since when, and what people answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base

STATES = ("open", "acknowledged", "snoozed", "dismissed", "resolved")


class Finding(Base):
    """A finding. `id` is the same for the same detector and subject, so it lives on over days."""

    __tablename__ = "finding"
    id: Mapped[str] = mapped_column(primary_key=True)
    detector: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    pill: Mapped[str]
    title: Mapped[str]
    sentence: Mapped[str]
    clause: Mapped[str]
    owner: Mapped[str]
    team: Mapped[str]
    weight: Mapped[float]
    decide: Mapped[bool]
    evidence: Mapped[list[Any]]
    answers: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    since: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
