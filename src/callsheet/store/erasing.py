"""Removing one person everywhere, step by step, each of which may be done again: warehouse, book, files, index.

First nothing more is taken in of the person. Then rows go, then the files are written anew, so that nothing is left in
unused parts of them, and at the end every place is counted and every file searched again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from callsheet.base.errors import Conflict
from callsheet.model.erasing import Terms
from callsheet.store import erase_book, erase_files
from callsheet.store.engines import duck_erase
from callsheet.store.persons import people_of, sink_of
from callsheet.store.workspace import Workspace

ROUNDS = 3
"""Times that rows are removed: events of a request that was under way may come in between."""
Progress = Callable[[int, int, str], None]
_STEPS = ("Stopping intake", "Removing rows", "Searching what others say", "Book", "Files", "Writing anew", "Proof")
_WAITING = "Waiting for an import under way"


@dataclass(slots=True)
class Proof:
    """What is left in each place, in rows; how many files of which size were searched, and which name the person:
    `own` are files of Callsheet's, `left` are others. `alike` is what was left because an id that is short or a number
    is not told from another value there."""

    after: dict[str, int] = field(default_factory=dict)
    files: int = 0
    size: int = 0
    left: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)


def terms_of(workspace: Workspace, person_id: str) -> Terms:
    """Return what names a person: all ids, and the addresses that imports or traits tell. Conflict for a colleague."""
    people = people_of(workspace)
    ids = people.ids_of(people.person_of(person_id))
    with sink_of(workspace).changing() as cursor:
        cards = cursor.execute(
            "SELECT email, team FROM persons WHERE person_id IN (SELECT unnest($ids::VARCHAR[])) UNION ALL"
            " SELECT email, NULL FROM old_persons WHERE person_id IN (SELECT unnest($ids::VARCHAR[]))",
            {"ids": ids},
        ).fetchall()
        told = cursor.execute(
            "SELECT DISTINCT value ->> '$' FROM traits WHERE unit = 'person' AND lower(name) IN"
            " ('email', '$email', 'mail', 'e-mail', 'email_address')"
            " AND unit_id IN (SELECT unnest(?::VARCHAR[])) AND json_valid(value)",
            [ids],
        ).fetchall()
    if any(team for _, team in cards):
        raise Conflict(f"{person_id} works here.", "Take the person out of the teams of the project file first.")
    addresses = {str(one) for one, *_ in (*cards, *told) if one and "@" in str(one)}
    return Terms(tuple(ids), tuple(sorted(addresses)))


def erase(workspace: Workspace, terms: Terms, now: datetime, progress: Progress) -> Proof:
    """Remove a person everywhere. Safe to be done again after it was cut off."""

    def step(number: int) -> None:
        progress(number, len(_STEPS), _STEPS[number])

    sink = sink_of(workspace)
    step(0)
    with sink.changing() as cursor:
        sink.deleted.add(cursor, terms.ids, now)
    _remove(workspace, terms, now, step)
    step(4)
    with sink.without_batches(lambda: progress(4, len(_STEPS), _WAITING)):
        if any(counted(workspace, terms).values()):  # an import that has come to its end meanwhile
            _remove(workspace, terms, now, step)
        step(4)
        erase_files.erase(workspace.state, terms)
        step(5)
        forget = getattr(workspace.histories, "forget", None)
        workspace.cache.clear()
        sink.rewrite()
        erase_book.compact(workspace.books)
        if forget is not None:
            forget()
    step(6)
    return prove(workspace, terms)


def _remove(workspace: Workspace, terms: Terms, now: datetime, step: Callable[[int], None]) -> None:
    """Remove the rows of the person and their names in others, of both stores."""
    sink = sink_of(workspace)
    for _ in range(ROUNDS):
        step(1)
        with sink.changing() as cursor:
            duck_erase.erase(cursor, terms)
            sink.people.forget(terms.ids)
        step(2)
        since = -1
        while since:
            with sink.changing() as cursor:
                since = duck_erase.redact_events(cursor, terms, max(since, 0))
        step(3)
        with workspace.books.change(now) as book:
            erase_book.erase(book, terms)
        sink.tell()
        workspace.stream.settle()
        if not any(counted(workspace, terms).values()):
            break


def prove(workspace: Workspace, terms: Terms) -> Proof:
    """Return what is left of a person: every place counted, every file searched."""
    searched = erase_files.search(workspace.folder, terms, workspace.state)
    with sink_of(workspace).changing() as cursor:
        alike = duck_erase.alike(cursor, terms)
    with workspace.books.read() as book:
        alike |= erase_book.alike(book, terms)
    own = [name for name in searched.found if (workspace.folder / name).is_relative_to(workspace.state)]
    return Proof(
        counted(workspace, terms), searched.files, searched.size, [one for one in searched.found if one not in own], own,
        [*(f"{place}: {number:,} rows" for place, number in alike.items()), *searched.alike],
    )  # fmt: skip


def counted(workspace: Workspace, terms: Terms) -> dict[str, int]:
    """Return how many rows of each place of both stores are the person's, or name them."""
    with sink_of(workspace).changing() as cursor:
        found = duck_erase.counted(cursor, terms)
    with workspace.books.read() as book:
        return found | erase_book.counted(book, terms)
