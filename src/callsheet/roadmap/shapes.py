"""What the roadmap's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from callsheet.base.time import to_utc

Text = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=300)]
Moment = Annotated[datetime, AfterValidator(to_utc)]
Row = dict[str, Any]


class GoalIn(BaseModel):
    """A goal; a metric comes with the baseline and target between which it is measured."""

    title: Short
    owner: Short = ""
    metric: Short = ""
    baseline: float | None = None
    target: float | None = None
    due_at: Moment | None = None
    parent: Short = ""


class GoalChange(BaseModel):
    """What to change; what is not given stays."""

    title: Short | None = None
    owner: Short | None = None
    metric: Short | None = None
    baseline: float | None = None
    target: float | None = None
    due_at: Moment | None = None


class GoalOut(GoalIn):
    """A goal with where its metric stands; `share` of the way is 0 to 1."""

    goal: str
    metric_title: str = ""
    now: float | None = None
    share: float | None = None
    unit: str = ""
    sample: int = 0
    initiatives: int = 0
    done: int = 0


class InitiativeIn(BaseModel):
    """An initiative to add."""

    title: Short
    why: Text = ""
    team: Short = ""
    owner: Short = ""
    stage: Short = "later"
    goal: Short = ""
    product: Short = ""


class InitiativeChange(BaseModel):
    """What to change; what is not given stays."""

    title: Short | None = None
    why: Text | None = None
    team: Short | None = None
    owner: Short | None = None
    goal: Short | None = None
    product: Short | None = None


class Prediction(BaseModel):
    """The effect on a named metric that is expected by a day."""

    metric: Short
    effect: float
    low: float | None = None
    high: float | None = None
    due_at: Moment | None = None
    by: str = ""


class InitiativeOut(InitiativeIn):
    """An initiative as a card of the board."""

    initiative: str
    promised_at: datetime | None = None
    started_at: datetime | None = None
    done_at: datetime | None = None
    created_at: datetime
    source_ref: str = ""


class InitiativeFull(InitiativeOut):
    """An initiative with its forecast, demand, score, prediction, slips and decisions."""

    forecast: Row | None = None
    demand: Row | None = None
    score: Row | None = None
    prediction: Prediction | None = None
    slips: list[Row] = []
    decisions: list[Row] = []


class Place(BaseModel):
    """A column of the board and the place in it, from 0; without one, its end."""

    stage: Short
    index: Annotated[int, Field(ge=0)] | None = None


class Moved(BaseModel):
    """Where a card is now, and where it was: sending `before` again undoes the move."""

    initiative: str
    stage: str
    before: Place


class Promise(BaseModel):
    """The promised day, and why it moved."""

    promised_at: Moment
    reason: Text = ""


class InputIn(BaseModel):
    """An input set in place of its evidence, with a 90% range and a reason."""

    amount: float
    low: float | None = None
    high: float | None = None
    reason: Text


class DecisionIn(BaseModel):
    """A decision; `evidence` names metrics whose figures of today are kept with it."""

    title: Short
    ref: Short = ""
    because: Text = ""
    options: list[Row] = []
    dissent: Text = ""
    evidence: list[str] = []
    prediction: Row = {}
    review_at: Moment | None = None


class DecisionOut(BaseModel):
    """A decision of the log."""

    decision: str
    title: str
    ref: str
    because: str
    options: list[Row]
    dissent: str
    evidence: list[Row]
    prediction: Row
    by: str
    decided_at: datetime
    review_at: datetime | None
    outcome: str
    reviewed_at: datetime | None
    due: bool = False


class Review(BaseModel):
    """How a decision came out."""

    outcome: Text
