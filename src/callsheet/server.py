"""Putting the parts together: workspace, domains, worker, jobs, app. Holds no logic of its own."""

from __future__ import annotations

import gc
import ipaddress
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet import domains
from callsheet.base.errors import BadInput, ConfigError, Conflict
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.workspace import Workspace, announce_server, open_workspace, withdraw_server

if TYPE_CHECKING:
    from fastapi import FastAPI

COLLECT_AFTER = 20_000
"""Objects made since the last collection, after which the young ones are looked through."""

TURN = 0.0005
"""Seconds after which a thread lets another one run. The writer of the stream often waits for its turn, and with it all
whose events it holds; Python's own 5 ms would add up to more than the writing itself."""


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
        app = create_app(services, domains.routers(), domains.publics(), lifespan, domains.fronts())
        yield Assembled(workspace, app, services, changed)
    finally:
        workspace.close()


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], None] | None = None) -> None:
    """Serve a workspace until interrupted; the worker and the jobs run beside.

    The port is taken before the address is told to anybody. `port` 0 takes any free one.
    """
    import uvicorn

    from callsheet.worker import Worker, jobs_of, spare_compiler

    spare_compiler()
    door = listen(host, port)
    url = f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}"

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services: Services = app.state.services
        worker = Worker(services.workspace)
        services.jobs = jobs_of(services.workspace, worker)
        services.jobs.launch()
        services.wake = worker.wake
        worker.start()
        with suppress(ConfigError):  # a warehouse that is only read has no stream
            services.workspace.stream.start()
        announce_server(folder, url)
        if ready:
            ready(url)
        _spare_the_collector()
        sys.setswitchinterval(TURN)
        try:
            yield
        finally:
            withdraw_server(folder)
            worker.stop()
            services.jobs.close()

    with door, assemble(folder, lifespan) as assembled:
        if isinstance(assembled.workspace.facts, DuckWarehouse):
            _spare_pandas()
        check_reach(assembled.workspace, host)
        config = uvicorn.Config(assembled.app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
        server = uvicorn.Server(config)
        server.run(sockets=[door])
        if not server.started:
            raise SystemExit(1)  # the log has said why


def _spare_pandas() -> None:
    """Let Arrow find no pandas when it first looks. It would load it, which takes 35 MB, only to see that none of the
    lists that are given to it is one of pandas'. Whoever asks Arrow for pandas itself gets it all the same.
    """
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(finder)


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ImportError("left out")


def _spare_the_collector() -> None:
    """Leave what is loaded by now out of garbage collection, and collect less often.

    Requests with many events make many small objects; looking through all modules for each few hundred of them took
    a fifth of the time of taking events in.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def listen(host: str, port: int) -> socket.socket:
    """Take the port: Conflict when another program has it, BadInput when there is no such address here."""
    if not 0 <= port <= 65535:
        raise BadInput(f"There is no port {port}.", "Give --port a number from 1 to 65535.")
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as why:
        raise BadInput(f"There is no address {host}, port {port}.", "Give --host an address of this machine.") from why
    try:
        return socket.create_server(address[:2], family=family)
    except OSError as why:
        words = f"Port {port} of {host} cannot be used: {why.strerror or why}."
        raise Conflict(words, "Stop the program that has it, or give another with --port.") from why


def check_reach(workspace: Workspace, host: str) -> None:
    """Raise ConfigError when others could reach a workspace in which every visitor is an owner."""
    if workspace.config.signin.demo and not _loopback(host):
        raise ConfigError(
            f"This workspace signs every visitor in as an owner, so it is not served at {host}.",
            "Take `demo = true` out of [signin] in callsheet.toml, or serve it at 127.0.0.1.",
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
