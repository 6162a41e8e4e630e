"""A workspace on disk, closed, for processes to open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callsheet.store.workspace import Workspace, create, open_workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty workspace that nobody holds."""
    create(tmp_path)
    open_workspace(tmp_path).close()
    return tmp_path


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """Open the workspace in this process for a moment."""
    workspace = open_workspace(folder)
    try:
        yield workspace
    finally:
        workspace.close()
