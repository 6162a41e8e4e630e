"""A server of its own for each test, and Node with the clients of its package registry."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import clients, ui
from tests.clients.serving import Listening, listening

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here opens a server."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.integration)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Listening]:
    """An empty workspace, served."""
    with listening(tmp_path) as found:
        yield found


@pytest.fixture
def node(server: Listening) -> Callable[..., str]:
    """Run a script of tests/clients/node against the server; its text."""
    clients.install()

    def run(script: str, **options: Any) -> str:
        command = [str(ui.node()), str(HERE / "node" / script), server.url, server.key, json.dumps(options)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
