"""What a rule would do, tried on the newest events, over HTTP."""

from __future__ import annotations

import copy
import secrets
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from callsheet.http.context import Ctx
from callsheet.model.link import Ref
from callsheet.store.histories.conditions import decoded
from callsheet.store.permissions import require
from callsheet.usage.actions.event_sources import checked_rule
from callsheet.usage.api.event_sources import EventRuleIn
from callsheet.usage.wire.ruling import Rule, Ruled, Ruling

router = APIRouter(prefix="/api/usage", tags=["usage"])
NEWEST = 500
MOST_SHOWN = 20
LONGEST = 20_000


class Touched(BaseModel):
    """An event that the rule would touch: as it is, and as it would be. `outcome` is blocked, sampled or changed."""

    event_id: str
    occurred_at: datetime
    source: str
    distinct_id: str
    outcome: str
    event: str
    properties: dict[str, Any]
    event_after: str
    properties_after: dict[str, Any]


class RulePreview(BaseModel):
    """What a rule would have done to the newest events: of `looked_at`, how many it would have touched; the newest of
    those. The other rules have been through these events already."""

    looked_at: int
    touched: int
    kept_out: int
    examples: list[Touched] = Field(default_factory=list)


@router.post("/event-rules/preview")
def preview_event_rule(ctx: Ctx, given: EventRuleIn) -> RulePreview:
    """Return what a rule would do to the newest events, and change nothing."""
    require(ctx.actor, "manage_sources", Ref("setting", "event-rules"))
    with ctx.read() as book:
        made = checked_rule(book, {**given.given(), "reason": given.reason or "preview"})
    made = {name: made[name] for name in made if name in Rule.__dataclass_fields__}
    rule = Rule("preview", salt=secrets.token_hex(16), **made)
    rows = _newest(ctx, given.source)
    found = [one for row in rows if (one := _tried(rule, row)) is not None]
    kept_out = sum(one.outcome != "changed" for one in found)
    return RulePreview(looked_at=len(rows), touched=len(found), kept_out=kept_out, examples=found[:MOST_SHOWN])


def _newest(ctx: Any, source: str) -> list[dict[str, Any]]:
    """The newest events that the stream brought; very long ones are left out."""
    events = ctx.ws.facts.tables()["events"]
    wanted = events.filter(events.received_at.notnull(), events.properties.length() < LONGEST)
    wanted = wanted.filter(wanted.source == source) if source else wanted
    names = ("event_id", "occurred_at", "source", "distinct_id", "event", "properties")
    newest = wanted.order_by(wanted.received_at.desc(), wanted.event_id)
    rows: list[dict[str, Any]] = ctx.ws.facts.run(newest.select(*names), NEWEST).to_pylist()
    return rows


def _tried(rule: Rule, row: dict[str, Any]) -> Touched | None:
    given = decoded(row["properties"])
    before: dict[str, Any] = given if isinstance(given, dict) else {}
    ruling = Ruling((rule,))
    ruled = Ruled(row["event"] or "", row["distinct_id"] or "", copy.deepcopy(before))
    ruling.apply(ruled)
    if not ruling.touched:
        return None
    return Touched(
        **{name: row[name] or "" for name in ("event_id", "source", "distinct_id", "event")},
        occurred_at=row["occurred_at"], properties=before, event_after=ruled.name, properties_after=ruled.properties,
        outcome=ruled.aside.partition(":")[0] or "changed",
    )  # fmt: skip
