"""What is kept by name: put aside when it is deleted, and brought back."""

from __future__ import annotations

from typing import Any, TypeVar

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import slug_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Base, Book
from callsheet.store.permissions import require

T = TypeVar("T", bound=Base)


def named(name: str, noun: str) -> str:
    """Return a name without spaces around it; BadInput when nothing is left."""
    if not name.strip():
        raise BadInput(f"A {noun} needs a name.")
    return name.strip()


def key_for(book: Book, kind: type[Base], name: str) -> str:
    """Return a readable id that is not in use."""
    return slug_id(name, lambda taken: book.exists(kind, taken))


def live(book: Book, kind: type[T], key: str, noun: str) -> T:
    """Return a row that may be changed; Conflict for one that was deleted."""
    row = book.get(kind, key)
    if row.archived_at is not None:  # type: ignore[attr-defined]
        raise Conflict(f"The {noun} {key} was deleted.", "Restore it first.")
    return row


def change(book: Book, kind: type[T], key: str, noun: str, actor: Actor, changes: dict[str, Any]) -> T:
    """Change what is kept; the log keeps what it said before."""
    row = live(book, kind, key, noun)
    before = {name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value}
    if before:
        book.update(kind, key, **changes, changed_at=book.now)
        book.log(f"{noun}.changed", Ref(noun, key), actor, before=before, after={one: changes[one] for one in before})
    return row


def archive(book: Book, kind: type[T], key: str, noun: str, actor: Actor) -> T:
    """Delete something; it can be restored."""
    require(actor, f"archive_{noun}", Ref(noun, key))
    row = live(book, kind, key, noun)
    book.update(kind, key, archived_at=book.now)
    book.log(f"{noun}.archived", Ref(noun, key), actor)
    return row


def restore(book: Book, kind: type[T], key: str, noun: str, actor: Actor) -> T:
    """Undo a deletion."""
    require(actor, f"archive_{noun}", Ref(noun, key))
    row = book.get(kind, key)
    if row.archived_at is None:  # type: ignore[attr-defined]
        raise Conflict(f"The {noun} {key} is not deleted.")
    book.update(kind, key, archived_at=None)
    book.log(f"{noun}.restored", Ref(noun, key), actor)
    return row
