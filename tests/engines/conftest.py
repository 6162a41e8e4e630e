"""Other engines, really running: ClickHouse's behind HTTP, and a Spark Connect server. One of each a session."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

FRONT = Path(__file__).parent / "front.py"
QUIET = subprocess.DEVNULL


def _free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "the engine stopped at once"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the engine did not start within 30 seconds")


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running ClickHouse engine."""
    port, folder = _free(), tmp_path_factory.mktemp("clickhouse")
    process = subprocess.Popen([sys.executable, str(FRONT), str(port), str(folder)], stdout=QUIET, stderr=QUIET)
    try:
        _wait(port, process)
        yield f"http://default@127.0.0.1:{port}/default"
    finally:
        process.kill()
        process.wait(30)


def _leave_spark() -> None:
    """Close what this process has open at Spark: at its end it would ask a server that is gone, for five minutes."""
    from pyspark.sql import SparkSession

    if session := SparkSession.getActiveSession():
        session.stop()


@pytest.fixture(scope="session")
def spark() -> Iterator[str]:
    """The address of a running Spark Connect server."""
    port = _free()
    begin = "from pysail.spark import SparkConnectServer as S; s = S('127.0.0.1', {}); s.start(background=False)"
    process = subprocess.Popen([sys.executable, "-c", begin.format(port)], stdout=QUIET, stderr=QUIET)
    try:
        _wait(port, process)
        yield f"sc://127.0.0.1:{port}"
        _leave_spark()
    finally:
        process.kill()
        process.wait(30)
