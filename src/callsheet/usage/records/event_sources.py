"""Where events come from, and what is ruled of them on their way in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class EventSource(Base):
    """One application, site or service that sends events.

    `write_key` lets it send and nothing else; it stands in web pages and is no secret. After a rotation `old_key`
    is taken as well, until `old_key_until`. `rate` is the most events a second (0: no limit), `share` (0 to 1) the
    part of persons whose events are kept. `mapping` says where a webhook's fields stand.
    """

    __tablename__ = "event_source"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    write_key: Mapped[str] = mapped_column(unique=True)
    old_key: Mapped[str] = mapped_column(default="")
    old_key_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="active")
    rate: Mapped[float] = mapped_column(default=0.0)
    share: Mapped[float] = mapped_column(default=1.0)
    product: Mapped[str] = mapped_column(default="")
    mapping: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]


class EventRule(Base):
    """A rule on events before they are stored; see `wire.ruling.Rule`.

    Rules are gone through by `position`. `source` is empty where it holds for all sources. `reason` says why there
    is such a rule.
    """

    __tablename__ = "event_rule"
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    source: Mapped[str] = mapped_column(default="")
    event: Mapped[str] = mapped_column(default="*")
    property: Mapped[str] = mapped_column(default="")
    op: Mapped[str] = mapped_column(default="set")
    value: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    argument: Mapped[Any] = mapped_column(JSON, nullable=True)
    share: Mapped[float] = mapped_column(default=1.0)
    salt: Mapped[str] = mapped_column(default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
