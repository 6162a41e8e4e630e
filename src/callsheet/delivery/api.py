"""Delivery over HTTP: figures, forecasts with their back-test, work items, and forecasts that are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from callsheet.base.errors import BadInput
from callsheet.base.time import CADENCES, cadence_period, previous
from callsheet.charts import finish
from callsheet.delivery import actions
from callsheet.delivery.metrics import answers, item_list
from callsheet.delivery.records import Forecast
from callsheet.http.context import Context, Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics import Facts
from callsheet.metrics.figure import Figure, figure
from callsheet.metrics.reader import Reader

router = APIRouter(prefix="/api/delivery", tags=["delivery"])
OVERVIEW = (
    "delivery.cycle_time", "delivery.throughput", "delivery.wip", "delivery.work_item_age", "delivery.review_wait",
    "delivery.change_lead_time", "delivery.deployment_days", "delivery.change_fail_rate", "delivery.recovery_time",
    "delivery.flow_efficiency", "delivery.unplanned_share", "delivery.merge_time",
)  # fmt: skip
Team = Annotated[str, Query(description="Team id; empty: all teams")]
Items = Annotated[float | None, Query(ge=1, le=100_000, description="Items left, at least")]
ItemsHigh = Annotated[float | None, Query(ge=1, le=100_000, description="Items left, at most")]
Split = Annotated[float, Query(gt=0, le=10, description="How many items one item turns out to be")]
Day = Annotated[date | None, Query(description="A promised day: the answer says how likely it is")]


class Promise(BaseModel):
    """One percentile of a "when"."""

    chance: int
    days: int | None
    date: str | None
    recalibrated_days: int | None


class Amount(BaseModel):
    """One percentile of a "how many"."""

    chance: int
    items: int
    recalibrated_items: int | None


class Kept(BaseModel):
    """How often promises of one percentile were kept in the team's own past."""

    held: float | None
    low: float | None
    high: float | None
    n: int
    honest: bool | None


class BackTested(BaseModel):
    """The forecast replayed over the past."""

    origins: int
    left_out: int
    left_out_why: str | None
    brier: float | None
    coverage: dict[str, Kept]


class Basis(BaseModel):
    """What a forecast rests on."""

    team: str
    after: date
    why_not: str | None
    sample_days: int
    finished: int
    per_week: float
    left_out: int
    left_out_why: str
    notes: list[str]
    backtest: BackTested


class WhenOut(Basis):
    """When so many items will be done."""

    initiative: str
    items: float
    items_high: float
    share: float
    split_low: float
    split_high: float
    percentiles: list[Promise]
    by: date | None
    chance: float | None
    chance_text: str
    finish_days: list[int | None]


class HowManyOut(Basis):
    """How many items will be done by a day."""

    until: date
    percentiles: list[Amount]


class ItemRow(BaseModel):
    """A work item in the list; `days` since its start, up to its finish or now."""

    item_id: str
    title: str | None
    kind: str | None
    team: str | None
    state: str | None
    category: str | None
    owner: str | None
    created_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None
    due_at: datetime | None
    unplanned: bool | None
    url: str | None
    days: float | None


class Step(BaseModel):
    """A change of state, as the tracker told it."""

    model_config = ConfigDict(extra="allow")
    occurred_at: datetime
    from_state: str | None
    to_state: str | None
    actor: str | None


class Visit(BaseModel):
    """A stay in a state, from its beginning to its end (or now)."""

    state: str
    category: str
    since: datetime
    until: datetime
    days: float


class InState(BaseModel):
    """All stays in one state together."""

    state: str
    days: float


class ItsChange(BaseModel):
    """A pull request or commit of the item, as the repository told it."""

    model_config = ConfigDict(extra="allow")
    change_id: str
    number: str | None
    title: str | None
    author: str | None
    state: str | None
    created_at: datetime | None
    merged_at: datetime | None
    url: str | None


class Joint(BaseModel):
    """A link to another object of the loop."""

    kind: str
    from_ref: str
    to_ref: str


class ItemDetail(ItemRow):
    """A work item with its history, its changes and its links."""

    product: str | None
    author: str | None
    parent: str | None
    labels: str | None
    estimate: float | None
    history: bool
    transitions: list[Step]
    visits: list[Visit]
    time_in_state: list[InState]
    changes: list[ItsChange]
    links: list[Joint]


class KeepIn(BaseModel):
    """The forecast to keep: asked again here, so that only what was really forecast is kept."""

    team: str = Field("", max_length=200)
    initiative: str = Field("", max_length=200)
    items: float | None = Field(None, ge=1, le=100_000)
    items_high: float | None = Field(None, ge=1, le=100_000)
    split_low: float = Field(1.0, gt=0, le=10)
    split_high: float = Field(1.0, gt=0, le=10)


class KeptOut(BaseModel):
    """A kept forecast."""

    id: str
    subject: str
    made_at: datetime
    p50: date
    p85: date
    p95: date
    items: int


