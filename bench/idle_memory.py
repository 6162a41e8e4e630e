"""Memory of a server that nobody asks, once its worker has settled: `python -m bench.idle_memory`. Linux only.

The sample company has alerts and cohorts, so its detectors need compiled functions; an empty workspace needs none.
Peer in the same run: an interpreter that has only imported what any such server needs (FastAPI, DuckDB, Ibis, Arrow).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.measure import PROGRAM, record, run

SETTLED = 30
"""Seconds without another process and without a change of more than 2 MB, after which a server counts as settled."""
PEER = "import fastapi, duckdb, ibis, ibis.backends.duckdb, pyarrow, sqlalchemy, sys; print(); sys.stdin.read()"


def told(pid: int, file: str) -> dict[str, float]:
    """Return the amounts in a file of /proc, in MB."""
    lines = (line.split() for line in Path(f"/proc/{pid}/{file}").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) / 1024 for words in lines if words[-1] == "kB"}


def children(pid: int) -> int:
    """Return how many processes a process has begun that have not ended."""
    found = 0
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            found += int(one.read_text(errors="replace").rpartition(")")[2].split()[1]) == pid
    return found


def settle(pid: int) -> None:
    """Wait until the process stays as it is."""
    seen: list[tuple[float, float]] = []
    while True:
        time.sleep(1)
        now, size = time.monotonic(), told(pid, "status")["VmRSS"]
        if children(pid) or any(abs(size - other) > 2 for _, other in seen):
            seen.clear()
        seen.append((now, size))
        if now - seen[0][0] >= SETTLED:
            return


def measured(command: list[str | Path], ready: Callable[[subprocess.Popen[str]], object]) -> dict[str, float]:
    """Return what a program holds when it has settled."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True) as process:
        try:
            ready(process)
            settle(process.pid)
            return told(process.pid, "status") | told(process.pid, "smaps_rollup")
        finally:
            process.terminate()


def served(folder: Path) -> dict[str, float]:
    """Return what the server of a workspace holds."""

    def ready(process: subprocess.Popen[str]) -> None:
        assert process.stdout
        said = process.stdout.readline()
        assert "Callsheet is at" in said, said

    return measured([PROGRAM, "serve", "--dir", folder, "--port", "0"], ready)


def words(found: dict[str, float]) -> str:
    """Return the figures of a process in words."""
    return (
        f"{found['VmRSS']:.0f} MB resident, of which {found['RssFile']:.0f} MB are libraries that processes share;"
        f" peak {found['VmHWM']:.0f} MB"
    )


def main() -> None:
    """Measure, print, record."""
    with tempfile.TemporaryDirectory() as temporary:
        demo, empty = Path(temporary) / "demo", Path(temporary) / "empty"
        run([PROGRAM, "demo", "--dir", demo, "--no-serve"])
        run([PROGRAM, "init", empty])
        first, sample, nothing = served(demo), served(demo), served(empty)
    peer = measured([sys.executable, "-c", PEER], lambda one: one.stdout and one.stdout.readline())
    record("Memory of an idle server", [
        f"- sample company: {words(sample)} (goal under 400)",
        f"- the same, where its detectors ran for the first time: {words(first)}",
        f"- empty workspace: {words(nothing)}",
        f"- FastAPI, DuckDB, Ibis, Arrow and SQLAlchemy imported, and nothing done: {words(peer)};"
        f" ratio {sample['VmRSS'] / peer['VmRSS']:.1f}",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
