"""HTTP of experiments: plans, runs, readouts and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from callsheet.base.time import to_utc
from callsheet.experiments import actions
from callsheet.experiments.metrics.reading import Reading, predicted, read
from callsheet.experiments.metrics.readout import days_chart, interval_chart
from callsheet.experiments.metrics.readout import readout as whole
from callsheet.experiments.records import Experiment
from callsheet.experiments.rules import WORDS, needs_reason
from callsheet.experiments.shapes import Amendment, ArmPlan, GuardrailPlan, ReadoutOut, Said, SaidHeld
from callsheet.http.context import Context, Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.http.routes.readings import Theme, drawn
from callsheet.metrics import Facts, Reader
from callsheet.store.permissions import require

router = APIRouter(prefix="/api/experiments", tags=["experiments"])
HITS = 8


class ArmIn(BaseModel):
    """An arm; the first is the control. Allocations are weights."""

    name: str = Field(max_length=100)
    allocation: float = 1


class GuardrailIn(BaseModel):
    """A metric that must not get worse by more than the margin."""

    metric: str = Field(max_length=200)
    kind: str = "proportion"
    better: str = "lower"
    margin: float = 0


class PlanIn(BaseModel):
    """A plan, or changes to it: what is left out stays as it is."""

    title: str = Field(default="", max_length=200)
    hypothesis: str = Field(default="", max_length=2000)
    owner: str = Field(default="", max_length=100)
    initiative: str = Field(default="", max_length=100)
    team: str = Field(default="", max_length=100)
    kind: str = Field(default="product", description="product or process")
    metric: str = Field(default="", max_length=200, description="Primary metric")
    metric_kind: str = Field(default="proportion", description="proportion or mean")
    better: str = Field(default="higher", description="higher or lower")
    unit_kind: str = Field(default="person", max_length=40)
    arms: list[ArmIn] = Field(default_factory=list, max_length=10)
    worthwhile: float = Field(default=0, description="Smallest effect worth having; a share for proportions")
    guardrails: list[GuardrailIn] = Field(default_factory=list, max_length=20)
    planned_days: int = Field(default=14, ge=1, le=730)

    def given(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class NewIn(PlanIn):
    """A new plan; `exposure_key` is the name that exposures carry when it is not the id."""

    exposure_key: str = Field(default="", max_length=200)


class AmendIn(PlanIn):
    """Changes to a plan; after the start with a reason."""

    reason: str = Field(default="", max_length=2000)


class PredictionIn(BaseModel):
    """The effect someone expects, in the metric's own unit, with an 80% range."""

    by: str = Field(default="", max_length=100, description="Person; empty: the one who asks")
    effect: float
    low: float
    high: float


class StartIn(BaseModel):
    """When it started, if it runs already."""

    started_at: datetime | None = None


class DecisionIn(BaseModel):
    """A verdict: ship, roll_back, keep_running or inconclusive."""

    verdict: str
    reason: str = Field(default="", max_length=2000)


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(default="", max_length=2000)


class ExperimentOut(BaseModel):
    """An experiment with its plan, its amendments and its decision."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    title: str
    hypothesis: str
    owner: str
    initiative: str
    team: str
    kind: str
    metric: str
    metric_kind: str
    better: str
    unit_kind: str
    arms: list[ArmPlan]
    worthwhile: float
    guardrails: list[GuardrailPlan]
    planned_days: int
    predictions: list[Said]
    amendments: list[Amendment]
    exposure_key: str
    copied_from: str
    plan_hash: str
    state: str
    planned_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    decision: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    measured: dict[str, Any]


class Row(BaseModel):
    """An experiment in the list. Effects are in the metric's own unit; `unit` points means shares."""

    id: str
    title: str
    owner: str
    team: str
    initiative: str
    state: str
    metric: str
    started_at: datetime | None
    decided_at: datetime | None
    day: int
    planned_days: int
    units: int
    srm_p: float | None
    srm_ok: bool
    difference: float | None
    low: float | None
    high: float | None
    worthwhile: float
    verdict: str
    verdict_label: str
    verdict_words: str
    unit: str
    predicted: list[SaidHeld]


