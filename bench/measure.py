"""Measuring whole commands: wall time and peak memory of the process and its children, by the system's account."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
PROGRAM = Path(sys.executable).parent / "callsheet"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command: seconds of wall clock, and peak resident memory in MB of the largest process."""

    seconds: float
    megabytes: float


def run(command: Sequence[str | Path], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> Run:
    """Run a command to its end; a failure stops the benchmark with the command's own message."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    message = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{message.decode(errors='replace')}")
    process.returncode = 0
    return Run(seconds, usage.ru_maxrss / 1024)


def median(runs: Sequence[Run]) -> Run:
    """Return the median of times and the largest memory."""
    return Run(statistics.median(one.seconds for one in runs), max(one.megabytes for one in runs))


def machine() -> str:
    """Return the machine's class in words; no name of it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {total:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def record(title: str, lines: Sequence[str]) -> None:
    """Print the figures, and put them into RESULTS.md in place of the older ones of the same title."""
    body = "\n".join(lines)
    sys.stdout.write(f"{title}\n{body}\n")
    empty = "# Measured\n\nEach section is written by its benchmark.\n"
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else empty
    begin = text.find(f"\n## {title}\n")
    if begin >= 0:
        end = text.find("\n## ", begin + 4)
        text = text[:begin] + (text[end:] if end >= 0 else "")
    section = f"\n## {title}\n\n{date.today().isoformat()}, {machine()}.\n\n{body}\n"
    RESULTS.write_text(text.rstrip("\n") + "\n" + section, encoding="utf-8")
