"""Goals, initiatives with their promises, inputs of their scores, and the log of decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from callsheet.store.book import Base


class Goal(Base):
    """What is to be reached: a named metric that goes from `baseline` to `target` by `due_at`."""

    __tablename__ = "goal"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    metric: Mapped[str] = mapped_column(default="")
    baseline: Mapped[float | None] = mapped_column(default=None)
    target: Mapped[float | None] = mapped_column(default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    parent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Initiative(Base):
    """A thing to do, its place on the board, what was promised and what it is expected to bring.

    `source_ref` names the item it was adopted from; `own` lists the fields that people changed here, which
    the source no longer overwrites.
    """

    __tablename__ = "initiative"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="later", index=True)
    goal: Mapped[str] = mapped_column(default="")
    product: Mapped[str] = mapped_column(default="")
    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    position: Mapped[float] = mapped_column(default=0.0)
    source_ref: Mapped[str] = mapped_column(default="", index=True)
    own: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    predicted_metric: Mapped[str] = mapped_column(default="")
    predicted_effect: Mapped[float | None] = mapped_column(default=None)
    predicted_low: Mapped[float | None] = mapped_column(default=None)
    predicted_high: Mapped[float | None] = mapped_column(default=None)
    predicted_by: Mapped[str] = mapped_column(default="")
    predicted_due_at: Mapped[datetime | None] = mapped_column(default=None)


class PromiseChange(Base):
    """A promised date that was made, moved or withdrawn, and why."""

    __tablename__ = "promise_change"
    id: Mapped[str] = mapped_column(primary_key=True)
    initiative: Mapped[str] = mapped_column(index=True)
    before_at: Mapped[datetime | None] = mapped_column(default=None)
    after_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    actor: Mapped[str]


class ScoreInput(Base):
    """An input of a score that a person set in the place of what the evidence says.

    `low` and `high` bound it with 90% chance. `evidence` keeps what the evidence said at that moment.
    """

    __tablename__ = "score_input"
    initiative: Mapped[str] = mapped_column(primary_key=True)
    input: Mapped[str] = mapped_column(primary_key=True)
    low: Mapped[float | None] = mapped_column(default=None)
    amount: Mapped[float]
    high: Mapped[float | None] = mapped_column(default=None)
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
    override: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    set_at: Mapped[datetime]


class Decision(Base):
    """What was decided, between which options, on which evidence, and how it came out.

    `options` are `{"title", "for", "against", "chosen"}`; `evidence` are figures as they stood that day;
    `prediction` is `{"metric", "effect", "low", "high"}` or empty.
    """

    __tablename__ = "decision"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    ref: Mapped[str] = mapped_column(default="", index=True)
    because: Mapped[str] = mapped_column(default="")
    options: Mapped[list[Any]] = mapped_column(default=list)
    dissent: Mapped[str] = mapped_column(default="")
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    prediction: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by: Mapped[str]
    decided_at: Mapped[datetime]
    review_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
