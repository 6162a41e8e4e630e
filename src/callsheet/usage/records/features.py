"""The feature catalogue: decisions on what a feature is, who answers for it, and what it should bring."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Feature(Base):
    """Something people can use.

    `events` are event names that count as its use beside events that carry its id. `stage` is one of
    `rules.STAGES`. `predicted_share` is the share (0 to 1) of eligible accounts expected to try it, within
    `predicted_low` and `predicted_high`, as `predicted_by` said.
    """

    __tablename__ = "feature"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="planned")
    events: Mapped[list[str]]
    flag: Mapped[str] = mapped_column(default="")
    docs_url: Mapped[str] = mapped_column(default="")
    product: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None]
    predicted_share: Mapped[float | None]
    predicted_low: Mapped[float | None]
    predicted_high: Mapped[float | None]
    predicted_by: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None]
    retired_why: Mapped[str] = mapped_column(default="")
