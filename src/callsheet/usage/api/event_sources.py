"""Sources of events, their keys, and the rules on what comes in, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from callsheet.base.time import utc_now
from callsheet.http.context import Context, Ctx
from callsheet.http.pages import Page, Paged
from callsheet.usage.actions import event_sources as actions
from callsheet.usage.api.arrivals import Amounts, amounts_of
from callsheet.usage.intake import intake_of
from callsheet.usage.records import EventRule, EventSource

router = APIRouter(prefix="/api/usage", tags=["usage"])
Kind = Literal["segment", "posthog", "webhook", "browser", "any"]
Share = Field(default=1.0, ge=0, le=1, description="Part of the persons whose events are kept, 0 to 1")


class EventSourceIn(BaseModel):
    """What may be said of a source; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    kind: Kind = "any"
    rate: float = Field(default=0, ge=0, le=1_000_000, description="Most events a second; 0 is no limit")
    share: float = Share
    product: str = Field(default="", max_length=100)
    mapping: dict[str, str] = Field(default_factory=dict, description="Of a webhook: where each field stands")

    def given(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class EventSourceOut(BaseModel):
    """A source. `day` is what came in over the last 24 hours, `last_at` when the last stored event happened,
    `turned_away` are requests since the server's start of which nothing was taken, by reason."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    kind: str
    write_key: str
    old_key_until: datetime | None
    state: str
    rate: float
    share: float
    product: str
    mapping: dict[str, str]
    created_at: datetime
    created_by: str
    removed_at: datetime | None
    day: Amounts = Field(default_factory=Amounts)
    last_at: datetime | None = None
    turned_away: dict[str, int] = Field(default_factory=dict)


class RotationIn(BaseModel):
    """How long the present key is taken beside the new one."""

    overlap_hours: float = Field(default=168, ge=0, le=actions.MOST_OVERLAP)


class WhyIn(BaseModel):
    """Why."""

    reason: str = Field(default="", max_length=2000)


class EventRuleIn(BaseModel):
    """What may be said of a rule; what is left out stays as it is."""

    position: int = Field(default=0, ge=-1_000_000, le=1_000_000, description="Rules are gone through by it")
    source: str = Field(default="", max_length=100, description="Empty: all sources")
    event: str = Field(default="*", max_length=400, description="A name, or a pattern with * and ?")
    property: str = Field(default="", max_length=400, description="Only events whose property satisfies the condition")
    op: Literal["is", "is_not", "contains", "not_contains", "set", "not_set"] = "set"
    value: str = Field(default="", max_length=2000)
    action: Literal["block", "rename", "drop_property", "hash_property", "set_property", "sample"] = "block"
    target: str = Field(default="", max_length=400, description="The property that is dropped, hashed or set")
    argument: Any = Field(default=None, description="The new name, or the new value")
    share: float = Share
    enabled: bool = True
    reason: str = Field(default="", max_length=2000)

    def given(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class RuleOrderIn(BaseModel):
    """The rules by id, in the order in which they are to be gone through."""

    ids: list[str] = Field(max_length=10_000)


class EventRuleOut(BaseModel):
    """A rule. `set_aside` is how many events it kept out over the last 28 days, `touched` how many it changed or kept
    out since the server was started."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    position: int
    source: str
    event: str
    property: str
    op: str
    value: str
    action: str
    target: str
    argument: Any
    share: float
    enabled: bool
    reason: str
    created_at: datetime
    created_by: str
    set_aside: int = 0
    touched: int = 0


@router.get("/event-sources")
def event_sources(ctx: Ctx, paged: Paged, removed: bool = False) -> Page[EventSourceOut]:
    """Return the sources of events with what came in lately."""
    with ctx.read() as book:
        rows = book.all(select(EventSource).order_by(EventSource.name))
    amounts, last = amounts_of(ctx.ws, utc_now() - timedelta(days=1)), _last(ctx)
    found = [_out(ctx, row, amounts, last) for row in rows if removed or row.removed_at is None]
    return paged.of(found, lambda one: f"{one.id} {one.name} {one.kind} {one.product} {one.state}")


@router.post("/event-sources", status_code=201)
def add_event_source(ctx: Ctx, given: EventSourceIn) -> EventSourceOut:
    """Let somewhere send events; the answer has its write key."""
    details = given.given()
    with ctx.change() as book:
        source = actions.add_source(book, details.pop("name", ""), ctx.actor, **details)
    return _changed(ctx, source)


@router.get("/event-sources/{source_id}")
def event_source(ctx: Ctx, source_id: str) -> EventSourceOut:
    """Return one source."""
    with ctx.read() as book:
        source = book.get(EventSource, source_id)
        return _out(ctx, source, amounts_of(ctx.ws, utc_now() - timedelta(days=1)), _last(ctx))


@router.patch("/event-sources/{source_id}")
def change_event_source(ctx: Ctx, source_id: str, given: EventSourceIn) -> EventSourceOut:
    """Change a source's name, limits or mapping."""
    with ctx.change() as book:
        source = actions.change_source(book, source_id, ctx.actor, **given.given())
    return _changed(ctx, source)


@router.delete("/event-sources/{source_id}", status_code=204)
def remove_event_source(ctx: Ctx, source_id: str, reason: str = "") -> None:
    """Take no events of a source any more; what it sent stays."""
    with ctx.change() as book:
        source = actions.remove_source(book, source_id, ctx.actor, reason)
    _changed(ctx, source)


@router.post("/event-sources/{source_id}/pause")
def pause_event_source(ctx: Ctx, source_id: str, given: WhyIn) -> EventSourceOut:
    """Refuse what a source sends; it can be tried again later."""
    with ctx.change() as book:
        source = actions.pause_source(book, source_id, ctx.actor, given.reason)
    return _changed(ctx, source)


@router.delete("/event-sources/{source_id}/pause")
def resume_event_source(ctx: Ctx, source_id: str) -> EventSourceOut:
    """Take what a paused source sends again."""
    with ctx.change() as book:
        source = actions.resume_source(book, source_id, ctx.actor)
    return _changed(ctx, source)


@router.post("/event-sources/{source_id}/key")
def rotate_event_source_key(ctx: Ctx, source_id: str, given: RotationIn) -> EventSourceOut:
    """Give a source a new write key; the present one is taken for some time more."""
    with ctx.change() as book:
        source = actions.rotate_key(book, source_id, ctx.actor, given.overlap_hours)
    return _changed(ctx, source)


@router.get("/event-rules")
def event_rules(ctx: Ctx, paged: Paged) -> Page[EventRuleOut]:
    """Return the rules in the order in which they are gone through."""
    with ctx.read() as book:
        rows = book.all(select(EventRule).order_by(EventRule.position, EventRule.id))
    by_rule: dict[str, int] = {}
    for amounts in amounts_of(ctx.ws, utc_now() - timedelta(days=28)).values():
        for outcome, amount in amounts.outcomes.items():
            rule = outcome.partition(":")[2]
            by_rule[rule] = by_rule.get(rule, 0) + amount
    touched = intake_of(ctx.services).known.touched
    found = [
        EventRuleOut.model_validate(row).model_copy(
            update={"set_aside": by_rule.get(row.id, 0), "touched": touched[row.id]}
        )
        for row in rows
    ]
    return paged.of(found, lambda one: f"{one.event} {one.action} {one.target} {one.reason} {one.source}")


@router.post("/event-rules", status_code=201)
def add_event_rule(ctx: Ctx, given: EventRuleIn) -> EventRuleOut:
    """Rule something of events on their way in."""
    with ctx.change() as book:
        rule = actions.add_rule(book, ctx.actor, **given.given())
    intake_of(ctx.services).known.expire()
    return EventRuleOut.model_validate(rule)


@router.put("/event-rules/order", status_code=204)
def order_event_rules(ctx: Ctx, given: RuleOrderIn) -> None:
    """Let the rules be gone through in another order."""
    with ctx.change() as book:
        actions.order_rules(book, given.ids, ctx.actor)
    intake_of(ctx.services).known.expire()


@router.patch("/event-rules/{rule_id}")
def change_event_rule(ctx: Ctx, rule_id: str, given: EventRuleIn) -> EventRuleOut:
    """Change a rule, its place, or whether it holds."""
    with ctx.change() as book:
        rule = actions.change_rule(book, rule_id, ctx.actor, **given.given())
    intake_of(ctx.services).known.expire()
    return EventRuleOut.model_validate(rule)


@router.delete("/event-rules/{rule_id}", status_code=204)
def remove_event_rule(ctx: Ctx, rule_id: str) -> None:
    """Let a rule hold no more."""
    with ctx.change() as book:
        actions.remove_rule(book, rule_id, ctx.actor)
    intake_of(ctx.services).known.expire()


def _changed(ctx: Context, source: EventSource) -> EventSourceOut:
    intake_of(ctx.services).known.expire()
    return _out(ctx, source, amounts_of(ctx.ws, utc_now() - timedelta(days=1)), _last(ctx))


def _last(ctx: Context) -> dict[str, datetime]:
    """When the last event of each source happened, as far as the schema registry has come."""
    seen = ctx.ws.facts.tables()["seen_events"]
    rows = ctx.ws.facts.run(seen.group_by("source").agg(last=seen.last_seen.max())).to_pylist()
    return {row["source"]: row["last"] for row in rows}


def _out(ctx: Context, source: EventSource, amounts: dict[str, Amounts], last: dict[str, datetime]) -> EventSourceOut:
    turned = {code: count for (key, code), count in intake_of(ctx.services).turned.items() if key == source.id}
    told = EventSourceOut.model_validate(source)
    day = amounts.get(source.id, Amounts())
    return told.model_copy(update={"day": day, "last_at": last.get(source.id), "turned_away": turned})
