"""HTTP of a person's own data: given out in full, and removed everywhere with proof."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from callsheet.http.context import Context, Ctx
from callsheet.http.pages import Page, Paged
from callsheet.model.link import Ref
from callsheet.store.erasing import terms_of
from callsheet.store.permissions import require
from callsheet.store.person_export import export
from callsheet.usage.actions import deletions as actions
from callsheet.usage.metrics.persons import known
from callsheet.usage.records import PersonDeletion

router = APIRouter(prefix="/api/usage", tags=["usage"])
IN_MEMORY = 8 * 1024 * 1024
_BLOCK = 1 << 18


class Removal(BaseModel):
    """Why a person is to be removed, and their id once more."""

    reason: str = Field(max_length=2000)
    confirm: str = Field(max_length=1000)


class RemovalPlace(BaseModel):
    """Rows of a place that were the person's or named them, before and after."""

    place: str
    before: int
    after: int


class Searched(BaseModel):
    """What was searched for the person's ids at the end; `found` files still name them."""

    files: int = 0
    bytes: int = 0
    found: int = 0


class Deletion(BaseModel):
    """A person's removal, and the proof of it. It holds salted hashes of the ids and nothing else of the person; `left`
    is what still names them, or perhaps does: files that are not Callsheet's to change and, beginning with `perhaps:`,
    places where a value equals an id that is a number or short. Then the state is `left` and not `done`."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    state: Literal["asked", "running", "done", "left", "failed"]
    hashes: list[str]
    reason: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    places: list[RemovalPlace]
    searched: Searched
    left: list[str]
    error: str


class RemovalAsked(BaseModel):
    """A removal that was asked for, and the job that does it; no job where it is done already."""

    id: str
    job_id: str | None = None


@router.post("/persons/{person_id:path}/export")
def export_person(ctx: Ctx, person_id: str) -> StreamingResponse:
    """Return a ZIP of everything that is kept of a person."""
    require(ctx.actor, "export_person", Ref("person", person_id))
    person = known(ctx.ws, person_id)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    counts = export(ctx.ws, terms_of(ctx.ws, person), file)
    with ctx.change() as book:
        book.log("person.exported", Ref("person", person), ctx.actor, rows=sum(counts.values()))
    file.seek(0)
    headers = {"content-disposition": 'attachment; filename="person.zip"', "cache-control": "no-store"}
    return StreamingResponse(_blocks(file), media_type="application/zip", headers=headers)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block


@router.delete("/persons/{person_id:path}", status_code=202)
def delete_person(ctx: Ctx, person_id: str, given: Removal) -> RemovalAsked:
    """Remove a person everywhere: as a job where jobs run, else in the request."""
    require(ctx.actor, "delete_person", Ref("person", person_id))
    with ctx.change() as book:
        row = actions.ask_deletion(book, ctx.ws, person_id, ctx.actor, given.reason, given.confirm)
    return _begin(ctx, row.id)


@router.get("/deletions")
def deletions(ctx: Ctx, paged: Paged) -> Page[Deletion]:
    """Return the removals of persons, newest first."""
    require(ctx.actor, "delete_person", Ref("person", "any"))
    with ctx.read() as book:
        rows = book.all(select(PersonDeletion).order_by(PersonDeletion.asked_at.desc(), PersonDeletion.id.desc()))
    return paged.of([Deletion.model_validate(row) for row in rows], lambda one: f"{one.id} {one.reason} {one.state}")


@router.get("/deletions/{deletion_id}")
def deletion(ctx: Ctx, deletion_id: str) -> Deletion:
    """Return the proof of a removal."""
    require(ctx.actor, "delete_person", Ref("person", deletion_id))
    with ctx.read() as book:
        return Deletion.model_validate(book.get(PersonDeletion, deletion_id))


@router.post("/deletions/{deletion_id}/tries", status_code=202)
def try_deletion_again(ctx: Ctx, deletion_id: str) -> RemovalAsked:
    """Take up a removal that broke off or left something."""
    require(ctx.actor, "delete_person", Ref("person", deletion_id))
    with ctx.change() as book:
        actions.try_again(book, deletion_id, ctx.actor)
    return _begin(ctx, deletion_id)


def _begin(ctx: Context, deletion_id: str) -> RemovalAsked:
    if ctx.services.jobs is not None:
        return RemovalAsked(id=deletion_id, job_id=str(ctx.services.jobs.start("delete_person", deletion=deletion_id)))
    actions.carry_out(ctx.ws, deletion_id, lambda *_: None)
    return RemovalAsked(id=deletion_id)
