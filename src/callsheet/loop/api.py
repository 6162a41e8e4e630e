"""The trace over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from callsheet.base.errors import NotFound
from callsheet.http.context import Ctx
from callsheet.loop.reactions import try_again
from callsheet.loop.trace import Trace, follow
from callsheet.model.link import Link, Ref
from callsheet.store.permissions import require

router = APIRouter(prefix="/api", tags=["loop"])


class LinkIn(BaseModel):
    """A joint to draw."""

    from_ref: str
    kind: str
    to_ref: str


@router.get("/trace/{ref:path}", response_model=Trace)
def trace(ctx: Ctx, ref: str) -> Trace:
    """Return the way from who asked to who was told, through an object."""
    start = Ref.parse(ref)
    found = follow(ctx.reader, start)
    if found.title == start.id and not any(stage.cards for stage in found.stages):
        raise NotFound(f"Nothing is known of {ref}.", "Check the id; the search (Ctrl K) shows what exists.")
    return found


class Tried(BaseModel):
    """How many consequences were tried again, and how many failed."""

    tried: int
    failed: int


@router.post("/consequences/retries", response_model=Tried)
def retry_consequences(ctx: Ctx) -> dict[str, int]:
    """Carry out once more the consequences that failed."""
    require(ctx.actor, "retry_consequences", Ref("workspace", "consequences"))
    return try_again(ctx.ws)


@router.post("/links", status_code=204)
def draw(ctx: Ctx, given: LinkIn) -> None:
    """Draw a joint of the loop."""
    require(ctx.actor, "link", Ref("link", given.from_ref))
    link = Link(Ref.parse(given.from_ref), given.kind, Ref.parse(given.to_ref))
    with ctx.change() as book:
        book.link(link, ctx.actor)
        book.log("link.drawn", link.from_ref, ctx.actor, kind=link.kind, to=str(link.to_ref))


@router.delete("/links", status_code=204)
def remove(ctx: Ctx, from_ref: str, kind: str, to_ref: str) -> None:
    """Remove a joint that was drawn here."""
    require(ctx.actor, "link", Ref("link", from_ref))
    start, end = Ref.parse(from_ref), Ref.parse(to_ref)
    with ctx.change() as book:
        if not book.unlink(start, kind, end):
            raise NotFound("There is no such link drawn here.", "Links that come from tools are changed in the tool.")
        book.log("link.removed", start, ctx.actor, kind=kind, to=str(end))
