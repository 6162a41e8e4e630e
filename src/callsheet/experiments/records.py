"""Experiments as they were planned, amended, started and decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Experiment(Base):
    """A plan with its run.

    `arms` are `{"name", "allocation"}`, the control first; allocations are weights. `metric` is the primary
    metric, `metric_kind` proportion or mean, `better` higher or lower. `worthwhile` is the smallest effect
    worth having, in the metric's own unit (a share for proportions). `guardrails` are `{"metric", "kind",
    "better", "margin"}`. `predictions` are `{"by", "effect", "low", "high"}`. `amendments` are what was changed
    after the start: `{"made_at", "by", "reason", "before", "after"}`. `plan_hash` is taken at the start.
    `measured` is what the readout said when it was decided. `exposure_key` is the name that exposures and
    outcomes carry: a restarted run keeps its first run's.
    """

    __tablename__ = "experiment"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    hypothesis: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    initiative: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="product")
    metric: Mapped[str]
    metric_kind: Mapped[str] = mapped_column(default="proportion")
    better: Mapped[str] = mapped_column(default="higher")
    unit_kind: Mapped[str] = mapped_column(default="person")
    arms: Mapped[list[Any]]
    worthwhile: Mapped[float]
    guardrails: Mapped[list[Any]]
    planned_days: Mapped[int]
    predictions: Mapped[list[Any]]
    amendments: Mapped[list[Any]]
    exposure_key: Mapped[str]
    copied_from: Mapped[str] = mapped_column(default="")
    plan_hash: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft", index=True)
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    measured: Mapped[dict[str, Any]]
