"""A process of its own for a test to kill: it runs a piece of Python against a workspace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"
OPEN = """
import os, signal, sys, time
from pathlib import Path
from callsheet import domains
from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.store.book import CursorRow
from callsheet.store.workspace import open_workspace
domains.records()
def say(word):
    sys.stdout.write(f"{word}\\n")
    sys.stdout.flush()
workspace = open_workspace(Path(sys.argv[1]))
say("open")
"""


@contextmanager
def child(folder: Path, code: str, *given: str) -> Iterator[subprocess.Popen[str]]:
    """Run the code with an open `workspace`; gone when the block ends."""
    command = [sys.executable, "-c", OPEN + code, str(folder), *given]
    environment = os.environ | {"PYTHONPATH": str(SRC)}
    with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as process:
        try:
            heard(process, "open")
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str], word: str) -> list[str]:
    """Wait for a line that begins with the word; return the lines until then."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith(word):
            return lines
    raise AssertionError(f"the process ended with {process.wait()} before it said {word}: {lines}")


def killed(process: subprocess.Popen[str]) -> list[str]:
    """Kill the process as the power switch would; return what it had said."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    said = process.stdout.read().split("\n")
    assert process.wait(20) == -signal.SIGKILL
    return said
