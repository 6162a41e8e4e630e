"""Questions that people kept, boards of them, and the links under which others may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class SavedReport(Base):
    """A question with a name. `question` is as the API takes it; `owner` is the member who keeps it."""

    __tablename__ = "saved_report"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    question: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Board(Base):
    """Saved reports and texts on one page. `tiles` in their order: `{"kind": "report", "report", "size"}` or
    `{"kind": "text", "text", "size"}`."""

    __tablename__ = "board"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    tiles: Mapped[list[Any]]
    owner: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Share(Base):
    """A link that lets strangers read one report or board (`ref`) until `expires_at`; its token is kept as a hash."""

    __tablename__ = "share"
    id: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    fields: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
