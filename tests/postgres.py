"""A Postgres cluster for the tests: made in a temporary folder, reached through a socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

HERE = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def program(name: str) -> str | None:
    """Where a program of Postgres is, if it is installed."""
    return shutil.which(name) or next((str(folder / name) for folder in HERE if (folder / name).exists()), None)


class Cluster:
    """A running Postgres; `database()` makes an empty database and returns its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://callsheet@/{name}?host={self.folder}"

    def database(self) -> str:
        name = f"book_{uuid.uuid4().hex[:12]}"
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)


def _missing() -> None:
    words = "Postgres (initdb, postgres) is not installed: apt-get install postgresql"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"{words}. On the build machine this is an error.")
    pytest.skip(words)


def _ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 30
    while not (folder / ".s.PGSQL.5432").exists() or not (folder / "data" / "postmaster.pid").exists():
        assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
        assert time.monotonic() < end, "Postgres did not start within 30 seconds"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One cluster a session. Postgres refuses to run as root, so root runs it as nobody."""
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        _missing()
        return
    folder = Path(tempfile.mkdtemp(prefix="callsheet-pg-", dir="/tmp"))
    other: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.getuid() == 0 else {}
    if other:
        shutil.chown(folder, "nobody")
    log = (folder / "log").open("wb")
    data = str(folder / "data")
    made = [initdb, "-D", data, "-U", "callsheet", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(made, check=True, stdout=log, stderr=log, cwd="/", **other)
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 200}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    running = subprocess.Popen([server, "-D", data, *options], stdout=log, stderr=log, cwd="/", **other)
    try:
        _ready(running, folder)
        yield Cluster(folder)
    finally:
        running.terminate()
        running.wait(30)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)
