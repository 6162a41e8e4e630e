"""Consequences: what follows in one domain from what happened in another.

`ON` is the whole of it: a verb of the log and the functions that follow. Each runs in a transaction of its
own, together with the note that it was done, so that at least once becomes exactly once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select

from callsheet.base.errors import CallsheetError, StorageFailed, WorkspaceBusy
from callsheet.loop import consequences
from callsheet.loop.consequences import Happened
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store.book import Book, CursorRow, LogEntry, ReactionDone
from callsheet.store.workspace import Workspace

log = logging.getLogger("callsheet.reactions")
Reaction: TypeAlias = Callable[[Happened], None]
CURSOR = "reactions"
BATCH = 200

ON: dict[str, list[Reaction]] = {
    "release.published": [consequences.tell_requesters, consequences.tell_subscribers, consequences.close_requests],
    "initiative.promised": [consequences.tell_waiting],
    "request.status_changed": [consequences.tell_decision],
    "finding.opened": [consequences.tell_alert],
    "finding.reopened": [consequences.tell_alert],
    "import.finished": [consequences.adopt_initiatives],
    "source.synced": [consequences.adopt_initiatives],
    "import.undone": [consequences.adopt_initiatives],
}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the log, detached from its transaction."""

    id: int
    verb: str
    ref: str


def react(workspace: Workspace) -> int:
    """Carry out the consequences of the next entries of the log; returns how many entries were read."""
    with workspace.books.read() as book:
        row = book.find(CursorRow, CURSOR)
        seen = int(row.value) if row else 0
        entries = book.all(select(LogEntry).where(LogEntry.id > seen).order_by(LogEntry.id).limit(BATCH))
        steps = [Step(entry.id, entry.verb, entry.ref) for entry in entries]
    for step in steps:
        for reaction in ON.get(step.verb, ()):
            _carry_out(workspace, step, reaction)
    if steps:
        with workspace.books.change() as book:
            _move(book, steps[-1].id)
    return len(steps)


def _carry_out(workspace: Workspace, step: Step, reaction: Reaction) -> None:
    """Run one reaction once; what fails is written down and does not hold up the rest.

    A full disk or a busy database is not a failure of the reaction: it is raised, to be tried again.
    """
    name = reaction.__name__
    try:
        with workspace.books.change(workspace.now()) as book:
            if book.find(ReactionDone, (step.id, name)) is not None:
                return
            entry = book.get(LogEntry, step.id)
            reaction(Happened(workspace, book, entry))
            book.add(ReactionDone(entry_id=step.id, reaction=name, done_at=book.now))
    except (StorageFailed, WorkspaceBusy):
        raise
    except Exception as why:
        if not isinstance(why, CallsheetError):
            log.exception("%s is broken", name)
        log.warning("%s after %s %s: %s", name, step.verb, step.ref, why)
        with workspace.books.change(workspace.now()) as book:
            book.add(ReactionDone(entry_id=step.id, reaction=name, done_at=book.now, error=str(why)))
            book.log("reaction.failed", Ref.parse(step.ref), SYSTEM, reaction=name, error=str(why), entry=step.id)


def try_again(workspace: Workspace) -> dict[str, int]:
    """Carry out once more what failed; returns how many were tried and how many failed again."""
    with workspace.books.read() as book:
        failed = book.rows(
            select(LogEntry.id, LogEntry.verb, LogEntry.ref, ReactionDone.reaction)
            .join(ReactionDone, ReactionDone.entry_id == LogEntry.id)
            .where(ReactionDone.error != "")
            .order_by(LogEntry.id)
        )
    known = {reaction.__name__: reaction for reactions in ON.values() for reaction in reactions}
    tried = [(Step(*row[:3]), known[row[3]]) for row in failed if row[3] in known]
    for step, reaction in tried:
        with workspace.books.change() as book:
            book.remove(book.get(ReactionDone, (step.id, reaction.__name__)))
        _carry_out(workspace, step, reaction)
    with workspace.books.read() as book:
        left = book.count(select(ReactionDone).where(ReactionDone.error != ""))
    return {"tried": len(tried), "failed": left}


def _move(book: Book, seen: int) -> None:
    row = book.find(CursorRow, CURSOR)
    if row is None:
        book.add(CursorRow(name=CURSOR, value=str(seen)))
    else:
        row.value = str(seen)
