"""The releases of the sample company, with and without its stories; made once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callsheet.model.sample import STORIES
from callsheet.releases import demo
from callsheet.store.workspace import Workspace
from tests.sampled import made


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """With the stories: the newest release waits."""
    workspace = made(tmp_path_factory.mktemp("sample"), demo, STORIES)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Without stories: everything is published."""
    workspace = made(tmp_path_factory.mktemp("calm"), demo, frozenset())
    yield workspace
    workspace.close()
