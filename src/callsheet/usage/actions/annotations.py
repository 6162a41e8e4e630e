"""What people write at days of charts."""

from __future__ import annotations

from datetime import date

from callsheet.base.errors import BadInput
from callsheet.base.ids import new_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.actions import shelf
from callsheet.usage.records import Annotation, SavedReport


def add_annotation(book: Book, text: str, day: date, actor: Actor, *, scope: str = "") -> Annotation:
    """Write a note at a local day, on every chart or on that of one saved report."""
    require(actor, "add_annotation", Ref("annotation", "new"))
    row = Annotation(
        id=new_id("ann"), text=_text(text), day=_day(day), scope=_scope(book, scope), made_by=actor.id, made_at=book.now
    )
    book.add(row)
    book.log("annotation.added", Ref("annotation", row.id), actor, text=row.text, day=day)
    return row


def change_annotation(
    book: Book, annotation_id: str, actor: Actor, *, text: str | None = None, day: date | None = None,
    scope: str | None = None,
) -> Annotation:  # fmt: skip
    """Change what a note says, its day, or where it is shown."""
    require(actor, "change_annotation", Ref("annotation", annotation_id))
    row = shelf.live(book, Annotation, annotation_id, "annotation")
    before = {"text": row.text, "day": row.day, "scope": row.scope}
    row.text = row.text if text is None else _text(text)
    row.day = row.day if day is None else _day(day)
    row.scope = row.scope if scope is None else _scope(book, scope)
    if before != {"text": row.text, "day": row.day, "scope": row.scope}:
        book.log("annotation.changed", Ref("annotation", row.id), actor, before=before)
    return row


def _text(text: str) -> str:
    if not text.strip():
        raise BadInput("A note needs a text.")
    return " ".join(text.split())


def _day(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise BadInput(f"{day} is not a day of a chart.", "Use a day like 2026-11-22.")
    return day


def _scope(book: Book, scope: str) -> str:
    if not scope:
        return ""
    ref = Ref.parse(scope)
    if ref.kind != "report":
        raise BadInput(f"A note belongs to every chart or to a report, not to a {ref.kind}.", "Use report:<id>.")
    book.get(SavedReport, ref.id)
    return str(ref)
