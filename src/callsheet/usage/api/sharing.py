"""Links to saved reports and boards over HTTP: what they would show, made, ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from callsheet.http.context import Ctx
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.usage.actions import reports as actions
from callsheet.usage.api.strangers import divided_by, may_show, personal
from callsheet.usage.questions import kinds
from callsheet.usage.questions.common import FieldName
from callsheet.usage.records import Board, SavedReport

router = APIRouter(prefix="/api/usage", tags=["usage"])


class ShareIn(BaseModel):
    """How long a link lasts. A link shows breakdowns by fields that name nobody; `fields` are others that it may show,
    such as `account_id` or a property. Fields that tell of persons are never shown."""

    days: int = Field(default=30, ge=1, le=actions.MOST_DAYS)
    fields: list[FieldName] = Field(default_factory=list, max_length=20)


class ShareOut(BaseModel):
    """A link under which anybody may read. The token is told this once; the page is `/s/{token}`."""

    token: str
    url: str
    expires_at: datetime


class ShareField(BaseModel):
    """A field by which reports are divided and that no link shows by itself. `reports` are their names. `shown`: the
    link there is shows it. `personal` ones tell of persons and cannot be shown."""

    field: str
    reports: list[str]
    personal: bool
    shown: bool


class ShareState(BaseModel):
    """The link that leads to a report or a board, if there is one, and what strangers would not see without leave."""

    expires_at: datetime | None = None
    made_at: datetime | None = None
    made_by: str = ""
    fields: list[ShareField]


@router.get("/reports/{report_id}/share")
def report_share(ctx: Ctx, report_id: str) -> ShareState:
    """Return whether a link leads to the report, and which of its fields a link shows only with leave."""
    with ctx.read() as book:
        return _state(book, Ref("report", report_id), [book.get(SavedReport, report_id)])


@router.post("/reports/{report_id}/share", status_code=201)
def share_report(ctx: Ctx, report_id: str, given: ShareIn) -> ShareOut:
    """Make a link under which anybody may read the report; an earlier one ends."""
    return _share(ctx, Ref("report", report_id), given)


@router.delete("/reports/{report_id}/share", status_code=204)
def unshare_report(ctx: Ctx, report_id: str) -> None:
    """End the link to a report."""
    with ctx.change() as book:
        actions.unshare(book, Ref("report", report_id), ctx.actor)


@router.get("/boards/{board_id}/share")
def board_share(ctx: Ctx, board_id: str) -> ShareState:
    """Return whether a link leads to the board, and which fields of its reports a link shows only with leave."""
    with ctx.read() as book:
        keys = [one["report"] for one in book.get(Board, board_id).tiles if one["kind"] == "report"]
        found = [book.get(SavedReport, key) for key in dict.fromkeys(keys)]
        return _state(book, Ref("board", board_id), [one for one in found if one.archived_at is None])


@router.post("/boards/{board_id}/share", status_code=201)
def share_board(ctx: Ctx, board_id: str, given: ShareIn) -> ShareOut:
    """Make a link under which anybody may read the board; an earlier one ends."""
    return _share(ctx, Ref("board", board_id), given)


@router.delete("/boards/{board_id}/share", status_code=204)
def unshare_board(ctx: Ctx, board_id: str) -> None:
    """End the link to a board."""
    with ctx.change() as book:
        actions.unshare(book, Ref("board", board_id), ctx.actor)


def _share(ctx: Ctx, ref: Ref, given: ShareIn) -> ShareOut:
    with ctx.change() as book:
        token, row = actions.share(book, ref, given.days, ctx.actor, may_show(given.fields))
    base = ctx.ws.config.workspace.base_url.rstrip("/")
    return ShareOut(token=token, url=f"{base}/s/{token}", expires_at=row.expires_at)


def _state(book: Book, ref: Ref, reports: Iterable[SavedReport]) -> ShareState:
    link = max(actions.live_shares(book, ref), key=lambda one: one.expires_at, default=None)
    named: dict[str, list[str]] = {}
    for one in reports:
        for field in divided_by(kinds.parse(one.question)):
            named.setdefault(field, []).append(one.name)
    shown = link.fields if link else []
    fields = [
        ShareField(field=field, reports=names, personal=personal(field), shown=field in shown)
        for field, names in named.items()
    ]
    if link is None:
        return ShareState(fields=fields)
    return ShareState(expires_at=link.expires_at, made_at=link.made_at, made_by=link.made_by, fields=fields)
