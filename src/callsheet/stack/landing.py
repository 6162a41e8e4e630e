"""From a connector's pages into one batch of the warehouse: all of it lands, or nothing; and how far each source was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from callsheet.stack.connector import Page, Parsed, Problem
from callsheet.store.book import Book, CursorRow
from callsheet.store.warehouse import Batch, BatchInfo, Rows

SHOWN = 50
"""Row errors and warnings that are told; the others are counted."""
PREVIEW = 8
Progress = Callable[[int], None]


@dataclass(slots=True)
class Landed:
    """What came in: raw rows, rows set aside and why, warnings, and the first rows as they became."""

    rows: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    warned: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    table: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def take(self, batch: Batch, parsed: Parsed) -> None:
        """Land one page's facts."""
        self.rows += parsed.rows
        self.details |= parsed.details
        for table, rows in parsed.everything():
            self._show(table, rows)
            batch.merge(table, rows)
        for problem in parsed.problems:
            self._say(batch, problem)

    def _show(self, table: str, rows: Rows) -> None:
        self.table = self.table or table
        if table == self.table and len(self.preview) < PREVIEW:
            few = rows[:PREVIEW] if isinstance(rows, list) else rows.slice(0, PREVIEW).to_pylist()
            self.preview += few[: PREVIEW - len(self.preview)]

    def _say(self, batch: Batch, problem: Problem) -> None:
        told = {"line": problem.line, "error": problem.error, "raw": problem.raw}
        if problem.fatal:
            batch.quarantine(problem.line, problem.raw, problem.error)
            if len(self.errors) < SHOWN:
                self.errors.append(told)
            return
        self.warned += 1
        if len(self.warnings) < SHOWN:
            self.warnings.append(told)


def land(
    batch: Batch,
    pages: Iterable[Page],
    parse: Callable[[Page], Parsed],
    landed: Landed,
    progress: Progress | None = None,
) -> None:
    """Keep each raw page, parse it and stage its facts."""
    for page in pages:
        if page.text is not None:
            batch.raw(page.kind, [(page.number, page.text)])
        landed.take(batch, parse(page))
        if progress is not None:
            progress(landed.rows)


def counted(info: BatchInfo, landed: Landed) -> dict[str, int]:
    """Return the counts of a batch in the words of the imports API; that a source was synced is not among them."""
    return {"rows": landed.rows, **totals(info), "quarantined": info.quarantined}


def totals(info: BatchInfo) -> dict[str, int]:
    """Return what a batch did, over all tables but the note that its source was synced."""
    parts = [counts for table, counts in info.counts.items() if table != "tool_facts" or info.kind != "sync"]
    return {
        what: sum(getattr(part, what) for part in parts) for what in ("inserted", "updated", "unchanged", "duplicates")
    }


def cursor(book: Book, source: str) -> str:
    """Return where the next sync of a source begins; empty for its beginning."""
    row = book.find(CursorRow, _cursor_name(source))
    return row.value if row is not None else ""


def remember(book: Book, source: str, cursor: str) -> None:
    """Keep how far a source has been read."""
    if book.exists(CursorRow, _cursor_name(source)):
        book.update(CursorRow, _cursor_name(source), value=cursor)
    else:
        book.add(CursorRow(name=_cursor_name(source), value=cursor))


def forget(book: Book, source: str) -> None:
    """Let a source be read from its beginning the next time."""
    row = book.find(CursorRow, _cursor_name(source))
    if row is not None:
        book.remove(row)


def _cursor_name(source: str) -> str:
    return f"source:{source}"
