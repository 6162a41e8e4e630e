"""What questions can be made of: events that came, fields that they, people and accounts have, values seen in them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from callsheet.http.context import Context, Ctx
from callsheet.metrics import Facts
from callsheet.metrics.cache import cached
from callsheet.store.histories.conditions import decoded
from callsheet.usage.questions import visits
from callsheet.usage.questions.catalogue import catalogue

router = APIRouter(prefix="/api/usage/vocabulary", tags=["usage"])
MOST_EVENTS = 2000
MOST_NAMES = 500
NEWEST = 20_000
"""Events of which the properties are looked at: the newest."""
PLAIN = {"event": "Event", "feature": "Feature", "product": "Product", "source": "Source", "person_id": "Person",
         "account_id": "Account"}  # fmt: skip
SESSION = {
    "session.duration": "Session, seconds", "session.events": "Session, events", "session.pageviews": "Session, page views",
    "session.bounced": "Session bounced", "session.began": "Session began", "session.ended": "Session ended",
    "session.entry": "Session, first address", "session.exit": "Session, last address",
}  # fmt: skip
HIDDEN = {"person_id", "account_id", "batch", "source", "traits"}


class EventWord(BaseModel):
    """An event by name, how often it came, and the feature whose use it is."""

    name: str
    amount: int
    feature: str = ""


class FeatureWord(BaseModel):
    """A feature of the catalogue with the events that mean its use; `released` says whether adoption can be asked, and
    `released_at` since when."""

    id: str
    name: str
    events: list[str]
    released: bool
    released_at: datetime | None = None


class FieldWord(BaseModel):
    """A field that conditions and breakdowns take. `seen` is in how many of the newest events a property was."""

    field: str
    label: str
    of: Literal["event", "person", "account", "more"]
    seen: int = 0


class Vocabulary(BaseModel):
    """All there is to ask about; events the most frequent first."""

    events: list[EventWord]
    features: list[FeatureWord]
    fields: list[FieldWord]


@router.get("")
def vocabulary(ctx: Ctx) -> Vocabulary:
    """Return what questions can be made of."""
    features = catalogue(_facts(ctx))
    feature_of = {event: one.id for one in features for event in one.events}
    counted = _kept(ctx, "events", lambda: ctx.ws.histories.events()[:MOST_EVENTS])
    return Vocabulary(
        events=[EventWord(name=name, amount=amount, feature=feature_of.get(name, "")) for name, amount in counted],
        features=[
            FeatureWord(
                id=one.id,
                name=one.name,
                events=list(one.events),
                released=one.released_at is not None,
                released_at=one.released_at,
            )
            for one in features
        ],
        fields=_kept(ctx, "fields", lambda: fields(_facts(ctx))),
    )


@router.get("/values")
def seen_values(
    ctx: Ctx, field: Annotated[str, Query(max_length=400)], q: Annotated[str, Query(max_length=400)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[str]:  # fmt: skip
    """Return values seen in a field, the most frequent first; with `q`, those that contain it. None of sessions."""
    if field.startswith(visits.PREFIX):
        visits.check(field)
        return []
    seen: list[str] = _kept(ctx, ("values", field), lambda: ctx.ws.histories.values(field, MOST_NAMES))
    return [one for one in seen if q.lower() in one.lower()][:limit]


def fields(facts: Facts) -> list[FieldWord]:
    """Return the fields there are: properties of the newest events, traits of people and accounts, and plain ones."""
    found = [
        FieldWord(field=f"properties.{name}", label=name, of="event", seen=seen)
        for name, seen in _properties(facts).most_common(MOST_NAMES)
    ]
    for unit, table in (("person", "persons"), ("account", "accounts")):
        found += [
            FieldWord(field=f"{unit}.{name}", label=name.removesuffix("_at").replace("_", " "), of=unit)
            for name in _traits(facts, unit, table)
        ]
    more = PLAIN | (SESSION if any(one.field == visits.KEY for one in found) else {})
    return found + [FieldWord(field=name, label=label, of="more") for name, label in more.items()]


def _properties(facts: Facts) -> Counter[str]:
    events = facts.table("events")
    newest = events.filter(events.properties.notnull()).order_by(events.occurred_at.desc()).limit(NEWEST)
    told = facts.records(newest.select("properties"), NEWEST)
    read: list[Any] = [decoded(row["properties"]) for row in told]
    return Counter(
        name for one in read if isinstance(one, dict) for name in one if name not in ("$set", "$set_once", "$group_set")
    )


def _traits(facts: Facts, unit: str, table: str) -> list[str]:
    """Return the names of what is known of a unit: columns of its table, and traits that were ever sent."""
    names = [name for name in facts.table(table).columns if name not in HIDDEN and not name.startswith("_")]
    if "traits" in facts.workspace.facts.tables():
        sent = facts.workspace.facts.tables()["traits"]
        wanted = sent.filter(sent.unit == unit).select("name").distinct().order_by("name").limit(MOST_NAMES)
        names += [one["name"] for one in facts.workspace.facts.run(wanted).to_pylist()]
    return list(dict.fromkeys(names))


def _facts(ctx: Context) -> Facts:
    return Facts(ctx.ws, ctx.reader, {})


def _kept(ctx: Context, what: Any, compute: Any) -> Any:
    """Return what was computed since the events last changed."""
    store = ctx.ws.cache.setdefault("vocabulary", {})
    return cached(store, (what, ctx.ws.facts.version, ctx.ws.histories.version), compute, most=200)
