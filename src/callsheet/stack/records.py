"""What is decided about the tool stack: the inventory, and what became of rows set aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Tool(Base):
    """A tool that the organisation uses. `cost` is a year's; `connector` names its source in callsheet.toml."""

    __tablename__ = "tool"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    capability: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    backup: Mapped[str] = mapped_column(default="")
    cost: Mapped[float | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(default="")
    renewal_at: Mapped[datetime | None] = mapped_column(default=None)
    notice_days: Mapped[int] = mapped_column(default=30)
    seats: Mapped[int | None] = mapped_column(default=None)
    data_held: Mapped[str] = mapped_column(default="")
    connector: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class QuarantineRetry(Base):
    """A row set aside by one import and tried again in another, `done_in`."""

    __tablename__ = "quarantine_retry"
    import_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    done_in: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
