"""A workspace whose today is 22 November 2026, 16:00 UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.model.actor import Actor
from callsheet.store.workspace import Workspace, in_memory

NOW = datetime(2026, 11, 22, 16)
PINNED = WorkspaceSettings(as_of="2026-11-22T16:00:00")
BOB = Actor("bob", "Bob", "member")
CAROL = Actor("carol", "Carol", "viewer")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = in_memory(tmp_path, Config(folder=tmp_path, workspace=PINNED))
    yield opened
    opened.close()
