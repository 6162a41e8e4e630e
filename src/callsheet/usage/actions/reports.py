"""What people decide about saved reports, boards and the links under which others see them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callsheet.base.errors import BadInput, NotFound
from callsheet.base.ids import new_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.actions import shelf
from callsheet.usage.questions import kinds
from callsheet.usage.records import Board, SavedReport, Share

MOST_TILES = 40
MOST_DAYS = 366
SIZES = ("small", "wide", "full")


def add_report(book: Book, name: str, question: Any, actor: Actor, *, line: str = "") -> SavedReport:
    """Keep a question under a name."""
    require(actor, "add_report", Ref("report", name or "new"))
    title = shelf.named(name, "report")
    key = shelf.key_for(book, SavedReport, title)
    row = SavedReport(
        id=key, name=title, line=line, question=kinds.plain(kinds.parse(question)), owner=actor.id,
        created_at=book.now, changed_at=book.now,
    )  # fmt: skip
    book.add(row)
    book.log("report.added", Ref("report", key), actor, name=title)
    return row


def change_report(book: Book, report_id: str, actor: Actor, **changes: Any) -> SavedReport:
    """Change the name, the line, the owner or the question."""
    require(actor, "change_report", Ref("report", report_id))
    if "name" in changes:
        changes["name"] = shelf.named(changes["name"], "report")
    if "question" in changes:
        changes["question"] = kinds.plain(kinds.parse(changes["question"]))
    return shelf.change(book, SavedReport, report_id, "report", actor, changes)


def duplicate_report(book: Book, report_id: str, actor: Actor) -> SavedReport:
    """Keep the same question once more, under a name that says so."""
    require(actor, "add_report", Ref("report", report_id))
    row = book.get(SavedReport, report_id)
    return add_report(book, f"{row.name} (copy)", row.question, actor, line=row.line)


def add_board(book: Book, name: str, tiles: Sequence[dict[str, Any]], actor: Actor, *, line: str = "") -> Board:
    """Make a board."""
    require(actor, "add_board", Ref("board", name or "new"))
    title = shelf.named(name, "board")
    key = shelf.key_for(book, Board, title)
    row = Board(
        id=key, name=title, line=line, tiles=_checked(book, tiles), owner=actor.id, created_at=book.now,
        changed_at=book.now,
    )  # fmt: skip
    book.add(row)
    book.log("board.added", Ref("board", key), actor, name=title)
    return row


def change_board(book: Book, board_id: str, actor: Actor, **changes: Any) -> Board:
    """Change the name, the line, the owner or the tiles."""
    require(actor, "change_board", Ref("board", board_id))
    if "name" in changes:
        changes["name"] = shelf.named(changes["name"], "board")
    if "tiles" in changes:
        changes["tiles"] = _checked(book, changes["tiles"])
    return shelf.change(book, Board, board_id, "board", actor, changes)


def _checked(book: Book, tiles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(tiles) > MOST_TILES:
        raise BadInput(f"A board has at most {MOST_TILES} tiles.", "Make a second board.")
    return [_tile(book, one) for one in tiles]


def _tile(book: Book, one: dict[str, Any]) -> dict[str, Any]:
    size = one.get("size") or SIZES[0]
    if size not in SIZES:
        raise BadInput(f"There is no tile size {size!r}.", f"Use one of {', '.join(SIZES)}.")
    if one.get("kind") == "text":
        return {"kind": "text", "text": str(one.get("text") or ""), "size": size}
    key = str(one.get("report") or "")
    if not book.exists(SavedReport, key):
        raise BadInput(f"There is no report {key!r} to put on the board.", "Save the report first.")
    return {"kind": "report", "report": key, "size": size}


def share(book: Book, ref: Ref, days: int, actor: Actor, fields: Sequence[str] = ()) -> tuple[str, Share]:
    """Make the link under which anybody may read a report or a board; an earlier one ends. `fields` may be shown beside
    those that any link shows. Returns its token, which is kept as a hash only."""
    require(actor, "share", ref)
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A link lasts 1 to {MOST_DAYS} days.")
    shelf.live(book, SavedReport if ref.kind == "report" else Board, ref.id, ref.kind)
    for earlier in live_shares(book, ref):
        earlier.revoked_at = book.now
    token = secrets.token_urlsafe(24)
    row = Share(
        id=new_id("shr"), ref=str(ref), token_hash=_hash(token), made_by=actor.id, made_at=book.now,
        expires_at=book.now + timedelta(days=days), fields=list(fields),
    )  # fmt: skip
    book.add(row)
    book.log(f"{ref.kind}.shared", ref, actor, days=days, fields=list(fields))
    return token, row


def unshare(book: Book, ref: Ref, actor: Actor) -> None:
    """End the link to a report or a board."""
    require(actor, "share", ref)
    found = live_shares(book, ref)
    if not found:
        raise NotFound(f"{ref} is not shared.")
    for one in found:
        one.revoked_at = book.now
    book.log(f"{ref.kind}.unshared", ref, actor)


def live_shares(book: Book, ref: Ref) -> list[Share]:
    """Return the links to a report or a board that still lead there."""
    query = select(Share).where(Share.ref == str(ref), Share.revoked_at.is_(None), Share.expires_at > book.now)
    return book.all(query)


def shared(book: Book, token: str) -> Share:
    """Return what a token leads to; NotFound for one that is unknown, has expired or was revoked."""
    found = book.all(select(Share).where(Share.token_hash == _hash(token)))
    if not found or found[0].revoked_at is not None or found[0].expires_at <= book.now:
        raise NotFound("This link leads nowhere, or not any more.", "Ask whoever gave it to you for a new one.")
    return found[0]


def _hash(token: str) -> str:
    """Tokens have 192 bits, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
