"""Making the sample company: every domain gives its facts and takes its decisions."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from callsheet import domains
from callsheet.base.errors import Conflict
from callsheet.http.records import Member
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.model.sample import PEOPLE, STORIES, Company
from callsheet.store.book import Book
from callsheet.store.workspace import STATE, Workspace, create, exists, open_workspace, running_server

ORDER = ("people", "stack", "usage", "delivery", "releases", "feedback", "roadmap", "experiments", "loop")
"""Later domains build on what earlier ones decided."""
PROJECT = """# The sample company. `callsheet demo` writes it anew each time.
[workspace]
name = "Northlight"
time_zone = "Europe/Madrid"
currency = "€"
{as_of}
[signin]
demo = true
"""


def make(
    folder: Path, size: str = "small", today: datetime | None = None, stories: frozenset[str] = STORIES,
    tell: Callable[[str], None] = lambda _: None,
) -> None:  # fmt: skip
    """Make the sample company in `folder`, replacing an earlier one. `today` pins its calendar."""
    _clear(folder)
    pinned = f'as_of = "{today:%Y-%m-%dT%H:%M:%SZ}"' if today else ""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "callsheet.toml").write_text(PROJECT.format(as_of=pinned), encoding="utf-8")
    create(folder)
    domains.load()
    domains.records()
    workspace = open_workspace(folder)
    try:
        fill(workspace, Company(today=workspace.now(), size=size, stories=stories), tell)
    finally:
        workspace.close()


def make_apart(*given: str) -> None:
    """Make the sample company by another process, whose memory is gone before a server begins in this one. Ends this
    one as that one ends when it fails, which has said why."""
    command = [sys.executable, "-P", "-c", "from callsheet.cli import main; main()", "demo", "--no-serve", *given]
    if code := subprocess.run(command, check=False).returncode:
        raise SystemExit(code)


def fill(workspace: Workspace, company: Company, tell: Callable[[str], None] = lambda _: None) -> None:
    """Bring the company's facts and decisions into an empty workspace, and let the worker settle them."""
    from callsheet.worker import Worker

    found = domains.parts("demo")
    parts = [found[name] for name in ORDER if name in found]
    lives = [_land(workspace, part, company, tell) for part in parts]
    with workspace.books.change(workspace.now()) as book:
        _members(book)
    for part in parts:
        if hasattr(part, "decide"):
            with workspace.books.change(workspace.now()) as book:
                part.decide(book, company, SYSTEM)
    for live in filter(None, lives):
        live.send(workspace)
    tell("Looking for findings")
    Worker(workspace).pump()


def _land(workspace: Workspace, part: Any, company: Company, tell: Callable[[str], None]) -> Any:
    """Land a part's facts; return what is to be sent once everything is decided, if it holds anything back."""
    if not hasattr(part, "facts"):
        return None
    live = part.Live(company) if hasattr(part, "Live") else None
    name = part.__name__.split(".")[-2]
    tell(f"Facts of {name}")
    with workspace.facts.batch("sample", name, actor=SYSTEM.id) as batch:
        for table, rows in part.facts(company):
            batch.merge(table, live.before(table, rows) if live else rows)
    return live


def _members(book: Book) -> None:
    """The demo owner, who has no password: only `[signin] demo` lets visitors in as this member."""
    person = next(one for one in PEOPLE if one.id == "xavi")
    book.add(
        Member(id="demo", name=person.name, email=person.email, role="owner", person_id=person.id, created_at=book.now)
    )
    book.log("member.added", Ref("member", "demo"), SYSTEM, name=person.name, role="owner")


def _clear(folder: Path) -> None:
    if not folder.exists() or not any(folder.iterdir()):
        return
    marker = folder / "callsheet.toml"
    ours = marker.exists() and marker.read_text(encoding="utf-8").startswith("# The sample company.")
    if not ours or not exists(folder):
        raise Conflict(f"{folder} is not empty and is not a sample company.", "Choose another folder with --dir.")
    if running_server(folder):
        raise Conflict(f"A server is running on {folder}.", "Stop it, or choose another folder with --dir.")
    shutil.rmtree(folder / STATE)
