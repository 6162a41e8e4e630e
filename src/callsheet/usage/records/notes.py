"""Annotations: what somebody wants to be remembered at a day of every chart over time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Annotation(Base):
    """A text at a local day. `scope` is empty (every chart) or the ref of the one report it belongs to."""

    __tablename__ = "annotation"
    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    day: Mapped[date] = mapped_column(index=True)
    scope: Mapped[str] = mapped_column(default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