@router.get("/overview", response_model=list[Figure])
def overview(ctx: Ctx, cadence: str = "weekly", team: Team = "", series: bool = False) -> list[Figure]:
    """Return the figures of delivery for the span of a call sheet."""
    if cadence not in CADENCES:
        raise BadInput(f"There is no cadence {cadence!r}.", f"Use one of {', '.join(CADENCES)}.")
    zone, scope = ctx.reader.zone, {"team": team} if team else {}
    period = cadence_period(cadence, ctx.reader.now, zone)
    before = previous(period, cadence, zone)
    return [figure(ctx.reader, name, period, before, series=series, **scope) for name in OVERVIEW]


@router.get("/teams", response_model=list[str])
def teams(ctx: Ctx) -> list[str]:
    """Return the teams that have work."""
    return [row["team"] for row in ctx.reader.report("delivery.teams").rows]


@router.get("/when", response_model=WhenOut)
def when(
    ctx: Ctx, team: Team = "", items: Items = None, items_high: ItemsHigh = None, split_low: Split = 1.0,
    split_high: Split = 1.0, initiative: str = "", by: Day = None,
) -> dict[str, Any]:  # fmt: skip
    """Return when so many items (or what is left of an initiative) will be done, with its back-test."""
    facts = _facts(ctx)
    asked = answers.asked_about(facts, team, items, items_high, (split_low, split_high), initiative)
    return answers.when_answer(facts, asked, by)


@router.get("/when/chart")
def when_chart(
    ctx: Ctx, team: Team = "", items: Items = None, items_high: ItemsHigh = None, split_low: Split = 1.0,
    split_high: Split = 1.0, initiative: str = "", by: Day = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the chance to be done by each day, as an ECharts option."""
    facts = _facts(ctx)
    asked = answers.asked_about(facts, team, items, items_high, (split_low, split_high), initiative)
    _, result = answers.forecast_when(facts, asked)
    title = f"Chance that {asked.low:g} items are done"
    return finish(
        answers.curve(result), title=title, promised=by.isoformat() if by else None, today=result.after.isoformat()
    )


@router.get("/how-many", response_model=HowManyOut)
def how_many(ctx: Ctx, until: date, team: Team = "") -> dict[str, Any]:
    """Return how many items a team finishes up to and with a day, with its back-test."""
    return answers.how_many_answer(_facts(ctx), team, until)


@router.get("/items", response_model=Page[ItemRow])
def items(
    ctx: Ctx, paged: Paged, team: Team = "", category: str = "", initiative: str = "", product: str = ""
) -> Page[ItemRow]:
    """Return work items; `category` may name several, comma separated."""
    facts = _facts(ctx, team=team, product=product)
    rows, total = item_list.listed(
        facts, page=paged.page, size=paged.size, sort=paged.sort, q=paged.q, category=category, initiative=initiative
    )
    return Page(items=[ItemRow(**row) for row in rows], total=total, page=paged.page, size=paged.size)


@router.get("/items/{item_id:path}", response_model=ItemDetail)
def item(ctx: Ctx, item_id: str) -> dict[str, Any]:
    """Return a work item with its steps, its time in each state, its changes and its links."""
    return item_list.one(_facts(ctx), item_id)


@router.post("/forecasts", response_model=KeptOut, status_code=201)
def keep_forecast(ctx: Ctx, given: KeepIn) -> Forecast:
    """Keep a forecast as a promise, to be scored when its dates come."""
    actions.may_keep(ctx.actor)
    facts = _facts(ctx)
    split = (given.split_low, given.split_high)
    asked = answers.asked_about(facts, given.team, given.items, given.items_high, split, given.initiative)
    if not asked.initiative and not asked.team:
        raise BadInput("A kept forecast needs somebody who answers for it.", "Name a team or an initiative.")
    _, result = answers.forecast_when(facts, asked)
    subject = f"initiative:{asked.initiative}" if asked.initiative else f"team:{asked.team}"
    with ctx.change() as book:
        return actions.keep_forecast(
            book, subject, "when", answers.kept_dates(result), ctx.actor, left=round(asked.high)
        )


@router.delete("/forecasts/{forecast_id}", status_code=204)
def withdraw_forecast(ctx: Ctx, forecast_id: str) -> None:
    """Take a kept forecast back; it stays in the list and is scored no more."""
    with ctx.change() as book:
        actions.withdraw_forecast(book, forecast_id, ctx.actor)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find work items by title, id or owner."""
    facts = Facts(reader.workspace, reader, {})
    rows, _ = item_list.listed(facts, page=1, size=8, sort="", q=words, category="", initiative="")
    return [
        Hit(f"work:{row['item_id']}", row["title"] or row["item_id"], "work", f"/delivery/items/{row['item_id']}",
            row["state"] or "")
        for row in rows
    ]  # fmt: skip


def _facts(ctx: Context, **scope: str) -> Facts:
    return Facts(ctx.ws, ctx.reader, {key: value for key, value in scope.items() if value})
