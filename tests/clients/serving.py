"""A server that listens on a port, whose answers may be made to fail as those of a server in trouble do."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callsheet import domains
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.model.actor import SYSTEM
from callsheet.store.workspace import Workspace, in_memory
from callsheet.usage.actions.event_sources import add_source

TROUBLE = b'{"success":false,"message":"out of order"}'


@dataclass
class Listening:
    """A server: its address, workspace and key. `trouble` is what goes wrong with the next requests for events:
    (status, whether the server takes the events all the same and only its answer is lost)."""

    url: str
    workspace: Workspace
    key: str
    trouble: deque[tuple[int, bool]] = field(default_factory=deque)
    answers: list[int] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """Return the events of the warehouse, in the order they came."""
        self.workspace.stream.settle()
        table = self.workspace.facts.tables()["events"]
        return list(self.workspace.facts.run(table.order_by("seq")).to_pylist())

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        return list(self.workspace.facts.run(self.workspace.facts.tables()[name]).to_pylist())

    def outcomes(self) -> dict[str, int]:
        """Return what became of everything sent."""
        found: dict[str, int] = {}
        for row in self.table("intake_counts"):
            found[row["outcome"]] = found.get(row["outcome"], 0) + int(row["amount"])
        return found


@contextmanager
def listening(folder: Path) -> Iterator[Listening]:
    """Serve an empty workspace with one source called `web`."""
    workspace = in_memory(folder)
    with workspace.books.change() as book:
        key = add_source(book, "Web", SYSTEM).write_key
    app = create_app(Services(workspace), domains.routers(), domains.publics(), fronts=domains.fronts())
    found = Listening("", workspace, key)
    server = uvicorn.Server(uvicorn.Config(_troubled(app, found), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        found.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield found
    finally:
        server.should_exit = True
        thread.join(20)
        workspace.close()


def _troubled(app: ASGIApp, found: Listening) -> ASGIApp:
    """Return the app behind something that fails as it is told."""

    async def passed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status, taken = found.trouble.popleft() if found.trouble else (0, True)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.answers.append(status or message["status"])
            if not status:
                await send(message)

        if taken:
            await app(scope, receive, noted)
        else:
            await receive()
            found.answers.append(status)
        if status:
            kind = [(b"content-type", b"application/json"), (b"content-length", str(len(TROUBLE)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": kind})
            await send({"type": "http.response.body", "body": TROUBLE})

    return passed
