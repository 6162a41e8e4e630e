"""Two processes on one workspace, and what a dead server leaves behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet.base.errors import WorkspaceBusy
from callsheet.client import Client
from callsheet.store.workspace import STATE, announce_server, open_workspace, running_server, withdraw_server
from tests.faults.child import child, killed


def test_a_second_process_is_told_who_is_there(folder: Path) -> None:
    with child(folder, "time.sleep(60)") as process:
        with pytest.raises(WorkspaceBusy, match="Another process") as raised:
            open_workspace(folder)
        assert "callsheet serve" in raised.value.mend
        killed(process)
    open_workspace(folder).close()


def _told(folder: Path, pid: int, url: str) -> None:
    (folder / STATE / "server.json").write_text(json.dumps({"url": url, "pid": pid}), encoding="utf-8")


def test_a_server_is_found_while_it_answers(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        announce_server(folder, url)
        assert running_server(folder) == url
        assert (folder / STATE / "server.json").stat().st_mode & 0o077 == 0
        withdraw_server(folder)
        assert running_server(folder) is None
        withdraw_server(folder)


def test_what_a_dead_server_left_behind_counts_for_nothing(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    with socket.create_server(("127.0.0.1", 0)) as another:
        _told(folder, dead.pid, f"http://127.0.0.1:{another.getsockname()[1]}")
        assert running_server(folder) is None


def test_a_number_that_another_process_has_now_counts_for_nothing(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    _told(folder, os.getpid(), f"http://127.0.0.1:{port}")
    assert running_server(folder) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"url": 1}', '{"url": "http://x", "pid": "y"}'])
def test_a_broken_server_file_counts_for_nothing(folder: Path, text: str) -> None:
    (folder / STATE / "server.json").write_text(text, encoding="utf-8")
    assert running_server(folder) is None


def test_a_server_that_dies_under_a_command_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(WorkspaceBusy, match="stopped answering") as raised:
        Client(f"http://127.0.0.1:{port}", "key").get("/api/health")
    assert "callsheet serve" in raised.value.mend