class Plan(BaseModel):
    """The plan as it stands, what was amended, and the hash taken at the start."""

    plan: dict[str, Any]
    predictions: list[Said]
    amendments: list[Amendment]
    plan_hash: str
    started_at: datetime | None


@router.get("")
def experiments(ctx: Ctx, paged: Paged, state: str = "") -> Page[Row]:
    """Return experiments, running ones first; `state` narrows to draft, running, decided or stopped."""
    running = {row["experiment"]: row for row in ctx.reader.report("experiments.running").rows}
    query = select(Experiment).order_by(Experiment.planned_at.desc(), Experiment.id)
    found = ctx.reader.book.all(query.where(Experiment.state == state) if state else query)
    order = {"running": 0, "draft": 1, "decided": 2, "stopped": 3}
    found.sort(key=lambda one: (order[one.state], -(one.decided_at or one.planned_at).timestamp()))
    rows = [_row(one, running.get(one.id)) for one in found]
    return paged.of(rows, lambda row: f"{row.id} {row.title} {row.owner} {row.team} {row.metric} {row.verdict_label}")


@router.post("", status_code=201)
def plan_experiment(ctx: Ctx, given: NewIn) -> ExperimentOut:
    """Write the plan of a new experiment, as a draft."""
    plan = given.given()
    with ctx.change() as book:
        made = actions.plan_experiment(book, plan.pop("title", ""), ctx.actor, **plan)
        return ExperimentOut.model_validate(made)


@router.get("/{experiment_id}")
def experiment(ctx: Ctx, experiment_id: str) -> ExperimentOut:
    """Return an experiment."""
    return ExperimentOut.model_validate(ctx.reader.book.get(Experiment, experiment_id))


@router.get("/{experiment_id}/plan")
def plan(ctx: Ctx, experiment_id: str) -> Plan:
    """Return the plan, its amendments and its hash."""
    row = ctx.reader.book.get(Experiment, experiment_id)
    return Plan(
        plan=actions.plan_of(row), predictions=row.predictions, amendments=row.amendments, plan_hash=row.plan_hash,
        started_at=row.started_at,
    )  # fmt: skip


@router.patch("/{experiment_id}/plan")
def amend(ctx: Ctx, experiment_id: str, given: AmendIn) -> ExperimentOut:
    """Change the plan; after the start it is an amendment and needs a reason."""
    with ctx.change() as book:
        return ExperimentOut.model_validate(actions.amend(book, experiment_id, ctx.actor, **given.given()))


@router.post("/{experiment_id}/predictions")
def predict(ctx: Ctx, experiment_id: str, given: PredictionIn) -> ExperimentOut:
    """Predict the effect, before the start."""
    with ctx.change() as book:
        by = given.by or ctx.actor.id
        made = actions.predict(book, experiment_id, by, given.effect, ctx.actor, low=given.low, high=given.high)
        return ExperimentOut.model_validate(made)


@router.post("/{experiment_id}/start")
def start(ctx: Ctx, experiment_id: str, given: StartIn | None = None) -> ExperimentOut:
    """Start it: the plan is hashed."""
    moment = to_utc(given.started_at, ctx.reader.zone) if given and given.started_at else None
    with ctx.change() as book:
        return ExperimentOut.model_validate(actions.start(book, experiment_id, ctx.actor, moment))


@router.post("/{experiment_id}/decision")
def decide(ctx: Ctx, experiment_id: str, given: DecisionIn) -> ExperimentOut:
    """Decide it; against its rule with a reason. The readout is kept with the decision."""
    require(ctx.actor, "decide_experiment", actions.ref_of(experiment_id))
    reading = _read(ctx, experiment_id)
    with ctx.change() as book:
        made = actions.decide(
            book, experiment_id, given.verdict, ctx.actor, reason=given.reason, advised=reading.verdict,
            measured=reading.measured,
        )  # fmt: skip
        return ExperimentOut.model_validate(made)


