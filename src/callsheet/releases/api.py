"""Releases over HTTP: the list, one release with everything around it, notes, checklist, publication, feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from typing_extensions import TypedDict

from callsheet.base.errors import NotFound
from callsheet.base.time import Period
from callsheet.http.context import Ctx, Hit, services_of
from callsheet.http.pages import Page, Paged
from callsheet.metrics.reader import Reader
from callsheet.releases import actions, feeds, rules
from callsheet.releases.metrics import contents
from callsheet.releases.records import ChecklistItem, Publication

router = APIRouter(prefix="/api/releases", tags=["releases"])
public = APIRouter(prefix="/feed", tags=["releases"])
BEGIN = datetime(1970, 1, 1)


class ReleaseRow(BaseModel):
    """A release in the list."""

    release: str
    version: str
    line: str
    title: str
    product: str
    released_at: datetime
    prerelease: bool
    items: int
    initiatives: list[str]
    tier: int | None
    state: Literal["none", "draft", "published"]
    published_at: datetime | None
    ready_done: int
    ready_total: int
    incidents: int
    url: str


class Line(BaseModel):
    """A line of the checklist."""

    id: str
    track: str
    title: str
    owner: str
    due_at: datetime | None
    evidence: str
    done_at: datetime | None
    done_by: str
    checked_by: str
    green: bool


class Entry(BaseModel):
    """What changed, in a line."""

    entry_id: str
    kind: str
    text: str
    item_id: str | None
    change_id: str | None
    author: str | None


class Group(BaseModel):
    """Entries of a kind."""

    kind: str
    title: str
    entries: list[Entry]


class Carried(BaseModel):
    """An initiative that ships in a release."""

    ref: str
    title: str


class Asked(BaseModel):
    """A request that a release answers."""

    ref: str
    title: str
    requesters: int


class Tied(BaseModel):
    """An incident that began after a release; `confidence` (0 to 1) that the release caused it."""

    incident: str
    title: str | None
    severity: str | None
    service: str | None
    started_at: datetime
    resolved_at: datetime | None
    release_id: str
    release: str
    days_after: float | None
    confidence: float
    why: str
    url: str | None


class Adopted(BaseModel):
    """A row of usage.adoption, for a feature of the release."""

    model_config = ConfigDict(extra="allow")
    feature: str
    title: str
    days: int
    could_use: int
    tried: int
    tried_share: float | None


class Predicted(TypedDict, total=False):
    """What the release is expected to bring; empty where nothing was predicted."""

    metric: str
    low: float
    high: float
    days: int


class Around(BaseModel):
    """What stands around a release: contents by kind, who asked, what is used, what broke."""

    groups: list[Group]
    carries: list[Carried]
    features: list[str]
    requests: list[Asked]
    incident_rows: list[Tied]
    adoption: list[Adopted]
    requesters: int
    subscribers: int


class ReleaseDetail(ReleaseRow, Around):
    """A release with everything around it."""

    notes: dict[str, str]
    written_at: datetime | None
    written_by: str
    reviewed_by: str
    published_by: str
    go_note: str
    predicted: Predicted
    checklist: list[Line]


class NotesIn(BaseModel):
    """Notes for some or all audiences, as Markdown."""

    notes: dict[str, str]
    title: str = Field(default="", max_length=200)


class Go(BaseModel):
    """The go decision."""

    note: str = Field(default="", max_length=2000)


class TierIn(BaseModel):
    """1 (major) to 4 (silent)."""

    tier: int = Field(ge=1, le=4)


class EvidenceIn(BaseModel):
    """A link, a ref, or what was measured."""

    evidence: str = Field(max_length=1000)


class PredictionIn(BaseModel):
    """What the release is expected to bring: a metric between low and high after some days."""

    metric: str = Field(max_length=200)
    low: float
    high: float
    days: int = Field(ge=1, le=365)


@router.get("", response_model=Page[ReleaseRow])
def releases(ctx: Ctx, paged: Paged) -> Page[Any]:
    """Return releases, newest first."""
    return paged.of(_rows(ctx.reader), lambda row: f"{row['version']} {row['title']} {row['line']} {row['product']}")


def _rows(reader: Reader) -> list[dict[str, Any]]:
    return reader.report("releases.recent", Period(BEGIN, reader.now, "all")).rows


def _row(reader: Reader, release_id: str) -> dict[str, Any]:
    for row in _rows(reader):
        if row["release"] == release_id:
            return row
    raise NotFound(f"There is no release {release_id}.", "The list of releases shows them all.")


def _detail(ctx: Ctx, release_id: str) -> ReleaseDetail:
    with ctx.read() as book:
        told = book.find(Publication, release_id) or Publication(release_id=release_id, notes={}, predicted={})
        lines = actions.checklist(book, release_id)
    reader = Reader(ctx.ws, ctx._stack)  # a fresh view: the row may have been changed by this request
    row = _row(reader, release_id)
    found = contents.around(reader, release_id, row["initiatives"])
    return ReleaseDetail(
        **row, **found, notes=told.notes, written_at=told.written_at, written_by=told.written_by or "",
        reviewed_by=told.reviewed_by or "", published_by=told.published_by or "", go_note=told.note or "",
        predicted=told.predicted, checklist=[_line(line, told.tier or 3) for line in lines],
    )  # fmt: skip


def _line(line: ChecklistItem, tier: int) -> Line:
    green = rules.is_green(tier, line.done_at, line.evidence, line.checked_by)
    return Line(
        id=line.id, track=line.track, title=line.title, owner=line.owner, due_at=line.due_at, evidence=line.evidence,
        done_at=line.done_at, done_by=line.done_by, checked_by=line.checked_by, green=green,
    )  # fmt: skip


@router.put("/{release_id:path}/notes", response_model=ReleaseDetail)
def write_notes(ctx: Ctx, release_id: str, given: NotesIn) -> ReleaseDetail:
    """Keep the notes as written."""
    with ctx.change() as book:
        actions.write_notes(book, release_id, given.notes, ctx.actor, given.title)
        _row(ctx.reader, release_id)
    return _detail(ctx, release_id)


@router.post("/{release_id:path}/notes/draft", response_model=ReleaseDetail)
def draft_notes(ctx: Ctx, release_id: str) -> ReleaseDetail:
    """Compose notes for the audiences that have none, from what the release contains."""
    actions.require_writer(ctx.actor, release_id)
    row, items = _row(ctx.reader, release_id), contents.items_of(ctx.reader, release_id)
    with ctx.change() as book:
        actions.draft_notes(book, release_id, row["title"] or f"Version {row['version']}", items, ctx.actor)
    return _detail(ctx, release_id)


@router.post("/{release_id:path}/publication", response_model=ReleaseDetail)
def publish(ctx: Ctx, release_id: str, given: Go | None = None) -> ReleaseDetail:
    """Publish the notes; requesters and subscribers are told."""
    with ctx.change() as book:
        actions.publish(book, release_id, ctx.actor, given.note if given else "")
        _row(ctx.reader, release_id)
    return _detail(ctx, release_id)


@router.delete("/{release_id:path}/publication", response_model=ReleaseDetail)
def unpublish(ctx: Ctx, release_id: str) -> ReleaseDetail:
    """Take the publication back."""
    with ctx.change() as book:
        actions.unpublish(book, release_id, ctx.actor)
    return _detail(ctx, release_id)


@router.put("/{release_id:path}/tier", response_model=ReleaseDetail)
def set_tier(ctx: Ctx, release_id: str, given: TierIn) -> ReleaseDetail:
    """Set the tier; the checklist follows it."""
    actions.require_writer(ctx.actor, release_id)
    row = _row(ctx.reader, release_id)
    with ctx.change() as book:
        actions.set_tier(book, release_id, given.tier, row["released_at"], ctx.actor)
    return _detail(ctx, release_id)


@router.put("/{release_id:path}/prediction", response_model=ReleaseDetail)
def predict(ctx: Ctx, release_id: str, given: PredictionIn) -> ReleaseDetail:
    """Write down what the release is expected to bring."""
    with ctx.change() as book:
        actions.predict(book, release_id, given.metric, given.low, given.high, given.days, ctx.actor)
        _row(ctx.reader, release_id)
    return _detail(ctx, release_id)


@router.put("/{release_id:path}/checklist/{item_id}/evidence", response_model=Line)
def check_item(ctx: Ctx, release_id: str, item_id: str, given: EvidenceIn) -> Line:
    """Call a line done, with its evidence."""
    with ctx.change() as book:
        line = actions.check_item(book, item_id, given.evidence, ctx.actor)
        return _line(line, _tier(book, release_id))


@router.delete("/{release_id:path}/checklist/{item_id}/evidence", response_model=Line)
def open_item(ctx: Ctx, release_id: str, item_id: str) -> Line:
    """Call a line open again."""
    with ctx.change() as book:
        line = actions.open_item(book, item_id, ctx.actor)
        return _line(line, _tier(book, release_id))


@router.post("/{release_id:path}/checklist/{item_id}/confirmation", response_model=Line)
def confirm_item(ctx: Ctx, release_id: str, item_id: str) -> Line:
    """Confirm a line as a second person."""
    with ctx.change() as book:
        line = actions.confirm_item(book, item_id, ctx.actor)
        return _line(line, _tier(book, release_id))


def _tier(book: Any, release_id: str) -> int:
    found = book.find(Publication, release_id)
    return found.tier if found else 3


@router.get("/{release_id:path}", response_model=ReleaseDetail)
def one_release(ctx: Ctx, release_id: str) -> ReleaseDetail:
    """Return a release: contents, initiatives, requests behind it, notes, checklist, adoption, incidents."""
    return _detail(ctx, release_id)


def _published(request: Request) -> tuple[str, str, list[feeds.Told]]:
    workspace = services_of(request).workspace
    settings = workspace.config.workspace
    query = select(Publication).where(Publication.published_at.is_not(None), Publication.tier < 4)
    with workspace.books.read() as book:
        found = book.all(query.order_by(Publication.published_at.desc()).limit(feeds.MOST))
    told = [
        feeds.Told(
            one.release_id, one.release_id, one.title or one.release_id, one.notes["customers"], one.published_at
        )
        for one in found
        if one.published_at and one.notes.get("customers")
    ]
    return settings.name, settings.base_url.rstrip("/"), told


@public.get("/releases.atom")
def atom_feed(request: Request) -> Response:
    """Return the published notes for customers as Atom."""
    name, base, notes = _published(request)
    now = services_of(request).workspace.now()
    return Response(feeds.atom(name, base, notes, now), media_type="application/atom+xml; charset=utf-8")


@public.get("/releases.json")
def json_feed(request: Request) -> Response:
    """Return the published notes for customers as JSON Feed 1.1."""
    import json

    body = json.dumps(feeds.json_feed(*_published(request)), ensure_ascii=False)
    return Response(body, media_type="application/feed+json; charset=utf-8")


@public.get("/releases.md")
def markdown_feed(request: Request) -> Response:
    """Return the published notes for customers as one Markdown document."""
    name, _, notes = _published(request)
    return Response(feeds.markdown(name, notes), media_type="text/markdown; charset=utf-8")


def search(reader: Reader, words: str) -> list[Hit]:
    """Find releases by version or title."""
    wanted = words.lower().split()
    rows = [
        row for row in _rows(reader) if all(w in f"{row['version']} {row['title']} release".lower() for w in wanted)
    ]
    return [
        Hit(f"release:{row['release']}", row["version"], "release", f"/releases/{row['release']}", row["title"])
        for row in rows[:8]
    ]
