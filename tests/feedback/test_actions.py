"""Opening, filing, merging and closing, by role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict, NotAllowed, NotFound
from callsheet.feedback import actions
from callsheet.feedback.records import Request
from callsheet.model.actor import Actor
from callsheet.store.book import Book, LinkRow, LogEntry
from callsheet.store.workspace import Workspace

BOB = Actor("bob", "Bob", "member")
CAROL = Actor("carol", "Carol", "viewer")
VERBS: dict[str, Callable[[Book, Actor], Any]] = {
    "open_request": lambda book, who: actions.open_request(book, "x", who),
    "change_request": lambda book, who: actions.change_request(book, "x", who, title="y"),
    "remove_request": lambda book, who: actions.remove_request(book, "x", who),
    "set_status": lambda book, who: actions.set_status(book, "x", "planned", who),
    "file_feedback": lambda book, who: actions.file_feedback(book, "f", ["x"], who),
    "unfile": lambda book, who: actions.unfile(book, "f", who),
    "set_aside": lambda book, who: actions.set_aside(book, "f", who),
    "bring_back": lambda book, who: actions.bring_back(book, "f", who),
    "merge_requests": lambda book, who: actions.merge_requests(book, "x", "y", who),
    "unmerge": lambda book, who: actions.unmerge(book, "x", who),
    "answer_with": lambda book, who: actions.answer_with(book, "x", "i", who),
    "withdraw_answer": lambda book, who: actions.withdraw_answer(book, "x", "i", who),
    "record_feedback": lambda book, who: actions.record_feedback(book, "words", who),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_viewer_may_do_nothing(workspace: Workspace, verb: Callable[[Book, Actor], Any]) -> None:
    """Refused before anything is looked up: none of the named things exists."""
    with workspace.books.change() as book, pytest.raises(NotAllowed):
        verb(book, CAROL)


def verbs(book: Book) -> list[str]:
    return [entry.verb for entry in book.all(select(LogEntry).order_by(LogEntry.id))]


def filed(book: Book, request: str) -> set[str]:
    rows = book.all(select(LinkRow).where(LinkRow.to_ref == f"request:{request}", LinkRow.kind == "asks_for"))
    return {row.from_ref for row in rows}


def test_one_item_goes_to_many_requests_and_back(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        ids = [actions.open_request(book, title, BOB).id for title in ("Slow board", "Slow board", "Import")]
        assert ids == ["slow-board", "slow-board-2", "import"]
        assert actions.file_feedback(book, "f1", ids, BOB) == ids
        assert actions.file_feedback(book, "f1", ids[:1], BOB) == []  # already there: nothing new, nothing logged
        assert actions.unfile(book, "f1", BOB, ["import"]) == ["import"]
        assert sorted(actions.unfile(book, "f1", BOB)) == ["slow-board", "slow-board-2"]
        with pytest.raises(Conflict):
            actions.unfile(book, "f1", BOB)
        assert verbs(book).count("feedback.filed") == 1


def test_a_request_is_closed_and_opened_again(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        key = actions.open_request(book, "Dark print", BOB).id
        with pytest.raises(BadInput, match="reason"):
            actions.set_status(book, key, "declined", BOB)
        with pytest.raises(BadInput, match="no status"):
            actions.set_status(book, key, "gone", BOB)
        assert actions.set_status(book, key, "declined", BOB, "Costs ink.").closed_at is not None
        assert actions.set_status(book, key, "open", BOB).closed_at is None
        with pytest.raises(NotFound):
            actions.set_status(book, "unheard-of", "open", BOB)


def test_a_merge_moves_everything_and_comes_apart_again(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        first, second = (actions.open_request(book, title, BOB).id for title in ("Picture", "PDF"))
        actions.file_feedback(book, "f1", [first], BOB)
        actions.file_feedback(book, "f2", [first, second], BOB)
        actions.file_feedback(book, "f3", [second], BOB)
        actions.answer_with(book, first, "printing", BOB)
        actions.merge_requests(book, first, second, BOB)
        assert filed(book, first) == set()
        assert filed(book, second) == {"feedback:f1", "feedback:f2", "feedback:f3"}
        with pytest.raises(Conflict, match="merged"):
            actions.file_feedback(book, "f4", [first], BOB)
        actions.unmerge(book, first, BOB)
        assert filed(book, first) == {"feedback:f1", "feedback:f2"}
        assert filed(book, second) == {"feedback:f2", "feedback:f3"}
        assert book.find(LinkRow, (f"request:{first}", "answered_by", "initiative:printing")) is not None
        with pytest.raises(BadInput):
            actions.merge_requests(book, first, first, BOB)


def test_an_answer_plans_an_open_request(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        key = actions.open_request(book, "Import", BOB).id
        actions.answer_with(book, key, "bulk-import", BOB)
        assert book.get(Request, key).status == "planned"
        actions.set_status(book, key, "started", BOB)
        actions.answer_with(book, key, "other", BOB)
        assert book.get(Request, key).status == "started"
        actions.withdraw_answer(book, key, "other", BOB)
        with pytest.raises(Conflict):
            actions.withdraw_answer(book, key, "other", BOB)


def test_only_a_request_that_nobody_stands_behind_is_removed(workspace: Workspace) -> None:
    with workspace.books.change() as book:
        key = actions.open_request(book, "Import", BOB).id
        actions.file_feedback(book, "f1", [key], BOB)
        with pytest.raises(Conflict, match="feedback"):
            actions.remove_request(book, key, BOB)
        actions.unfile(book, "f1", BOB)
        actions.remove_request(book, key, BOB)
        assert not book.exists(Request, key)


BAD = {
    "no words": {"body": "  "},
    "unknown channel": {"body": "x", "channel": "pigeon"},
    "unknown kind": {"body": "x", "kind": "curse"},
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
def test_feedback_by_hand_is_checked(workspace: Workspace, given: dict[str, str]) -> None:
    with workspace.books.change() as book, pytest.raises(BadInput) as told:
        actions.record_feedback(book, given.pop("body"), BOB, **given)  # type: ignore[arg-type]
    assert told.value.mend


def test_a_title_is_needed(workspace: Workspace) -> None:
    with workspace.books.change() as book, pytest.raises(BadInput, match="title"):
        actions.open_request(book, "   ", BOB)