@router.delete("/{experiment_id}/decision")
def reopen(ctx: Ctx, experiment_id: str) -> ExperimentOut:
    """Undo the decision."""
    with ctx.change() as book:
        return ExperimentOut.model_validate(actions.reopen(book, experiment_id, ctx.actor))


@router.post("/{experiment_id}/stop")
def stop(ctx: Ctx, experiment_id: str, given: ReasonIn) -> ExperimentOut:
    """Stop it without a verdict."""
    with ctx.change() as book:
        return ExperimentOut.model_validate(actions.stop(book, experiment_id, ctx.actor, given.reason))


@router.post("/{experiment_id}/restart", status_code=201)
def restart(ctx: Ctx, experiment_id: str) -> ExperimentOut:
    """Start a new run with the same plan."""
    with ctx.change() as book:
        return ExperimentOut.model_validate(actions.restart(book, experiment_id, ctx.actor))


@router.get("/{experiment_id}/readout", response_model=ReadoutOut)
def readout(ctx: Ctx, experiment_id: str) -> Any:
    """Return arms, effect, guardrails, split by segment and day, and what the rule says."""
    found = whole(_read(ctx, experiment_id))
    verdicts = {
        name: needs_reason(name, found["verdict"]) for name in ("ship", "roll_back", "keep_running", "inconclusive")
    }
    return found | {"needs_reason": verdicts}


@router.get("/{experiment_id}/chart")
def chart(
    ctx: Ctx, experiment_id: str, kind: Literal["intervals", "days"] = "intervals", format: str = "json",
    theme: Theme = "light", width: int = 720, height: int = 260,
) -> Any:  # fmt: skip
    """Return the effects with their intervals, or the effect so far by day."""
    reading = _read(ctx, experiment_id)
    return drawn(interval_chart(reading) if kind == "intervals" else days_chart(reading), format, theme, width, height)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find experiments by title, id or hypothesis."""
    like = f"%{words.strip()}%"
    named = or_(Experiment.title.ilike(like), Experiment.id.ilike(like), Experiment.hypothesis.ilike(like))
    found = reader.book.all(select(Experiment).where(named).order_by(Experiment.title).limit(HITS))
    return [
        Hit(
            f"experiment:{one.id}",
            one.title,
            "experiment",
            f"/experiments/{one.id}",
            WORDS.get(one.decision, one.state),
        )
        for one in found
    ]


def badge(reader: Reader) -> int | None:
    """Return the number of running experiments."""
    return reader.book.count(select(Experiment).where(Experiment.state == "running")) or None


def _read(ctx: Context, experiment_id: str) -> Reading:
    return read(Facts(ctx.ws, ctx.reader, {}), ctx.reader.book.get(Experiment, experiment_id))


def _row(one: Experiment, running: dict[str, Any] | None) -> Row:
    if running is not None:
        own = {key: running[key] for key in Row.model_fields if key in running}
        return Row(id=one.id, decided_at=one.decided_at, **own)
    kept = one.measured
    label = WORDS.get(one.decision) or {"draft": "Draft", "stopped": "Stopped"}.get(one.state, "")
    return Row(
        id=one.id, title=one.title, owner=one.owner, team=one.team, initiative=one.initiative, state=one.state,
        metric=one.metric, started_at=one.started_at, decided_at=one.decided_at, day=0, planned_days=one.planned_days,
        units=int(kept.get("units") or 0), srm_p=kept.get("srm_p"), srm_ok=bool(kept.get("srm_ok", True)),
        difference=kept.get("difference"), low=kept.get("low"), high=kept.get("high"), worthwhile=one.worthwhile,
        verdict=one.decision, verdict_label=label, verdict_words=one.reason,
        unit="points" if one.metric_kind == "proportion" else "", predicted=predicted(one, kept.get("difference")),
    )  # fmt: skip
