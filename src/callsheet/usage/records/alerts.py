"""Alerts: what should be told when a series does something that it should not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Alert(Base):
    """A rule on one line of a trend: `watched` is a `questions.alerts.Watched` as JSON.

    Its state is not kept: it follows from the facts, and is computed whenever it is asked for.
    """

    __tablename__ = "alert"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    question: Mapped[dict[str, Any]]
    watched: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
