"""A workspace at noon of Sunday 22 November 2026, events made by hand, and the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.base.time import parse_moment
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import STORIES, Company
from callsheet.store.workspace import Workspace, in_memory
from callsheet.usage import demo
from callsheet.usage.questions import limits
from callsheet.usage.questions.limits import Asks

NOW = "2026-11-22T16:00:00"


def pinned(folder: Path, zone: str = "UTC") -> Workspace:
    """An empty workspace whose present is NOW."""
    return in_memory(folder, Config(workspace=WorkspaceSettings(as_of=f"{NOW}Z", time_zone=zone), folder=folder))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace at NOW, in UTC."""
    opened = pinned(tmp_path)
    yield opened
    opened.close()


Happened = Callable[..., None]


@pytest.fixture
def happened(workspace: Workspace) -> Happened:
    """Land events: `happened("2026-11-16 10:00 ann@acme board", ...)`, the feature being optional."""

    def land(*lines: str) -> None:
        rows = []
        for number, text in enumerate(lines):
            day, hour, who, *feature = text.split()
            person, _, account = who.partition("@")
            rows.append({
                "event_id": f"e{number}-{text}", "occurred_at": parse_moment(f"{day} {hour}"), "event": "did",
                "person_id": person or None, "account_id": account or None, "feature": feature[0] if feature else None,
            })  # fmt: skip
        with workspace.facts.batch("test", "events") as batch:
            batch.merge("events", rows)

    return land


def company_in(folder: Path, stories: frozenset[str] = STORIES) -> Workspace:
    """A workspace with the usage part of the sample company."""
    opened = pinned(folder, "Europe/Madrid")
    company = Company(opened.now(), stories=stories)
    with opened.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with opened.books.change(opened.now()) as book:
        demo.decide(book, company, SYSTEM)
    return opened


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample company with all stories."""
    opened = company_in(tmp_path_factory.mktemp("sample"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample company where nothing hurts."""
    opened = company_in(tmp_path_factory.mktemp("undisturbed"), frozenset())
    yield opened
    opened.close()


@pytest.fixture
def asks() -> Asks:
    """A registry with one place."""
    return Asks(1)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the process holds, in megabytes: a list of one number, to be changed."""
    held = [1000]
    monkeypatch.setattr(limits, "own_memory", lambda: held[0] * 1_000_000)
    monkeypatch.setattr(limits, "_UNDER_WAY", [])
    return held
