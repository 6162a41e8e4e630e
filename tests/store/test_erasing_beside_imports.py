"""The removal of a person beside imports: neither loses anything, whichever comes first."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import Config
from callsheet.base.errors import Busy
from callsheet.model.erasing import Terms
from callsheet.store import erasing
from callsheet.store.book import Base, Books, sqlite_url
from callsheet.store.engines import duck
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.engines.duck_gate import Gate
from callsheet.store.workspace import Workspace
from tests.conftest import Clients

NOW = datetime(2026, 11, 20)
ANN = Terms(("annette-ost",))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace on the disk, whose file is exchanged without patience."""
    monkeypatch.setattr(duck, "_PATIENCE", 0.05)
    (tmp_path / ".callsheet").mkdir()
    books = Books(sqlite_url(tmp_path / ".callsheet" / "book.sqlite"))
    with books.change() as book:
        Base.metadata.create_all(book.session.connection())
    facts = DuckWarehouse(tmp_path / ".callsheet" / "warehouse.duckdb")
    opened = Workspace(tmp_path, Config(folder=tmp_path), facts, books)
    yield opened
    opened.close()


def rows(*whose: str) -> list[dict[str, Any]]:
    return [
        {"event_id": f"e-{number}", "occurred_at": NOW, "event": "did", "person_id": who, "properties": "{}"}
        for number, who in enumerate(whose)
    ]


def left(workspace: Workspace) -> list[str]:
    return sorted(row["person_id"] for row in workspace.facts.run(workspace.facts.tables()["events"]).to_pylist())


def test_a_removal_waits_for_an_import_under_way_and_takes_out_what_it_brings(workspace: Workspace) -> None:
    steps: list[str] = []
    waits = threading.Event()

    def progress(_: int, __: int, note: str) -> None:
        steps.append(note)
        if note.startswith("Waiting"):
            waits.set()

    with ThreadPoolExecutor(1) as pool:
        with workspace.facts.batch("crm", "import") as batch:
            batch.merge("events", rows("annette-ost"))
            batch.raw("row", [(1, "annette-ost;1"), (2, "ben-the-other;2")])
            removal = pool.submit(erasing.erase, workspace, ANN, NOW, progress)
            assert waits.wait(30)
            batch.merge("events", rows("annette-ost", "ben-the-other"))
        proof = removal.result(60)
    assert left(workspace) == ["ben-the-other"]
    assert not any(proof.after.values())
    assert proof.own == proof.left == []
    assert steps.count("Waiting for an import under way") == 1


def test_an_import_that_begins_meanwhile_waits_and_comes_in_whole(workspace: Workspace) -> None:
    begun = threading.Event()

    def bring() -> None:
        begun.set()
        with workspace.facts.batch("crm", "import") as batch:
            batch.merge("events", rows("annette-ost", "ben-the-other"))

    with ThreadPoolExecutor(1) as pool:

        def progress(_: int, __: int, note: str) -> None:
            if note == "Writing anew":
                bringing.append(pool.submit(bring))
                begun.wait(10)

        bringing: list[Any] = []
        erasing.erase(workspace, ANN, NOW, progress)
        bringing[0].result(30)
    workspace.stream.settle()
    assert left(workspace) == ["ben-the-other"]


def test_nobody_waits_for_a_removal_that_only_waits() -> None:
    gate, over = Gate(), threading.Event()
    free, waits = [], threading.Event()

    def alone() -> None:
        with gate.quiet(waits.set):
            free.append(over.is_set())

    with ThreadPoolExecutor(2) as pool:
        with gate.use():
            removal = pool.submit(alone)
            assert waits.wait(10)

            def short() -> None:
                with gate.use():
                    pass

            pool.submit(short).result(5)
            over.set()
        removal.result(10)
    assert free == [True]


def test_a_removal_that_waits_gives_up_when_the_warehouse_is_closed() -> None:
    house = DuckWarehouse(None)
    house._closed = True
    with ThreadPoolExecutor(1) as pool, house.batch("crm", "import"):

        def wait() -> None:
            with house.without_batches(lambda: None):
                pass

        with pytest.raises(Busy, match="being stopped"):
            pool.submit(wait).result(10)
    house.close()


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("feedback/items", {"title": "Dark mode", "body": "Please."}, 201),
        ("imports/none/retry", {}, 404),
    ],
)
def test_who_waits_for_a_removal_does_not_hold_the_book_meanwhile(
    workspace: Workspace, clients: Clients, path: str, given: dict[str, Any], status: int
) -> None:
    """The removal itself writes the book anew: each would wait for the other."""
    assert isinstance(workspace.facts, DuckWarehouse)
    bob, gate = clients.bob, workspace.facts._landing._changed
    with ThreadPoolExecutor(1) as pool:
        with workspace.facts.without_batches(lambda: None):
            posted = pool.submit(bob.post, f"/api/{path}", json=given)
            until = time.monotonic() + 10
            while not gate._waiters and time.monotonic() < until:  # type: ignore[attr-defined]
                time.sleep(0.01)
            assert not posted.done()
            with closing(sqlite3.connect(workspace.state / "book.sqlite", timeout=1)) as book:
                book.execute("BEGIN IMMEDIATE")
        assert posted.result(30).status_code == status
