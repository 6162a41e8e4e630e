"""One domain's part of the sample company, in a workspace of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import ModuleType

from callsheet.base.config import Config, WorkspaceSettings
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import Company
from callsheet.store.workspace import Workspace, in_memory

TODAY = datetime(2026, 11, 22, 16)


def made(folder: Path, demo: ModuleType, stories: frozenset[str]) -> Workspace:
    """A workspace at a fixed moment with the facts and decisions of a domain's `demo` module."""
    workspace = in_memory(folder, Config(workspace=WorkspaceSettings(as_of="2026-11-22T16:00:00"), folder=folder))
    company = Company(TODAY, stories=stories)
    with workspace.facts.batch("demo", "sample") as batch:
        for table, rows in demo.facts(company):
            batch.merge(table, rows)
    with workspace.books.change(workspace.now()) as book:
        demo.decide(book, company, SYSTEM)
    return workspace
