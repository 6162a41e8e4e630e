"""The feature catalogue: decisions on what a feature is, who answers for it, and what it should bring."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Feature(Base):
    """Something people can use.

    `events` are event names that count as its use beside events that carry its id. `stage` is one of
    `rules.STAGES`. `predicted_share` is the share (0 to 1) of eligible accounts expected to try it, within
    `predicted_low` and `predicted_high`, `predicted_days` days after the release, as `predicted_by` said.

    `exposed_by` are event names that mean that somebody saw it. `could_use` are conditions (`{"field", "op",
    "values"}`) on the account or person that could use it at all. `activation` is its place on the way by which
    somebody new gets to value, from 1 up; None when it is no part of that way.
    """

    __tablename__ = "feature"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="planned")
    events: Mapped[list[str]]
    exposed_by: Mapped[list[str]] = mapped_column(default=list)
    could_use: Mapped[list[Any]] = mapped_column(default=list)
    activation: Mapped[int | None]
    flag: Mapped[str] = mapped_column(default="")
    docs_url: Mapped[str] = mapped_column(default="")
    product: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None]
    predicted_share: Mapped[float | None]
    predicted_low: Mapped[float | None]
    predicted_high: Mapped[float | None]
    predicted_days: Mapped[int | None]
    predicted_by: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None]
    retired_why: Mapped[str] = mapped_column(default="")
