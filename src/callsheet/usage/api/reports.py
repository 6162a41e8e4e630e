"""Saved reports and boards over HTTP; the links to them are in `sharing`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from callsheet.http.context import Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics import Reader
from callsheet.model.link import Ref
from callsheet.usage.actions import reports as actions
from callsheet.usage.actions import shelf
from callsheet.usage.questions.kinds import AnyQuestion, plain
from callsheet.usage.records import Board, Cohort, SavedReport

router = APIRouter(prefix="/api/usage", tags=["usage"])
HITS = 8
PLACES: tuple[tuple[type[Any], str], ...] = ((SavedReport, "report"), (Board, "board"), (Cohort, "cohort"))
Archived = Annotated[bool, Query(description="Those that were deleted, instead of the others")]


class ReportIn(BaseModel):
    """What may be said of a saved report; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    line: str = Field(default="", max_length=500, description="What it shows, in plain words")
    owner: str = Field(default="", max_length=100, description="Member id")
    question: AnyQuestion | None = None

    def given(self) -> dict[str, Any]:
        """Return only what was sent."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        return {**sent, "question": plain(self.question)} if self.question is not None else sent


class NewReport(ReportIn):
    """A question to be kept."""

    name: str = Field(max_length=200)
    question: AnyQuestion


class SavedOut(BaseModel):
    """A saved report. `kind` is that of its question."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    line: str
    kind: str
    question: dict[str, Any]
    owner: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    shared_until: datetime | None = None


class Tile(BaseModel):
    """A tile of a board: a saved report, or a text in Markdown."""

    kind: Literal["report", "text"] = "report"
    report: str = Field(default="", max_length=100)
    text: str = Field(default="", max_length=5000)
    size: Literal["small", "wide", "full"] = "small"


class BoardIn(BaseModel):
    """What may be said of a board; what is left out stays as it is."""

    name: str = Field(default="", max_length=200)
    line: str = Field(default="", max_length=500)
    owner: str = Field(default="", max_length=100, description="Member id")
    tiles: list[Tile] = Field(default_factory=list, max_length=actions.MOST_TILES)


class BoardOut(BaseModel):
    """A board."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    line: str
    tiles: list[Tile]
    owner: str
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None
    shared_until: datetime | None = None


@router.get("/reports")
def saved_reports(ctx: Ctx, paged: Paged, archived: Archived = False) -> Page[SavedOut]:
    """Return the saved reports."""
    with ctx.read() as book:
        query = select(SavedReport).where(_shelf(SavedReport, archived)).order_by(SavedReport.name)
        found = [_report(row) for row in book.all(query)]
    return paged.of(found, lambda one: f"{one.name} {one.line} {one.kind} {one.owner}")


@router.post("/reports", status_code=201)
def add_report(ctx: Ctx, given: NewReport) -> SavedOut:
    """Keep a question under a name."""
    with ctx.change() as book:
        return _report(actions.add_report(book, given.name, plain(given.question), ctx.actor, line=given.line))


@router.get("/reports/{report_id}")
def saved_report(ctx: Ctx, report_id: str) -> SavedOut:
    """Return a saved report."""
    with ctx.read() as book:
        until = max((one.expires_at for one in actions.live_shares(book, Ref("report", report_id))), default=None)
        return _report(book.get(SavedReport, report_id)).model_copy(update={"shared_until": until})


@router.patch("/reports/{report_id}")
def change_report(ctx: Ctx, report_id: str, given: ReportIn) -> SavedOut:
    """Change a saved report."""
    with ctx.change() as book:
        return _report(actions.change_report(book, report_id, ctx.actor, **given.given()))


@router.post("/reports/{report_id}/copies", status_code=201)
def duplicate_report(ctx: Ctx, report_id: str) -> SavedOut:
    """Keep the same question once more."""
    with ctx.change() as book:
        return _report(actions.duplicate_report(book, report_id, ctx.actor))


@router.delete("/reports/{report_id}")
def delete_report(ctx: Ctx, report_id: str) -> SavedOut:
    """Delete a saved report; it can be restored."""
    with ctx.change() as book:
        return _report(shelf.archive(book, SavedReport, report_id, "report", ctx.actor))


@router.post("/reports/{report_id}/restoration")
def restore_report(ctx: Ctx, report_id: str) -> SavedOut:
    """Undo the deletion of a saved report."""
    with ctx.change() as book:
        return _report(shelf.restore(book, SavedReport, report_id, "report", ctx.actor))


@router.get("/boards")
def boards(ctx: Ctx, paged: Paged, archived: Archived = False) -> Page[BoardOut]:
    """Return the boards."""
    with ctx.read() as book:
        query = select(Board).where(_shelf(Board, archived)).order_by(Board.name)
        found = [BoardOut.model_validate(row) for row in book.all(query)]
    return paged.of(found, lambda one: f"{one.name} {one.line} {one.owner}")


@router.post("/boards", status_code=201)
def add_board(ctx: Ctx, given: BoardIn) -> BoardOut:
    """Make a board."""
    tiles = [one.model_dump() for one in given.tiles]
    with ctx.change() as book:
        return BoardOut.model_validate(actions.add_board(book, given.name, tiles, ctx.actor, line=given.line))


@router.get("/boards/{board_id}")
def board(ctx: Ctx, board_id: str) -> BoardOut:
    """Return a board."""
    with ctx.read() as book:
        until = max((one.expires_at for one in actions.live_shares(book, Ref("board", board_id))), default=None)
        return BoardOut.model_validate(book.get(Board, board_id)).model_copy(update={"shared_until": until})


@router.patch("/boards/{board_id}")
def change_board(ctx: Ctx, board_id: str, given: BoardIn) -> BoardOut:
    """Change a board."""
    with ctx.change() as book:
        changes = given.model_dump(exclude_unset=True)
        return BoardOut.model_validate(actions.change_board(book, board_id, ctx.actor, **changes))


@router.delete("/boards/{board_id}")
def delete_board(ctx: Ctx, board_id: str) -> BoardOut:
    """Delete a board; it can be restored, and its reports stay."""
    with ctx.change() as book:
        return BoardOut.model_validate(shelf.archive(book, Board, board_id, "board", ctx.actor))


@router.post("/boards/{board_id}/restoration")
def restore_board(ctx: Ctx, board_id: str) -> BoardOut:
    """Undo the deletion of a board."""
    with ctx.change() as book:
        return BoardOut.model_validate(shelf.restore(book, Board, board_id, "board", ctx.actor))


def _report(row: SavedReport) -> SavedOut:
    shown = {name: getattr(row, name) for name in SavedOut.model_fields if name not in ("kind", "shared_until")}
    return SavedOut(kind=str(row.question.get("kind", "")), **shown)


def _shelf(kind: Any, archived: bool) -> Any:
    return kind.archived_at.is_not(None) if archived else kind.archived_at.is_(None)


def search(reader: Reader, words: str) -> list[Hit]:
    """Find saved reports, boards and cohorts by their names."""
    like = f"%{words.strip()}%"
    found: list[Hit] = []
    for kind, noun in PLACES:
        query = select(kind).where(kind.archived_at.is_(None), or_(kind.name.ilike(like), kind.line.ilike(like)))
        found += [
            Hit(f"{noun}:{row.id}", row.name, noun, f"/explore/{noun}s/{row.id}", row.line)
            for row in reader.book.all(query.order_by(kind.name).limit(HITS))
        ]
    return found
