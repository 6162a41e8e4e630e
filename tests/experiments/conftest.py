"""A workspace at 16:00 of Sunday 22 November 2026, experiments made by hand, and the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.experiments import actions, demo
from callsheet.experiments.records import Experiment
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import STORIES, Company
from callsheet.store.workspace import Workspace, in_memory

NOW = datetime(2026, 11, 22, 16)
STARTED = datetime(2026, 11, 12, 9)


def pinned(folder: Path, zone: str = "UTC") -> Workspace:
    """An empty workspace whose present is NOW."""
    settings = WorkspaceSettings(as_of="2026-11-22T16:00:00Z", time_zone=zone)
    return in_memory(folder, Config(workspace=settings, folder=folder))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace at NOW, in UTC."""
    opened = pinned(tmp_path)
    yield opened
    opened.close()


Planned = Callable[..., Experiment]
Landed = Callable[..., None]


@pytest.fixture
def planned(workspace: Workspace) -> Planned:
    """Plan and start an experiment `x` with arms a (control) and b; keywords change the plan."""

    def make(**plan: Any) -> Experiment:
        arms = [{"name": "a"}, {"name": "b"}]
        with workspace.books.change(NOW) as book:
            row = actions.plan_experiment(book, "X", SYSTEM, **({"metric": "won", "arms": arms} | plan))
            return actions.start(book, row.id, SYSTEM, STARTED)

    return make


@pytest.fixture
def landed(workspace: Workspace) -> Landed:
    """Land units: `landed(("a", [1, 0]), ("b", [1]), day=2, segment="web")`: outcomes of `won`, in order."""
    made = [0]

    def land(*arms: tuple[str, list[float | None]], day: float = 1, segment: str = "", metric: str = "won") -> None:
        exposures, outcomes = [], []
        for arm, amounts in arms:
            for amount in amounts:
                made[0] += 1
                unit = {"experiment": "x", "unit_id": f"u{made[0]}", "arm": arm}
                exposures.append(unit | {"exposed_at": STARTED + timedelta(days=day), "segment": segment})
                if amount is not None:
                    outcomes.append(unit | {"metric": metric, "amount": float(amount), "units": 1})
        with workspace.facts.batch("test", "experiment") as batch:
            batch.merge("exposures", exposures)
            if outcomes:
                batch.merge("outcomes", outcomes)

    return land


def company_in(folder: Path, stories: frozenset[str] = STORIES) -> Workspace:
    """A workspace with the experiments of the sample company."""
    opened = pinned(folder, "Europe/Madrid")
    company = Company(NOW, stories=stories)
    with opened.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with opened.books.change(NOW) as book:
        demo.decide(book, company, SYSTEM)
    return opened


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample company with all stories."""
    opened = company_in(tmp_path_factory.mktemp("trials"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample company where nothing hurts."""
    opened = company_in(tmp_path_factory.mktemp("calm-trials"), frozenset())
    yield opened
    opened.close()
