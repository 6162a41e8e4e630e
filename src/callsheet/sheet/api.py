"""The call sheet over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput
from callsheet.findings.api import FindingOut
from callsheet.http.context import Ctx
from callsheet.loop.telling import Recipient, tell_people
from callsheet.metrics.figure import Figure, Span
from callsheet.model.link import Ref
from callsheet.sheet import render
from callsheet.sheet.compose import compose
from callsheet.sheet.model import Kind
from callsheet.store.permissions import require

router = APIRouter(prefix="/api/sheet", tags=["sheet"])
Cadence = Literal["daily", "weekly", "monthly"]


class PieceOut(BaseModel):
    """A stretch of text; with `href` it is a link."""

    text: str
    href: str = ""
    finding: str = ""


class ColumnOut(BaseModel):
    """A column of a section's table."""

    key: str
    label: str
    unit: str = ""
    ref: str = ""
    href: str = ""


class SectionOut(BaseModel):
    """A section."""

    key: str
    title: str
    kind: Kind
    note: str
    href: str
    figures: list[Figure]
    findings: list[FindingOut]
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]
    chart: dict[str, Any] | None
    caption: str
    items: list[PieceOut]
    wide: bool


class SheetOut(BaseModel):
    """A composed call sheet."""

    workspace: str
    cadence: Cadence
    period: Span
    compared_with: str
    headline: str
    lead: list[PieceOut]
    minutes: int
    sections: list[SectionOut]
    left_out: list[str]


class Send(BaseModel):
    """To whom a sheet is sent now."""

    cadence: Cadence = "weekly"
    to: list[str] = Field(min_length=1, max_length=50)


class Sent(BaseModel):
    """How many deliveries were queued."""

    queued: int


@router.get("", response_model=SheetOut)
def sheet(ctx: Ctx, cadence: Cadence = "weekly", format: Literal["json", "text", "md", "html"] = "json") -> Any:
    """Return the call sheet of a cadence, as JSON, text, Markdown, or the HTML of its mail."""
    found = compose(ctx.reader, cadence)
    base = ctx.ws.config.workspace.base_url
    if format == "text":
        return Response(render.text(found), media_type="text/plain; charset=utf-8")
    if format == "md":
        return Response(render.markdown(found, base), media_type="text/markdown; charset=utf-8")
    if format == "html":
        return Response(render.html(found, base), media_type="text/html; charset=utf-8")
    return found


@router.post("/deliveries", response_model=Sent, status_code=201)
def send(ctx: Ctx, given: Send) -> Sent:
    """Send the sheet by mail now."""
    ref = Ref("workspace", f"sheet-{given.cadence}")
    require(ctx.actor, "tell", ref)
    wrong = [address for address in given.to if "@" not in address or any(mark in address for mark in "\r\n<>, ")]
    if wrong:
        raise BadInput(f"{wrong[0]!r} is not an e-mail address.", "Give addresses such as name@example.org.")
    found, base = compose(ctx.reader, given.cadence), ctx.ws.config.workspace.base_url
    with ctx.change() as book:
        queued = tell_people(
            book, ref, [Recipient(name=address.partition("@")[0], email=address) for address in given.to],
            subject=f"{found.workspace}: {found.headline}", text=render.text(found), html=render.html(found, base),
            key=f"sheet:{given.cadence}:{book.now.isoformat()}", actor=ctx.actor,
        )  # fmt: skip
    return Sent(queued=queued)
