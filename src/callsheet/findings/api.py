"""Findings over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from callsheet.base.time import to_utc
from callsheet.findings import lifecycle
from callsheet.findings.model import DETECTORS
from callsheet.findings.records import STATES, Finding
from callsheet.http.context import Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics.reader import Reader
from callsheet.model.link import Ref
from callsheet.store.book import LogEntry
from callsheet.store.permissions import require

router = APIRouter(prefix="/api/findings", tags=["findings"])


class EvidenceOut(BaseModel):
    """A fact that a finding rests on, and where its rows are."""

    label: str
    value: str
    href: str = ""


class ActionOut(BaseModel):
    """What a person can do about it. `method` empty: go to `href`; `confirm` is asked before it is done."""

    label: str
    href: str
    method: str = ""
    body: dict[str, Any] = {}
    primary: bool = False
    needs_reason: bool = False
    confirm: str = ""


class FindingOut(BaseModel):
    """A finding as the pages show it."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)
    id: str
    detector: str
    subject: str
    state: str
    severity: Literal["bad", "warn", "info", "good"]
    pill: str
    title: str
    sentence: str
    clause: str
    owner: str
    team: str
    decide: bool
    evidence: list[EvidenceOut]
    actions: list[ActionOut] = Field(validation_alias="answers")
    facts: dict[str, Any]
    since: datetime | None
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None
    snoozed_until: datetime | None
    reason: str
    answered_by: str
    threshold: str = ""
    try_this: str = ""
    symptom: str = ""


class HistoryEntry(BaseModel):
    """One thing that happened to a finding."""

    model_config = ConfigDict(from_attributes=True)
    done_at: datetime
    verb: str
    actor_name: str
    details: dict[str, Any]


class FindingDetail(FindingOut):
    """A finding with its history."""

    history: list[HistoryEntry]


class DetectorOut(BaseModel):
    """What a detector looks for."""

    name: str
    title: str
    threshold: str
    try_this: str
    definition: str
    needs: list[str]


class Snooze(BaseModel):
    """Until when, and why."""

    until: datetime
    reason: str = Field("", max_length=2000)


class Reason(BaseModel):
    """Why."""

    reason: str = Field(max_length=2000)


def out(row: Finding) -> FindingOut:
    """Return a finding with its detector's words."""
    found = FindingOut.model_validate(row)
    spec = DETECTORS.get(row.detector)
    if spec:
        found.threshold, found.try_this, found.symptom = spec.threshold, spec.try_this, spec.title
    return found


@router.get("", response_model=Page[FindingOut])
def findings(ctx: Ctx, paged: Paged, state: str = "", detector: str = "", subject: str = "") -> Page[FindingOut]:
    """Return findings, the gravest first. `state` is one or more states joined by commas, or `all`."""
    states = STATES if state == "all" else tuple(part for part in state.split(",") if part)
    with ctx.read() as book:
        rows = lifecycle.current(book, *states)
    rows = [
        row for row in rows if (not detector or row.detector == detector) and (not subject or row.subject == subject)
    ]
    return paged.of([out(row) for row in rows], lambda row: f"{row.title} {row.sentence} {row.owner} {row.team}")


@router.get("/detectors", response_model=list[DetectorOut])
def detectors(ctx: Ctx) -> list[DetectorOut]:
    """Return what is looked for."""
    return [
        DetectorOut(
            name=one.name, title=one.title, threshold=one.threshold, try_this=one.try_this, definition=one.definition,
            needs=list(one.needs),
        )
        for one in sorted(DETECTORS.values(), key=lambda one: (one.rank, one.name))
    ]  # fmt: skip


@router.post("/runs")
def run(ctx: Ctx) -> dict[str, int]:
    """Run every detector now; returns how many findings were opened, kept and resolved."""
    require(ctx.actor, "run_detectors", Ref("finding", "all"))
    return lifecycle.refresh(ctx.ws)


@router.get("/{finding_id}", response_model=FindingDetail)
def finding(ctx: Ctx, finding_id: str) -> FindingDetail:
    """Return a finding with its history."""
    with ctx.read() as book:
        row = book.get(Finding, finding_id)
        history = book.all(select(LogEntry).where(LogEntry.ref == f"finding:{finding_id}").order_by(LogEntry.id))
    return FindingDetail(**out(row).model_dump(), history=[HistoryEntry.model_validate(entry) for entry in history])


@router.post("/{finding_id}/acknowledgement", response_model=FindingOut)
def acknowledge(ctx: Ctx, finding_id: str) -> FindingOut:
    """Say that you look after it."""
    with ctx.change() as book:
        return out(lifecycle.acknowledge(book, finding_id, ctx.actor))


@router.delete("/{finding_id}/acknowledgement", response_model=FindingOut)
def unacknowledge(ctx: Ctx, finding_id: str) -> FindingOut:
    """Take it back."""
    with ctx.change() as book:
        return out(lifecycle.reopen(book, finding_id, ctx.actor))


@router.post("/{finding_id}/snooze", response_model=FindingOut)
def snooze(ctx: Ctx, finding_id: str, given: Snooze) -> FindingOut:
    """Put it aside until a moment."""
    with ctx.change() as book:
        until = to_utc(given.until, ctx.ws.config.zone)
        return out(lifecycle.snooze(book, finding_id, until, given.reason, ctx.actor))


@router.delete("/{finding_id}/snooze", response_model=FindingOut)
def unsnooze(ctx: Ctx, finding_id: str) -> FindingOut:
    """Bring it back now."""
    with ctx.change() as book:
        return out(lifecycle.reopen(book, finding_id, ctx.actor))


@router.post("/{finding_id}/dismissal", response_model=FindingOut)
def dismiss(ctx: Ctx, finding_id: str, given: Reason) -> FindingOut:
    """Say that it does not matter, and why."""
    with ctx.change() as book:
        return out(lifecycle.dismiss(book, finding_id, given.reason, ctx.actor))


@router.delete("/{finding_id}/dismissal", response_model=FindingOut)
def undismiss(ctx: Ctx, finding_id: str) -> FindingOut:
    """Take a dismissal back."""
    with ctx.change() as book:
        return out(lifecycle.reopen(book, finding_id, ctx.actor))


def search(reader: Reader, words: str) -> list[Hit]:
    """Find live findings by their words."""
    like = f"%{words.lower()}%"
    rows = reader.book.all(
        select(Finding).where(Finding.state.in_(lifecycle.LIVE), func.lower(Finding.title).like(like)).limit(10)
    )
    return [Hit(f"finding:{row.id}", row.title, "finding", f"/findings/{row.id}", row.pill) for row in rows]


def badge(reader: Reader) -> int | None:
    """Number of open findings that are not good news."""
    query = select(Finding).where(Finding.state == "open", Finding.severity != "good")
    return reader.book.count(query) or None
