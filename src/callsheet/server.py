"""Putting the parts together: workspace, domains, worker, jobs, app. Holds no logic of its own."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet import domains
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.store.workspace import Workspace, announce_server, open_workspace, withdraw_server

if TYPE_CHECKING:
    from fastapi import FastAPI


@dataclass(slots=True)
class Assembled:
    """An open workspace with its app."""

    workspace: Workspace
    app: FastAPI
    services: Services
    changed: threading.Event = field(default_factory=threading.Event)
    opened: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.opened = self._version()

    def settle(self) -> None:
        """Carry out the consequences of what was changed in this process."""
        if self.changed.is_set() or self._version() != self.opened:
            from callsheet.worker import Worker

            Worker(self.workspace).pump()

    def _version(self) -> tuple[int, int]:
        return self.workspace.facts.version, self.workspace.books.version


@contextmanager
def assemble(folder: Path, lifespan: Callable[[FastAPI], object] | None = None) -> Iterator[Assembled]:
    """Open a workspace and build its app."""
    domains.load()
    domains.records()
    workspace = open_workspace(folder)
    changed = threading.Event()
    services = Services(workspace, searches=domains.searches(), badges=domains.badges(), wake=changed.set)
    try:
        app = create_app(services, domains.routers(), domains.publics(), lifespan)
        yield Assembled(workspace, app, services, changed)
    finally:
        workspace.close()


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], None] | None = None) -> None:
    """Serve a workspace until interrupted; the worker and the jobs run beside."""
    import uvicorn

    from callsheet.worker import Worker, jobs_of

    url = f"http://{host}:{port}"

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services: Services = app.state.services
        worker = Worker(services.workspace)
        services.jobs = jobs_of(services.workspace, worker)
        services.jobs.launch()
        services.wake = worker.wake
        worker.start()
        announce_server(folder, url)
        if ready:
            ready(url)
        try:
            yield
        finally:
            withdraw_server(folder)
            worker.stop()
            services.jobs.close()

    with assemble(folder, lifespan) as assembled:
        uvicorn.run(assembled.app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=3)
