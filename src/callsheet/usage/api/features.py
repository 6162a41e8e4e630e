"""HTTP of usage: the feature catalogue with its adoption, and accounts with their activity."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from callsheet.base.time import to_utc
from callsheet.http.context import Ctx, Hit
from callsheet.http.pages import Page, Paged, asked_period
from callsheet.http.routes.readings import Since, Theme, Until, drawn, scope_of
from callsheet.metrics import Facts, Reader
from callsheet.usage import actions
from callsheet.usage.metrics.account_course import account_course, account_then
from callsheet.usage.metrics.accounts import one_account
from callsheet.usage.metrics.one_feature import belongings, feature_adoption, feature_chart
from callsheet.usage.records import Feature

router = APIRouter(prefix="/api/usage", tags=["usage"])
HITS = 8


class FeatureCondition(BaseModel):
    """A condition on the account that could use a feature, such as `account.plan` is one of some plans."""

    model_config = ConfigDict(extra="forbid")
    field: str = Field(max_length=100)
    op: str = Field(default="is", max_length=20)
    values: list[str | float | bool] = Field(default_factory=list, max_length=1000)


class FeatureIn(BaseModel):
    """What may be said of a feature; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    line: str = Field(default="", max_length=500, description="What it is, in plain words")
    owner: str = Field(default="", max_length=100, description="Person id")
    stage: str = Field(default="planned", description="planned, beta or released")
    events: list[str] = Field(default_factory=list, description="Event names that count as its use")
    exposed_by: list[str] = Field(default_factory=list, description="Event names that mean that somebody saw it")
    could_use: list[FeatureCondition] = Field(default_factory=list, description="Whose accounts could use it at all")
    activation: int | None = Field(default=None, description="Its place on the way of somebody new to value, from 1")
    flag: str = Field(default="", max_length=200)
    docs_url: str = Field(default="", max_length=500, pattern=r"^(https?://.*)?$")
    product: str = Field(default="", max_length=100)
    released_at: datetime | None = None
    predicted_share: float | None = Field(default=None, description="Share of eligible accounts, 0 to 1")
    predicted_low: float | None = None
    predicted_high: float | None = None
    predicted_days: int | None = Field(default=None, description="Days after the release; 90 unless said")
    predicted_by: str = Field(default="", max_length=100)

    def given(self) -> dict[str, Any]:
        """Return only what was sent; moments as naive UTC."""
        sent = self.model_dump(exclude_unset=True)
        if sent.get("released_at"):
            sent["released_at"] = to_utc(sent["released_at"])
        return sent


