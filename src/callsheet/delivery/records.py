"""What delivery decides and keeps: forecasts that were given as promises."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Forecast(Base):
    """A forecast that somebody relied on; it is scored when its dates come.

    `subject` is a ref (`initiative:bulk-import` or `team:data`). `kind` "when": the dates by which it should be
    done; "how many": `items` by the date `p85`, with `p50` and `p95` the same date.
    """

    __tablename__ = "forecast"
    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    p50: Mapped[date]
    p85: Mapped[date]
    p95: Mapped[date]
    items: Mapped[int]
    """Items left when it was made ("when"), or promised with 85% ("how many")."""
    withdrawn_at: Mapped[datetime | None]
