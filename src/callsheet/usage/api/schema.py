"""The schema of events over HTTP: what was seen, what people say of it, and what has changed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from callsheet.base.errors import NotFound
from callsheet.http.context import Context, Ctx
from callsheet.http.pages import Page, Paged
from callsheet.metrics.cache import cached
from callsheet.store.histories.conditions import decoded
from callsheet.store.settlers.schema import MOST_EVENTS, MOST_PROPERTIES
from callsheet.usage.actions import schema as actions
from callsheet.usage.drift import BAD, Course, Drift, turns
from callsheet.usage.metrics import schema as registry
from callsheet.usage.records import EventNote, PropertyNote

router = APIRouter(prefix="/api/usage/schema", tags=["usage"])
Name = Annotated[str, Query(description="Name of the event; in a path, browsers would take `..` for the way back")]
State = Literal["", "expected", "deprecated", "hidden"]
MOST_EXAMPLE = 200
MOST_READ, LONGEST = 100, 100_000
"""Rows read for the examples of one event, and the characters that one may have."""
COURSE_DAYS = 28
_OF_TRACKING = frozenset({"vanished", "dropped", "jumped"})


class DriftOut(BaseModel):
    """Something that changed. With `bad`, figures are wrong by it; else it is to be known."""

    event: str
    property: str
    problem: str
    words: str
    bad: bool


class SchemaEvent(BaseModel):
    """An event that was seen, or is planned. `week` are the rows of the last seven days, `cut` rows with properties
    beyond the bound."""

    event: str
    sources: list[str]
    first_seen: datetime | None
    last_seen: datetime | None
    amount: int
    week: int
    properties: int
    cut: int
    owner: str
    description: str
    state: str
    drift: list[DriftOut]
    days: list[int] = Field(default_factory=list, description="Rows of the last 28 UTC days, the oldest first")


class SchemaPage(Page[SchemaEvent]):
    """A page of events. `behind` rows are not counted yet; `unlisted` are rows of events beyond the bound; `planned`
    tells whether there is a tracking plan, `drifting` how many events have drift."""

    behind: int
    unlisted: int
    most: int = MOST_EVENTS
    planned: bool
    drifting: int


class SchemaType(BaseModel):
    """A type that a property has had."""

    type: str
    first_seen: datetime
    last_seen: datetime
    amount: int
    example: str | None


class SchemaProperty(BaseModel):
    """A property of an event. `share` is the part of the event's rows that had it within the last 28 UTC days (of all
    when there are none), `turns` how often its commonest type changed from one day to the next."""

    property: str
    types: list[SchemaType]
    first_seen: datetime | None
    last_seen: datetime | None
    amount: int
    share: float | None
    turns: int
    owner: str
    description: str
    state: str
    type: str
    drift: list[DriftOut]


class SchemaDetail(BaseModel):
    """One event with its properties; `most` is how many of them are listed."""

    event: SchemaEvent
    properties: list[SchemaProperty]
    most: int = MOST_PROPERTIES


class SchemaNoteIn(BaseModel):
    """What is said of an event, or of the `property` of it; what is left out stays as it is."""

    property: str | None = Field(default=None, max_length=10_000)
    owner: str | None = Field(default=None, max_length=200)
    description: str | None = Field(default=None, max_length=actions.MOST_TEXT)
    state: State | None = None
    type: Literal["", "string", "number", "boolean", "object", "array", "null"] | None = None


@router.get("")
def schema(
    ctx: Ctx, paged: Paged, source: Annotated[str, Query(max_length=200)] = "", state: str | None = None,
    drifting: bool = False,
) -> SchemaPage:  # fmt: skip
    """Return the events seen, the most frequent first; hidden ones only when asked for by `state`."""
    found, drifts = _events(ctx)
    for one in found:
        one.drift = drifts.get(one.event, [])
    found = [one for one in found if (one.state == state if state is not None else one.state != "hidden")]
    found = [one for one in found if not source or source in one.sources]
    count = sum(bool(one.drift) for one in found)
    found = [one for one in found if one.drift or not drifting]
    page = paged.of(found, lambda one: f"{one.event} {one.owner} {one.description} {one.state}")
    with ctx.read() as book:
        planned = registry.notes(book).planned
    left = registry.behind(ctx.ws)[0]
    return SchemaPage(
        **page.model_dump(), behind=left, unlisted=registry.unlisted(ctx.ws), planned=planned, drifting=count
    )


@router.get("/event")
def schema_event(ctx: Ctx, name: Name) -> SchemaDetail:
    """Return one event with its properties, their types and examples."""
    return _detail(ctx, name)


def _detail(ctx: Context, event: str) -> SchemaDetail:
    found, drifts = _events(ctx, event)
    if not found:
        raise NotFound(f"No event {event!r} was seen, and none is planned.", "Look for it in the list of the schema.")
    one = found[0]
    one.drift = [drift for drift in drifts.get(event, []) if not drift.property]
    course = registry.courses(ctx.ws, event).get(event)
    return SchemaDetail(event=one, properties=_properties(ctx, event, course, drifts.get(event, [])))


@router.patch("/event")
def describe_event(ctx: Ctx, name: Name, given: SchemaNoteIn) -> SchemaDetail:
    """Say who owns an event or one of its properties, what it means, and whether it is planned."""
    told = given.model_dump(exclude_none=True, exclude={"property"})
    with ctx.change() as book:
        if given.property is None:
            actions.describe_event(book, name, ctx.actor, **told)
        else:
            actions.describe_property(book, name, given.property, ctx.actor, **told)
    return _detail(ctx, name)


def _events(ctx: Context, event: str | None = None) -> tuple[list[SchemaEvent], dict[str, list[DriftOut]]]:
    """Return events, the most frequent first, and the drift of each."""
    tables = ctx.ws.facts.tables()
    if "seen_events" not in tables:
        return [], {}
    with ctx.read() as book:
        said = registry.notes(book)
    courses = registry.courses(ctx.ws, plain=True)
    counted = _counted(ctx, tables)
    found = [
        _event(ctx, name, courses.get(name), counted.get(name), said.events.get(name))
        for name in {*courses, *said.events}
        if event in (None, name)
    ]
    found.sort(key=lambda one: (-one.amount, one.event))
    return found, cached(ctx.ws.cache, ("schema.drift", ctx.reader.version), lambda: _drifts(ctx, said))


def _counted(ctx: Context, tables: Any) -> dict[str, dict[str, Any]]:
    """Rows, sources, cut rows and properties by event."""
    found: dict[str, dict[str, Any]] = {}
    for row in ctx.ws.facts.run(tables["seen_events"]).to_pylist():
        into = found.setdefault(row["event"], _nothing())
        into["amount"] += row["amount"]
        into["cut"] += row["cut"]
        into["sources"].add(row["source"])
    seen = tables["seen_properties"]
    for row in ctx.ws.facts.run(seen.group_by("event").agg(n=seen.property.nunique())).to_pylist():
        found.setdefault(row["event"], _nothing())["properties"] = row["n"]
    return found


def _nothing() -> dict[str, Any]:
    return {"amount": 0, "cut": 0, "sources": set(), "properties": 0}


def _event(
    ctx: Context, name: str, course: Course | None, counted: dict[str, Any] | None, note: EventNote | None
) -> SchemaEvent:
    days = _days(ctx, course.rows if course else {})
    counted = counted or _nothing()
    return SchemaEvent(
        event=name, sources=sorted(counted["sources"]), amount=counted["amount"], cut=counted["cut"],
        first_seen=course.first_seen if course else None, last_seen=course.last_seen if course else None,
        week=sum(days[-7:]), properties=counted["properties"], days=days,
        owner=note.owner if note else "", description=note.description if note else "",
        state=note.state if note else "", drift=[],
    )  # fmt: skip


def _days(ctx: Context, rows: dict[datetime, int]) -> list[int]:
    """Return rows of the last days, this one included, the oldest first."""
    today = ctx.reader.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [rows.get(today - timedelta(days=back), 0) for back in range(COURSE_DAYS - 1, -1, -1)]


def _drifts(ctx: Context, said: registry.Notes) -> dict[str, list[DriftOut]]:
    """Return the drift of each event: by the registry, and by what its weekdays let one expect."""
    found: dict[str, list[DriftOut]] = {}
    if not registry.filled(ctx.ws):
        return found
    told = registry.drifts(registry.courses(ctx.ws), said, ctx.reader.now)
    told += [
        Drift(row["event"], "", row["problem"], row["words"])
        for row in ctx.reader.report("usage.tracking").rows
        if row["problem"] in _OF_TRACKING and said.of(row["event"]).state in ("", "expected")
    ]
    for one in told:
        out = DriftOut(
            event=one.event, property=one.property, problem=one.problem, words=one.words, bad=one.problem in BAD
        )
        found.setdefault(one.event, []).append(out)
    for drifts in found.values():
        drifts.sort(key=lambda one: (not one.bad, one.property))
    return found


def _properties(ctx: Context, event: str, course: Course | None, drifts: list[DriftOut]) -> list[SchemaProperty]:
    with ctx.read() as book:
        said = registry.notes(book).properties.get(event, {})
    seen = ctx.ws.facts.tables()["seen_properties"]
    rows = ctx.ws.facts.run(seen.filter(seen.event == event)).to_pylist()
    examples = _examples(ctx, event, rows)
    by_name: dict[str, list[SchemaType]] = {}
    for row in sorted(rows, key=lambda one: -one["amount"]):
        example = examples.get((row["property"], row["example"]))
        told = {name: row[name] for name in ("type", "first_seen", "last_seen", "amount")}
        by_name.setdefault(row["property"], []).append(SchemaType(**told, example=example))
    found = [_property(ctx, name, by_name.get(name, []), course, said.get(name), drifts) for name in {*by_name, *said}]
    return sorted(found, key=lambda one: (one.property.startswith("$"), -one.amount, one.property))


def _property(
    ctx: Context, name: str, types: list[SchemaType], course: Course | None, note: PropertyNote | None,
    drifts: list[DriftOut],
) -> SchemaProperty:  # fmt: skip
    kinds = course.types.get(name, {}) if course else {}
    by_day: Counter[datetime] = Counter()
    for days in kinds.values():
        by_day.update(days)
    lately, rows = sum(_days(ctx, dict(by_day))), sum(_days(ctx, course.rows if course else {}))
    if not rows and course:
        lately, rows = by_day.total(), sum(course.rows.values())
    turned = turns(kinds, ctx.reader.now)
    return SchemaProperty(
        property=name, types=types, amount=sum(one.amount for one in types), share=lately / rows if rows else None,
        first_seen=min((one.first_seen for one in types), default=None),
        last_seen=max((one.last_seen for one in types), default=None),
        turns=sum(one != other for one, other in pairwise(turned)),
        owner=note.owner if note else "", description=note.description if note else "",
        state=note.state if note else "", type=note.type if note else "",
        drift=[one for one in drifts if one.property == name],
    )  # fmt: skip


def _examples(ctx: Context, event: str, rows: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Read the examples from the rows that have them; a row that is gone, or too long to be read here, gives none."""
    wanted: dict[int, list[str]] = {}
    for row in rows:
        wanted.setdefault(row["example"], []).append(row["property"])
    numbers = sorted(wanted, key=lambda number: -len(wanted[number]))[:MOST_READ]
    events = ctx.ws.facts.tables()["events"]
    short = events.filter(events.seq.isin(numbers or [-1]), events.event == event, events.properties.length() < LONGEST)
    found = {}
    for one in ctx.ws.facts.run(short.select("seq", "properties")).to_pylist():
        told = decoded(one["properties"])
        given: dict[str, Any] = told if isinstance(told, dict) else {}
        for name in wanted[one["seq"]]:
            if name in given:
                text = json.dumps(given[name], ensure_ascii=False)
                found[name, one["seq"]] = text if len(text) <= MOST_EXAMPLE else f"{text[:MOST_EXAMPLE]}…"
    return found
