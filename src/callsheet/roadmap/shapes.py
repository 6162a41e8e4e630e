"""What the roadmap's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, BaseModel, Field
from typing_extensions import TypedDict

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


class Forecast(BaseModel):
    """A row of roadmap.promises: when it will probably be done, against what was promised; `chance` is 0 to 1."""

    initiative: str
    title: str
    team: str
    owner: str
    stage: str
    left: float | None
    done: float | None
    promised_at: datetime | None
    p50_at: datetime | None
    p85_at: datetime | None
    p95_at: datetime | None
    chance: float | None
    coverage85: float | None
    origins: int | None
    why: str
    why_not: str
    sample_days: int | None
    moves: int
    moved_days: float
    accounts: int
    revenue: float
    goal: str


class Demand(BaseModel):
    """A row of feedback.demand: who asks for an initiative, and who of them still waits."""

    initiative: str
    requests: int
    request_ids: list[str]
    requesters: int
    accounts: int
    revenue: float
    segments: dict[str, int]
    waiting_accounts: int
    waiting_revenue: float


class Override(BaseModel):
    """An input that a person set in place of its evidence."""

    amount: float
    low: float | None
    high: float | None
    reason: str
    by: str
    set_at: datetime


class ScoreInput(BaseModel):
    """An input of a score: what the evidence says, with its 90% range, and what was set instead."""

    input: str
    amount: float
    low: float
    high: float
    unit: str
    source: str
    evidence: str
    sample: int
    override: Override | None


class Score(BaseModel):
    """A row of roadmap.scores; `above_next` and `held` are shares of the simulations."""

    place: int
    initiative: str
    title: str
    stage: str
    team: str
    score: float
    low: float
    high: float
    above_next: float | None
    held: float
    reach: float
    impact: float
    confidence: float
    effort: float
    demand: float
    demand_accounts: int
    demand_revenue: float
    inputs: list[ScoreInput]
    overrides: str


class Slip(BaseModel):
    """A row of roadmap.slips: a promise that moved or a status that went back."""

    initiative: str
    title: str
    kind: str
    turn: str
    changed_at: datetime
    before: str
    after: str
    days: float | None
    words: str
    reason: str
    actor: str


Choice = TypedDict(
    "Choice",
    {"title": str, "for": NotRequired[str], "against": NotRequired[str], "chosen": NotRequired[bool]},
)


class Snapshot(TypedDict):
    """A figure as it was when a decision was taken."""

    metric: str
    title: NotRequired[str]
    amount: float | None
    unit: NotRequired[str]
    sample: NotRequired[int]
    read_at: NotRequired[str]


class Expected(TypedDict, total=False):
    """What a decision is expected to bring; empty where nothing was predicted."""

    metric: str
    effect: float
    low: float | None
    high: float | None
    due_at: str | None
    by: str


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
    options: list[Choice] = []
    dissent: Text = ""
    evidence: list[str] = []
    prediction: Expected = {}
    review_at: Moment | None = None


class DecisionOut(BaseModel):
    """A decision of the log."""

    decision: str
    title: str
    ref: str
    because: str
    options: list[Choice]
    dissent: str
    evidence: list[Snapshot]
    prediction: Expected
    by: str
    decided_at: datetime
    review_at: datetime | None
    outcome: str
    reviewed_at: datetime | None
    due: bool = False


class InitiativeFull(InitiativeOut):
    """An initiative with its forecast, demand, score, prediction, slips, decisions, and the features it delivers."""

    forecast: Forecast | None = None
    demand: Demand | None = None
    score: Score | None = None
    prediction: Prediction | None = None
    slips: list[Slip] = []
    decisions: list[DecisionOut] = []
    features: list[str] = []


class Review(BaseModel):
    """How a decision came out."""

    outcome: Text