class FeatureOut(BaseModel):
    """A feature of the catalogue."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    line: str
    owner: str
    stage: str
    events: list[str]
    exposed_by: list[str]
    could_use: list[FeatureCondition]
    activation: int | None
    flag: str
    docs_url: str
    product: str
    released_at: datetime | None
    predicted_share: float | None
    predicted_low: float | None
    predicted_high: float | None
    predicted_days: int | None
    predicted_by: str
    retired_at: datetime | None
    retired_why: str


class SegmentAdoption(BaseModel):
    """Adoption in a segment; `share` is 0 to 1."""

    segment: str
    could_use: int
    tried: int
    share: float


class Adoption(BaseModel):
    """A row of usage.adoption: of those who could use it, who tried it and who kept it; shares are 0 to 1."""

    feature: str
    title: str
    owner: str
    released_at: datetime
    days: int
    could_use: int
    exposed: int | None
    tried: int
    tried_share: float | None
    tried_low: float | None
    tried_high: float | None
    repeated: int
    kept: int | None
    kept_of: int
    first_use_hours: float | None
    predicted_share: float | None
    predicted_low: float | None
    predicted_high: float | None
    predicted_days: int | None
    due_share: float | None
    due_low: float | None
    due_high: float | None
    standing: str
    revenue_tried: float | None
    revenue_could_use: float | None
    revenue_share: float | None
    segments: list[SegmentAdoption]


class Use(BaseModel):
    """A row of usage.features: its use over the period and over the one before."""

    model_config = ConfigDict(extra="allow")
    uses: int
    uses_before: int
    persons: int
    accounts: int
    last_at: datetime | None
    change: float | None


class FeatureListed(FeatureOut):
    """A feature of the list, with its use over the last 28 days and, in its first 90 days, its adoption."""

    uses: int = 0
    accounts: int = 0
    change: float | None = None
    tried_share: float | None = None
    standing: str = ""


class Belonging(BaseModel):
    """A release, initiative or experiment that is joined to a feature."""

    id: str
    title: str
    note: str


class FeaturePage(FeatureOut):
    """A feature with its adoption (None while it is not released), its use over the last 28 days, and what the loop
    joins to it."""

    adoption: Adoption | None
    use: Use | None
    releases: list[Belonging]
    initiatives: list[Belonging]
    experiments: list[Belonging]


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=2000)


class AccountOut(BaseModel):
    """An account with its activity in the period and in the span of the same length before."""

    account_id: str
    name: str | None
    segment: str | None
    plan: str | None
    revenue: float | None
    owner: str | None
    persons: int
    events: int
    events_before: int
    last_at: datetime | None
    created_at: datetime | None


class AccountFacts(BaseModel):
    """What the sources say of an account; only id and name where just its events are known."""

    model_config = ConfigDict(extra="allow")
    account_id: str
    name: str | None


class Week(BaseModel):
    """The activity of a week, by its Monday."""

    week: str
    events: int
    persons: int


class UsedFeature(BaseModel):
    """A feature that an account uses."""

    title: str
    used: str
    uses: int
    first_at: datetime
    last_at: datetime


class AccountPerson(BaseModel):
    """Somebody of an account; no events: never seen."""

    person_id: str
    name: str | None
    role: str | None
    events: int | None
    last_at: datetime | None


class UsageEvent(BaseModel):
    """Something that happened; `used` is the feature that it counts for."""

    event_id: str
    occurred_at: datetime
    event: str
    person_id: str | None
    used: str | None


class AccountChange(BaseModel):
    """A change of an account: what it became, since when, and which source said so."""

    name: str
    value: str | float | None
    since_at: datetime
    source: str


class AccountThen(BaseModel):
    """An account as it was at a moment; null what nobody had said by then."""

    name: str | None
    plan: str | None
    segment: str | None
    revenue: float | None
    owner: str | None


class AccountPage(BaseModel):
    """An account, its weekly activity, the features it uses, its people, its newest events; how plan, revenue, segment
    and owner changed (`course`), and what they were `then`, at the moment asked for."""

    account: AccountFacts
    weeks: list[Week]
    features: list[UsedFeature]
    people: list[AccountPerson]
    events: list[UsageEvent]
    feedback: int
    course: list[AccountChange] = []
    then: AccountThen | None = None


@router.get("/features")
def features(ctx: Ctx, paged: Paged, stage: str = "") -> Page[FeatureListed]:
    """Return the feature catalogue, of one stage or of all."""
    uses = {row["feature"]: row for row in ctx.reader.report("usage.features").rows}
    adopted = {row["feature"]: row for row in ctx.reader.report("usage.adoption").rows}
    found = []
    for row in ctx.reader.book.all(select(Feature).order_by(Feature.name)):
        if stage in ("", row.stage):
            known = {key: value for key, value in uses.get(row.id, {}).items() if key in ("uses", "accounts", "change")}
            known |= {key: adopted[row.id][key] for key in ("tried_share", "standing") if row.id in adopted}
            found.append(FeatureListed(**FeatureOut.model_validate(row).model_dump(), **known))
    return paged.of(
        found, lambda one: " ".join((one.id, one.name, one.line, one.owner, one.stage, one.flag, *one.events))
    )


@router.post("/features", status_code=201)
def add_feature(ctx: Ctx, given: FeatureIn) -> FeatureOut:
    """Put a feature into the catalogue."""
    details = given.given()
    with ctx.change() as book:
        return FeatureOut.model_validate(actions.add_feature(book, details.pop("name", ""), ctx.actor, **details))


@router.get("/features/{feature_id}")
def one_feature(ctx: Ctx, feature_id: str) -> FeaturePage:
    """Return a feature with its adoption."""
    facts = Facts(ctx.ws, ctx.reader, {})
    card = FeatureOut.model_validate(ctx.reader.book.get(Feature, feature_id))
    uses = {row["feature"]: row for row in ctx.reader.report("usage.features").rows}
    joined = belongings(facts, feature_id)
    return FeaturePage(
        **card.model_dump(), adoption=feature_adoption(facts, feature_id), use=uses.get(feature_id),
        releases=joined["release"], initiatives=joined["initiative"], experiments=joined["experiment"],
    )  # fmt: skip


@router.get("/features/{feature_id}/chart")
def one_feature_chart(ctx: Ctx, feature_id: str, format: str = "json", theme: Theme = "light") -> Any:
    """Return the chart of its adoption over the days since its release."""
    return drawn(feature_chart(Facts(ctx.ws, ctx.reader, {}), feature_id), format, theme, 720, 260)


@router.patch("/features/{feature_id}")
def change_feature(ctx: Ctx, feature_id: str, given: FeatureIn) -> FeatureOut:
    """Change what the catalogue says of a feature."""
    with ctx.change() as book:
        return FeatureOut.model_validate(actions.change_feature(book, feature_id, ctx.actor, **given.given()))


@router.post("/features/{feature_id}/retirement")
def retire_feature(ctx: Ctx, feature_id: str, given: ReasonIn) -> FeatureOut:
    """Retire a feature."""
    with ctx.change() as book:
        return FeatureOut.model_validate(actions.retire_feature(book, feature_id, ctx.actor, given.reason))


@router.delete("/features/{feature_id}/retirement")
def restore_feature(ctx: Ctx, feature_id: str) -> FeatureOut:
    """Undo a retirement."""
    with ctx.change() as book:
        return FeatureOut.model_validate(actions.restore_feature(book, feature_id, ctx.actor))


@router.get("/accounts")
def accounts(ctx: Ctx, request: Request, paged: Paged, since: Since = None, until: Until = None) -> Page[AccountOut]:
    """Return accounts with their activity."""
    found = ctx.reader.report("usage.accounts", asked_period(ctx.reader, since, until), **scope_of(request))
    page = paged.of(
        found.rows, lambda row: " ".join(str(row[key]) for key in ("account_id", "name", "segment", "plan", "owner"))
    )
    return Page(items=[AccountOut(**row) for row in page.items], total=page.total, page=page.page, size=page.size)


@router.get("/accounts/{account_id}")
def account(ctx: Ctx, account_id: str, as_of: datetime | None = None) -> AccountPage:
    """Return one account with what happened there, and as it was at the moment `as_of`."""
    facts = Facts(ctx.ws, ctx.reader, {})
    page, course = one_account(facts, account_id), account_course(facts, account_id)
    then = account_then(course, to_utc(as_of)) if as_of is not None else None
    return AccountPage(**page, course=course, then=then)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find features and accounts by their names."""
    like = f"%{words.strip()}%"
    query = (
        select(Feature).where(or_(Feature.name.ilike(like), Feature.id.ilike(like))).order_by(Feature.name).limit(HITS)
    )
    found = [
        Hit(f"feature:{one.id}", one.name, "feature", f"/usage/features/{one.id}", one.line)
        for one in reader.book.all(query)
    ]
    table = reader.workspace.facts.tables()["accounts"]
    named = table.filter(table.name.lower().contains(words.strip().lower()) | (table.account_id == words.strip()))
    rows = reader.workspace.facts.run(named.select("account_id", "name", "segment").order_by("name"), HITS).to_pylist()
    return found + [
        Hit(
            f"account:{row['account_id']}",
            row["name"],
            "account",
            f"/usage/accounts/{row['account_id']}",
            row["segment"] or "",
        )
        for row in rows
    ]
