"""A workspace: one folder with its project file, its warehouse, its book and its key.

One process holds a workspace with the embedded warehouse. A server writes `server.json` so that
commands find it and go through its API.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import StaticPool, create_engine

from callsheet.base.config import Config, EventsSettings, filled_path, load
from callsheet.base.errors import ConfigError, NotFound
from callsheet.base.time import utc_now
from callsheet.store.book import Base, Books, sqlite_url
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.histories import Histories
from callsheet.store.warehouse import Warehouse

if TYPE_CHECKING:
    from callsheet.store.stream import Stream

STATE = ".callsheet"


@dataclass(slots=True)
class Workspace:
    """An open workspace. `cache` is the metrics' cache; it lives as long as the workspace is open."""

    folder: Path
    config: Config
    facts: Warehouse
    books: Books
    cache: dict[Any, Any] = field(default_factory=dict)
    _histories: Histories | None = None
    _stream: Stream | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """The present moment (naive UTC), or the project file's `as_of`."""
        return self.config.as_of or utc_now()

    @property
    def state(self) -> Path:
        """Folder of the workspace's own files."""
        return self.folder / STATE

    @property
    def key(self) -> str:
        """The workspace key: gives commands on this machine the rights of an owner."""
        return (self.state / "key").read_text(encoding="utf-8").strip()

    @property
    def histories(self) -> Histories:
        """Events as arrays, for questions about usage; opened when first asked for."""
        with self._opening:
            if self._histories is None:
                self._histories = self._open_histories()
            return self._histories

    def _open_histories(self) -> Histories:
        if isinstance(self.facts, DuckWarehouse):
            from callsheet.store.histories.indexed import IndexedHistories

            folder = self.state / "histories" if self.facts.kept else None
            return IndexedHistories(folder, self.facts, zone=self.config.zone)
        from callsheet.store.histories.expressed import ExpressedHistories

        return ExpressedHistories(self.facts.tables(), self.facts.run, lambda: (self.facts.version, self.facts.moved))

    @property
    def stream(self) -> Stream:
        """The stream of events into the warehouse; opened at the first use. ConfigError for an engine without."""
        with self._opening:
            if self._stream is None:
                from callsheet.store.engines.duck_stream import DuckSink
                from callsheet.store.stream import Stream

                if not isinstance(self.facts, DuckWarehouse):
                    raise ConfigError("This warehouse is only read: no events can be sent to it.", "Send them there.")
                self._stream = Stream(DuckSink(self.facts, self.config.usage.dedupe_hours, self.state))
            return self._stream

    def close(self) -> None:
        """Store what was handed to the stream, and let go of the databases."""
        if self._stream is not None:
            self._stream.close()
        if self._histories is not None:
            self._histories.close()
        self.facts.close()
        self.books.close()


def exists(folder: Path) -> bool:
    """Whether the folder is a workspace."""
    return (folder / STATE / "key").exists()


def create(folder: Path) -> None:
    """Make the folder a workspace; one that is already keeps everything."""
    state = folder / STATE
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o700)
    (state / ".gitignore").write_text("*\n", encoding="utf-8")
    if not (state / "key").exists():
        descriptor = os.open(state / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))


def open_workspace(folder: Path) -> Workspace:
    """Open a workspace; WorkspaceBusy when another process holds it, NotFound when there is none."""
    if not exists(folder):
        raise NotFound(f"{folder} is not a Callsheet workspace.", "Run `callsheet init` there, or `callsheet demo`.")
    config = load(folder)
    if config.store.warehouse != "duckdb":
        raise ConfigError(f"This version has no warehouse engine {config.store.warehouse!r}.", "Use `duckdb`.")
    here = DuckWarehouse(folder / STATE / "warehouse.duckdb", config.store.memory_limit)
    facts: Warehouse = here
    if config.events.engine:
        from callsheet.store.engines.elsewhere import Elsewhere

        try:
            facts = Elsewhere(here, _events_of(config, folder))
        except BaseException:
            here.close()
            raise
    book = config.store.book
    books = Books(sqlite_url(folder / STATE / "book.sqlite") if book == "sqlite" else book)
    from callsheet.store.migrate import upgrade

    try:
        upgrade(books)
    except BaseException:
        facts.close()
        books.close()
        raise
    return Workspace(folder, config, facts, books)


def _events_of(config: Config, folder: Path) -> EventsSettings:
    """Return where events stay; files on this machine are named from the workspace folder."""
    events = config.events
    if events.engine != "duckdb" or not events.path or "://" in events.path:
        return events
    return replace(events, path=str(filled_path(events.path, folder, "[events]")))


def in_memory(folder: Path, config: Config | None = None) -> Workspace:
    """A workspace for tests: the warehouse in memory, the book's tables made without migrations."""
    create(folder)
    file = folder / STATE / "book.sqlite"
    if not file.exists():
        file.write_bytes(_empty_book(tuple(Base.metadata.tables)))
    return Workspace(folder, config or Config(folder=folder), DuckWarehouse(None), Books(sqlite_url(file)))


@cache
def _empty_book(_tables: tuple[str, ...]) -> bytes:
    """The file of a book with the tables that are known by now: made once, because that takes as long as a test."""
    with closing(sqlite3.connect(":memory:")) as connection:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        Base.metadata.create_all(engine)
        return connection.serialize()


def announce_server(folder: Path, url: str) -> None:
    """Write where the server that holds this workspace answers."""
    path = folder / STATE / "server.json"
    path.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    path.chmod(0o600)


def withdraw_server(folder: Path) -> None:
    """Forget the server."""
    with suppress(FileNotFoundError):
        (folder / STATE / "server.json").unlink()


def running_server(folder: Path) -> str | None:
    """Return the address of the server that holds the workspace, if its process lives and it answers.

    A file left behind by a killed server counts for nothing, even when another process has its number now.
    """
    try:
        told = json.loads((folder / STATE / "server.json").read_text(encoding="utf-8"))
        url = str(told["url"])
        if not _lives(int(told["pid"])) or not _listens(url):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:  # somebody else's process
        return True
    except OSError:
        return False
    return True


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=2):
            return True
    except OSError:
        return False
