"""Answers are kept for as long as what they rest on stays, and no longer."""

from __future__ import annotations

import threading
from typing import Any

from callsheet.metrics.cache import cached, note_book


def asked(store: dict[Any, Any], name: str, book: int, log: list[str], *, reads_book: bool = False) -> str:
    """Ask for an answer that says with which version of the book it was made."""

    def compute() -> str:
        log.append(name)
        if reads_book:
            note_book()
        return f"{name} at {book}"

    return cached(store, name, compute, book)


def test_a_decision_leaves_what_rests_on_facts() -> None:
    store: dict[Any, Any] = {}
    log: list[str] = []
    assert [asked(store, "cycle time", book, log) for book in (1, 2)] == ["cycle time at 1"] * 2
    assert log == ["cycle time"]


def test_a_decision_ends_what_reads_the_book() -> None:
    store: dict[Any, Any] = {}
    log: list[str] = []
    found = [asked(store, "promises", book, log, reads_book=True) for book in (1, 1, 2)]
    assert found == ["promises at 1", "promises at 1", "promises at 2"]


def test_what_rests_on_such_an_answer_reads_the_book_too_even_when_that_one_was_kept() -> None:
    store: dict[Any, Any] = {}
    log: list[str] = []

    def outer(book: int) -> str:
        return cached(store, "outer", lambda: asked(store, "inner", book, log, reads_book=True), book)

    asked(store, "inner", 1, log, reads_book=True)
    assert outer(1) == "inner at 1"  # its inner answer came from the store, without the book being read again
    assert outer(2) == "inner at 2"


def test_two_who_ask_at_once_wait_for_one_computation() -> None:
    store: dict[Any, Any] = {}
    log: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        go_on.wait(5)
        log.append(1)
        return 7

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(cached(store, "k", slow, 1))) for _ in range(2)]
    threads[0].start()
    begun.wait(5)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(5)
    assert (answers, log) == ([7, 7], [1])


def test_an_answer_that_failed_is_asked_for_again() -> None:
    store: dict[Any, Any] = {}
    for answer in (None, 3):
        try:
            assert cached(store, "k", lambda found=answer: 1 // (1 if found else 0), 1) == 1  # type: ignore[misc]
        except ZeroDivisionError:
            assert answer is None
    assert store["under_way"] == {}, "nothing is left of the one that failed"
