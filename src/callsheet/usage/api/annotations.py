"""Annotations over HTTP: notes at days, drawn on every chart over time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput
from callsheet.base.time import local_date
from callsheet.http.context import Ctx
from callsheet.usage.actions import annotations as actions
from callsheet.usage.actions import shelf
from callsheet.usage.api.reports import Archived
from callsheet.usage.metrics.annotations import Note, notes
from callsheet.usage.records import Annotation

router = APIRouter(prefix="/api/usage/annotations", tags=["usage"])
DEFAULT = timedelta(days=90)


class NewNote(BaseModel):
    """A note. `scope` is empty, for every chart, or `report:<id>`."""

    text: str = Field(max_length=300)
    day: date
    scope: str = Field(default="", max_length=200)


class NoteIn(BaseModel):
    """What may be changed of a note; what is left out stays as it is."""

    text: str | None = Field(default=None, max_length=300)
    day: date | None = None
    scope: str | None = Field(default=None, max_length=200)


@router.get("")
def chart_notes(
    ctx: Ctx, since: Annotated[date | None, Query(description="First day")] = None,
    until: Annotated[date | None, Query(description="Last day, inclusive")] = None,
    scope: Annotated[str, Query(max_length=200)] = "", archived: Archived = False,
) -> list[Note]:  # fmt: skip
    """Return the notes of some days (default: the last 90), with those of releases and experiments."""
    last = until or local_date(ctx.reader.now, ctx.reader.zone)
    if not 1900 <= last.year <= 2200 or (since and not 1900 <= since.year <= last.year):
        raise BadInput("The days are out of order, or too far away.", "Give a since that is before the until.")
    return notes(ctx.reader, since or last - DEFAULT, last, scope, archived)


@router.post("", status_code=201)
def add_annotation(ctx: Ctx, given: NewNote) -> Note:
    """Write a note at a day."""
    with ctx.change() as book:
        return _out(actions.add_annotation(book, given.text, given.day, ctx.actor, scope=given.scope))


@router.patch("/{annotation_id}")
def change_annotation(ctx: Ctx, annotation_id: str, given: NoteIn) -> Note:
    """Change a note."""
    with ctx.change() as book:
        return _out(actions.change_annotation(book, annotation_id, ctx.actor, **given.model_dump()))


@router.delete("/{annotation_id}")
def delete_annotation(ctx: Ctx, annotation_id: str) -> Note:
    """Delete a note; it can be restored."""
    with ctx.change() as book:
        return _out(shelf.archive(book, Annotation, annotation_id, "annotation", ctx.actor))


@router.post("/{annotation_id}/restoration")
def restore_annotation(ctx: Ctx, annotation_id: str) -> Note:
    """Undo the deletion of a note."""
    with ctx.change() as book:
        return _out(shelf.restore(book, Annotation, annotation_id, "annotation", ctx.actor))


def _out(row: Annotation) -> Note:
    return Note(id=row.id, kind="own", day=row.day, text=row.text, scope=row.scope, made_by=row.made_by)
