"""The sample company, made once for the tests of the loop."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from callsheet import demo
from callsheet.store.workspace import STATE, Workspace, open_workspace

TODAY = datetime(2026, 11, 22, 16)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company's folder; tests work on a copy."""
    folder = tmp_path_factory.mktemp("sample") / "northlight"
    demo.make(folder, today=TODAY)
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company without its stories."""
    folder = tmp_path_factory.mktemp("undisturbed") / "northlight"
    demo.make(folder, today=TODAY, stories=frozenset())
    return folder


def copy(folder: Path, target: Path) -> Path:
    """Copy a workspace, to change it."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder / STATE, target / STATE)
    shutil.copy(folder / "callsheet.toml", target / "callsheet.toml")
    return target


@pytest.fixture
def company(sample: Path, tmp_path: Path) -> Iterator[Workspace]:
    """An open copy of the sample company."""
    opened = open_workspace(copy(sample, tmp_path / "copy"))
    yield opened
    opened.close()


@pytest.fixture
def quiet(undisturbed: Path, tmp_path: Path) -> Iterator[Workspace]:
    """An open copy of the undisturbed company."""
    opened = open_workspace(copy(undisturbed, tmp_path / "quiet"))
    yield opened
    opened.close()
