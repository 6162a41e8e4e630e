"""Requests and what was decided about single items of feedback."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Request(Base):
    """Something that people ask for. Feedback is put to it by `asks_for` links, an initiative by `answered_by`.

    `closed_at` is set while it is released or declined. A merged request names the one it went `merged_into`;
    `moved` remembers which links moved, so that it can be taken apart again.
    """

    __tablename__ = "request"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="open")
    product: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    merged_into: Mapped[str] = mapped_column(default="", index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SetAside(Base):
    """An item of feedback that asks for nothing (praise, a wrong address): out of the inbox, with the reason."""

    __tablename__ = "set_aside"
    feedback_id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str]
