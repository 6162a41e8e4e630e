"""How far each source has been read, kept in the book."""

from __future__ import annotations

from callsheet.store.book import Book, CursorRow


def read(book: Book, source: str) -> str:
    """Return where the next sync of a source begins; empty for its beginning."""
    row = book.find(CursorRow, _name(source))
    return row.value if row is not None else ""


def remember(book: Book, source: str, cursor: str) -> None:
    """Keep how far a source has been read."""
    if book.exists(CursorRow, _name(source)):
        book.update(CursorRow, _name(source), value=cursor)
    else:
        book.add(CursorRow(name=_name(source), value=cursor))


def forget(book: Book, source: str) -> None:
    """Let a source be read from its beginning the next time."""
    row = book.find(CursorRow, _name(source))
    if row is not None:
        book.remove(row)


def _name(source: str) -> str:
    return f"source:{source}"
