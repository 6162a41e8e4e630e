"""The releases of the sample company, with and without its stories; made once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import STORIES, Company
from callsheet.releases import demo
from callsheet.store.workspace import Workspace, in_memory

TODAY = datetime(2026, 11, 22, 16)


def made(folder: Path, stories: frozenset[str]) -> Workspace:
    """A workspace with the releases part of the sample company."""
    config = Config(workspace=WorkspaceSettings(as_of="2026-11-22T16:00:00"), folder=folder)
    workspace = in_memory(folder, config)
    company = Company(TODAY, stories=stories)
    with workspace.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with workspace.books.change(workspace.now()) as book:
        demo.decide(book, company, SYSTEM)
    return workspace


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """With the stories: the newest release waits."""
    workspace = made(tmp_path_factory.mktemp("sample"), STORIES)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Without stories: everything is published."""
    workspace = made(tmp_path_factory.mktemp("calm"), frozenset())
    yield workspace
    workspace.close()
