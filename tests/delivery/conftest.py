"""A desk for delivery's tests: an empty workspace with today pinned, and the sample company with and without stories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.delivery import demo
from callsheet.metrics.reader import Reader, reading
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import STORIES, Company
from callsheet.store.workspace import Workspace, in_memory

NOW = datetime(2026, 11, 22, 16)
Land = Callable[..., Reader]


def open_at(folder: Path) -> Workspace:
    """An empty workspace whose today is 22 November 2026, 16:00."""
    return in_memory(folder, Config(workspace=WorkspaceSettings(as_of="2026-11-22T16:00:00"), folder=folder))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace with today pinned (in place of the shared one)."""
    opened = open_at(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def land(workspace: Workspace) -> Iterator[Land]:
    """Land rows by table and give a reader: `land(work=[...], transitions=[...])`."""
    with ExitStack() as stack:

        def landed(**tables: list[dict[str, Any]]) -> Reader:
            with workspace.facts.batch("test", "rows") as batch:
                for table, rows in tables.items():
                    batch.merge(table, rows)
            return stack.enter_context(reading(workspace))

        yield landed


def fill(workspace: Workspace, company: Company) -> None:
    """Land delivery's part of a company and its decisions."""
    with workspace.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with workspace.books.change(NOW) as book:
        demo.decide(book, company, SYSTEM)


def _sample(folder: Path, stories: frozenset[str]) -> Iterator[Reader]:
    opened = open_at(folder)
    fill(opened, Company(NOW, stories=stories))
    with reading(opened) as reader:
        yield reader
    opened.close()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The sample company with all its stories."""
    yield from _sample(tmp_path_factory.mktemp("told"), STORIES)


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The sample company in which nothing hurts."""
    yield from _sample(tmp_path_factory.mktemp("calm"), frozenset())
