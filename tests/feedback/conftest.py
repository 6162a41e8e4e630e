"""A workspace with a handful of feedback, counted by hand in the tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.store.workspace import Workspace, in_memory

NOW = datetime(2026, 11, 22, 16)
PINNED = WorkspaceSettings(as_of="2026-11-22T16:00:00")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def item(key: str, person: str | None, account: str | None, days: float, title: str = "A title") -> dict[str, Any]:
    return {
        "feedback_id": key, "given_at": ago(days), "title": title, "body": f"{title}, in full.", "person_id": person,
        "account_id": account, "channel": "support", "kind": "idea", "product": "p", "segment": "mid",
    }  # fmt: skip


FEEDBACK = [
    item("f1", "u1", "a1", 3, "Import fails on large files"),
    item("f2", "u1", "a1", 2, "Import fails again"),
    item("f3", "u2", "a2", 10, "Import of files"),
    item("f4", "u3", "a2", 40, "The board is slow"),
    item("f5", "u4", "a3", 45, "Slow board with many cards"),
    item("f6", None, None, 5, "A note nobody signed"),
]
ACCOUNTS = [
    {"account_id": key, "name": f"Account {key}", "segment": "mid", "revenue": revenue, "owner": "o"}
    for key, revenue in (("a1", 1000.0), ("a2", 500.0), ("a3", None))
]
PERSONS = [{"person_id": f"u{n}", "name": f"User {n}", "account_id": "a1"} for n in range(1, 5)]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Today is 22 November 2026."""
    opened = in_memory(tmp_path, Config(folder=tmp_path, workspace=PINNED))
    with opened.facts.batch("portal", "test") as batch:
        batch.merge("feedback", FEEDBACK)
        batch.merge("accounts", ACCOUNTS)
        batch.merge("persons", PERSONS)
    yield opened
    opened.close()
