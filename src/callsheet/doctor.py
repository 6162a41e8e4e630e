"""Checking an installation: what is wrong, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from callsheet.base.config import load
from callsheet.base.errors import CallsheetError

LEAST_FREE = 500 * 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    words: str
    mend: str = ""


def examine(folder: Path) -> list[Check]:
    """Look at the installation and at the workspace in `folder`."""
    from callsheet.store.workspace import exists

    checks = [*_installation()]
    if not exists(folder):
        return [*checks, Check("workspace", False, f"{folder} is not a workspace.", "Run `callsheet init` there.")]
    return [*checks, *_workspace(folder)]


def _installation() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")
    index = Path(__file__).parent / "http" / "static" / "index.html"
    yield Check(
        "web pages", index.exists(), "built" if index.exists() else "missing", "Run `make setup`, or install the wheel."
    )
    found = shutil.which("git")
    yield Check("git", found is not None, "found" if found else "missing", "Install git; the git source needs it.")
    yield _tried("chart drawing", _draw, "Reinstall Callsheet; a compiled part is missing.")


def _draw() -> str:
    from callsheet.charts import line, render

    png = render.png(line({"a": [("2026-01-01", 1.0), ("2026-01-02", 2.0)]}, title="check"))
    return f"works ({len(png):,} bytes)"


def _workspace(folder: Path) -> Iterator[Check]:
    from callsheet.store.workspace import STATE, running_server

    yield _tried("project file", lambda: f"{len(load(folder).sources)} sources", "Correct callsheet.toml.")
    mode = (folder / STATE / "key").stat().st_mode & 0o077
    yield Check("workspace key", mode == 0, "for its owner only" if not mode else "others can read it",
                f"Run: chmod 600 {STATE}/key")  # fmt: skip
    free = shutil.disk_usage(folder).free
    yield Check("disk", free > LEAST_FREE, f"{free / 2**30:.1f} GB free", "Free some space; imports need it.")
    server = running_server(folder)
    if server:
        yield _tried("server", lambda: _asked(folder), "Stop it and run `callsheet serve` again.")
        return
    yield _tried("warehouse and book", lambda: _opened(folder), "Restore the .callsheet folder from a backup.")


def _asked(folder: Path) -> str:
    from callsheet.client import connect

    with connect(folder) as api:
        return f"version {api.get('/api/health')['version']} answers"


def _opened(folder: Path) -> str:
    from callsheet import domains
    from callsheet.store.workspace import open_workspace

    domains.records()
    workspace = open_workspace(folder)
    try:
        return f"{sum(workspace.facts.counts().values()):,} facts, {workspace.books.version:,} log entries"
    finally:
        workspace.close()


def _tried(name: str, look: Callable[[], str], mend: str) -> Check:
    try:
        return Check(name, True, look())
    except CallsheetError as why:
        return Check(name, False, str(why), why.mend)
    except Exception as why:
        return Check(name, False, f"{type(why).__name__}: {why}", mend)
