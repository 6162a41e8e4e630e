"""The release tables of the book: what people decided about a release."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Publication(Base):
    """Notes, tier and go/no-go of a release; its id is that of the release fact.

    `tier` is 1 (major) to 4 (silent). `notes` is audience -> Markdown. `predicted` is what the release is
    expected to bring: `{"metric", "low", "high", "days"}`.
    """

    __tablename__ = "publication"
    release_id: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[int] = mapped_column(default=3)
    title: Mapped[str] = mapped_column(default="")
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    written_at: Mapped[datetime | None]
    written_by: Mapped[str] = mapped_column(default="")
    reviewed_by: Mapped[str] = mapped_column(default="")
    predicted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class ChecklistItem(Base):
    """One thing to have done around a release. Green only with evidence; tier 1 also needs `checked_by`."""

    __tablename__ = "checklist_item"
    id: Mapped[str] = mapped_column(primary_key=True)
    release_id: Mapped[str] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    track: Mapped[str]
    title: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]
    evidence: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    checked_by: Mapped[str] = mapped_column(default="")
