"""Cohorts: groups of persons or accounts, listed by their ids or described by a condition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Cohort(Base):
    """A group of units. `kind` is static (its members are listed) or dynamic (`condition` describes them, and who
    satisfies it changes). `origin` says where a static one came from."""

    __tablename__ = "cohort"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    line: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    unit: Mapped[str] = mapped_column(default="person")
    condition: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class CohortMember(Base):
    """A unit listed in a static cohort."""

    __tablename__ = "cohort_member"
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]
