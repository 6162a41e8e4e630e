"""The worker does all of its parts, whatever becomes of one."""

from __future__ import annotations

import threading

import pytest

from callsheet.store.workspace import Workspace
from callsheet.worker import Worker


@pytest.mark.parametrize("broken", ["warm", "_send_sheets"])
def test_what_breaks_while_a_sheet_is_made_holds_up_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """A section that fails must not keep requesters from being told."""
    worker, pumped = Worker(workspace), threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(worker, broken, fail)
    monkeypatch.setattr(worker, "pump", pumped.set)
    worker.start()
    try:
        assert pumped.wait(10)
    finally:
        worker.stop()
