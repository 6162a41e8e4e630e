"""The book: changes with their log entry, all or nothing, alike on SQLite and Postgres."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import func, select

from callsheet.base.errors import BadInput, Conflict, NotFound
from callsheet.http.records import Attempt, Member
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Link, Ref
from callsheet.store.book import Book, Books, CursorRow, LinkRow, LogEntry

ALICE = Actor("alice", "Alice", "owner")
THING = Ref("release", "1.0")
MOMENT = datetime(2026, 11, 22, 9, 30)


def put(books: Books, name: str, value: str = "1") -> None:
    with books.change() as book:
        book.add(CursorRow(name=name, value=value))


def test_a_row_is_added_changed_and_removed(books: Books) -> None:
    put(books, "git", "1")
    with books.change() as book:
        assert book.update(CursorRow, "git", value="2").value == "2"
    with books.read() as book:
        assert book.get(CursorRow, "git").value == "2"
        assert book.exists(CursorRow, "git")
        assert [row.name for row in book.all(select(CursorRow))] == ["git"]
        assert book.count(select(CursorRow).order_by(CursorRow.name)) == 1
        assert book.rows(select(CursorRow.name, CursorRow.value)) == [("git", "2")]
    with books.change() as book:
        book.remove(book.get(CursorRow, "git"))
    with books.read() as book:
        assert book.find(CursorRow, "git") is None
        with pytest.raises(NotFound, match="no cursor git"):
            book.get(CursorRow, "git")


def test_a_taken_key_is_a_conflict_that_names_it(books: Books) -> None:
    put(books, "git")
    with pytest.raises(Conflict, match="already a cursor git"):
        put(books, "git")


def member(key: str, email: str) -> Member:
    return Member(id=key, name=key, email=email, role="viewer", created_at=MOMENT)


def test_a_value_that_must_be_unique_is_a_conflict(books: Books) -> None:
    with books.change() as book:
        book.add(member("a", "same@example.org"))
    with pytest.raises(Conflict, match="taken"), books.change() as book:
        book.add(member("b", "same@example.org"))
    with books.read() as book:
        assert book.count(select(Member)) == 1


def test_the_same_key_at_the_same_moment_is_won_by_one(books: Books) -> None:
    """Each looks before it adds; where both see nothing, the database decides."""
    together = threading.Barrier(4)

    def attempt(_number: int) -> str:
        together.wait()
        try:
            put(books, "git")
        except Conflict:
            return "conflict"
        return "added"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["added", "conflict", "conflict", "conflict"]


def test_an_error_leaves_neither_state_nor_log(books: Books) -> None:
    before = books.version

    def fail(book: Book) -> None:
        book.add(CursorRow(name="git", value="1"))
        book.log("cursor.moved", THING, ALICE)
        book.link(Link(Ref("initiative", "a"), "ships_in", THING), ALICE)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), books.change() as book:
        fail(book)
    with books.read() as book:
        assert book.all(select(CursorRow)) == []
        assert book.all(select(LogEntry)) == []
        assert book.all(select(LinkRow)) == []
    assert books.version == before


def test_the_version_grows_with_every_entry(books: Books) -> None:
    assert books.version == 0
    for _ in range(3):
        before = books.version
        with books.change() as book:
            book.log("release.published", THING, ALICE)
        assert books.version > before


def test_an_entry_keeps_who_what_when(books: Books) -> None:
    with books.change(MOMENT) as book:
        book.log("release.published", THING, ALICE, due=MOMENT, tags=["a", "é"], note=None)
    with books.read() as book:
        entry = book.all(select(LogEntry))[0]
    assert (entry.done_at, entry.verb, entry.ref, entry.actor_id) == (
        MOMENT,
        "release.published",
        "release:1.0",
        "alice",
    )
    assert entry.details == {"due": "2026-11-22 09:30:00", "tags": ["a", "é"], "note": None}


def test_entries_appear_in_the_order_of_their_numbers(books: Books) -> None:
    """A reader that has seen entry n must never find one below n later: the worker would have stepped over it.

    Four writers hold their transactions open for different times after they logged; a reader polls meanwhile.
    """
    seen: list[int] = []
    over = threading.Event()

    def write(writer: int) -> None:
        for number in range(12):
            with books.change() as book:
                book.log("thing.done", Ref("release", f"{writer}-{number}"), SYSTEM)
                threading.Event().wait(0.002 * (writer + number) % 0.01)

    def follow() -> None:
        while True:
            last = over.is_set()
            with books.read() as book:
                found = book.rows(select(LogEntry.id).order_by(LogEntry.id))
            numbers = [row[0] for row in found]
            assert numbers[: len(seen)] == seen, "an entry appeared before one that was seen already"
            seen[:] = numbers
            if last:
                return

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(follow)
        for done in [pool.submit(write, writer) for writer in range(4)]:
            done.result()
        over.set()
        reader.result()
    assert len(seen) == 48
    assert len(set(seen)) == 48


def test_a_view_stays_as_it_was_at_its_first_look(books: Books) -> None:
    put(books, "git", "1")
    with books.read() as view:
        assert view.count(select(CursorRow)) == 1
        put(books, "sales", "1")
        with books.change() as book:
            book.update(CursorRow, "git", value="2")
        assert view.count(select(CursorRow)) == 1
        assert view.rows(select(CursorRow.value)) == [("1",)]
    with books.read() as view:
        assert view.count(select(CursorRow)) == 2


def test_rows_stay_readable_after_the_view_is_closed(books: Books) -> None:
    put(books, "git", "1")
    with books.read() as view:
        row = view.get(CursorRow, "git")
    assert row.value == "1"


def test_many_views_and_changes_at_once(books: Books) -> None:
    """More at once than a pool of the usual size has connections: each request may hold a view and a change."""
    put(books, "git", "0")
    together = threading.Barrier(24)

    def one(number: int) -> int:
        with books.read() as view:
            view.get(CursorRow, "git")
            together.wait(20)
            with books.change() as book:
                book.add(CursorRow(name=f"c{number}", value="1"))
        return number

    with ThreadPoolExecutor(24) as pool:
        assert sorted(pool.map(one, range(24))) == list(range(24))


def test_a_joint_is_drawn_once_and_removed(books: Books) -> None:
    work, change = Ref("work", "1"), Ref("change", "2")
    with books.change() as book:
        book.link(Link(work, "done_in", change, 0.5, "guessed"), ALICE)
        book.link(Link(work, "done_in", change, 1.0, "said so"), ALICE)
    with books.read() as book:
        assert [(row.confidence, row.why, row.made_by) for row in book.all(select(LinkRow))] == [
            (1.0, "said so", "alice")
        ]
    with books.change() as book:
        assert book.unlink(work, "done_in", change) is True
        assert book.unlink(work, "done_in", change) is False


@pytest.mark.parametrize("broken", ["half a pair \ud800"], ids=["lone surrogate"])
def test_text_that_no_database_keeps_is_bad_input(books: Books, broken: str) -> None:
    with pytest.raises(BadInput):
        put(books, "git", broken)
    put(books, "git", "fine afterwards 🎬 \u202e")


def test_a_moment_keeps_its_microseconds(books: Books) -> None:
    exact = datetime(2026, 3, 29, 1, 59, 59, 999999)
    with books.change() as book:
        book.add(Attempt(id="t", who="w", tried_at=exact))
    with books.read() as book:
        assert book.get(Attempt, "t").tried_at == exact
        assert book.session.scalar(select(func.max(Attempt.tried_at))) == exact
