"""The clock goes back an hour: order, sessions, ids, limits and the worker's cursor do not mind."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.ids import new_id
from callsheet.base.time import utc_now
from callsheet.http import members
from callsheet.loop import reactions
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store import book as book_module
from callsheet.store.book import LogEntry
from callsheet.store.workspace import Workspace
from tests.conftest import PASSWORD

HOUR = timedelta(hours=1)


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set every clock of this process back by this much."""
    real = time.time_ns

    def turn(by: timedelta) -> None:
        def earlier() -> datetime:
            return utc_now() - by

        monkeypatch.setattr("callsheet.base.ids.time.time_ns", lambda: real() - int(by.total_seconds() * 1e9))
        for module in (book_module, members):
            monkeypatch.setattr(module, "utc_now", earlier)
        monkeypatch.setattr("callsheet.http.context.utc_now", earlier)

    return turn


def test_the_log_keeps_its_order_and_the_worker_misses_nothing(
    workspace: Workspace, set_back: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(reactions, "ON", {"thing.done": [lambda happened: seen.append(happened.ref.id)]})
    for by, name in ((timedelta(), "first"), (HOUR, "second"), (24 * HOUR, "third")):
        set_back(by)
        before = workspace.books.version
        with workspace.books.change() as book:
            book.log("thing.done", Ref("release", name), SYSTEM)
        assert workspace.books.version > before
        while reactions.react(workspace):
            pass
    assert seen == ["first", "second", "third"]
    with workspace.books.read() as book:
        entries = book.all(select(LogEntry).order_by(LogEntry.id))
    assert [entry.ref for entry in entries] == ["release:first", "release:second", "release:third"]
    assert entries[2].done_at < entries[0].done_at, "the clock was really set back"


def test_ids_stay_unique_whatever_the_clock_says(set_back: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [new_id("x") for _ in range(2000)]
    set_back(HOUR)
    made += [new_id("x") for _ in range(2000)]
    monkeypatch.setattr("callsheet.base.ids.time.time_ns", lambda: 1_700_000_000_000_000_000)
    made += [new_id("x") for _ in range(2000)]
    assert len(set(made)) == 6000
    assert {len(one) for one in made} == {22}


def test_a_session_goes_on_and_a_new_one_starts(clients: Any, set_back: Any) -> None:
    assert clients.bob.get("/api/session").status_code == 200
    set_back(HOUR)
    assert clients.bob.get("/api/session").status_code == 200
    answer = clients.carol.post("/api/session", json={"email": "carol@example.org", "password": PASSWORD})
    assert answer.status_code == 204


def test_failed_sign_ins_of_the_future_do_not_lock_out(clients: Any, set_back: Any) -> None:
    wrong = {"email": "bob@example.org", "password": "wrong"}
    answers = [clients.mallory.post("/api/session", json=wrong).status_code for _ in range(11)]
    assert answers[-1] == 429
    set_back(HOUR)
    right = {"email": "bob@example.org", "password": PASSWORD}
    assert clients.mallory.post("/api/session", json=right).status_code == 204
