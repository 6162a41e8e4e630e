"""From installed to served: the small sample company, `python -m bench.demo`."""

from __future__ import annotations

import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.measure import PROGRAM, record

PORT = 8179
RUNS = 3


def served() -> float:
    """Seconds from the command to the first answer of the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        command = [PROGRAM, "demo", "--dir", Path(folder) / "demo", "--port", str(PORT)]
        with subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL) as process:
            try:
                _wait(f"http://127.0.0.1:{PORT}/api/health", begin)
                return time.perf_counter() - begin
            finally:
                process.terminate()


def _wait(url: str, begin: float) -> None:
    while time.perf_counter() - begin < 120:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The demo did not answer within two minutes.")


def main() -> None:
    """Measure, print, record."""
    times = sorted(served() for _ in range(RUNS))
    record("Demo, small", [f"- installed to served: {times[RUNS // 2]:.1f} s (median of {RUNS}; goal under 15 s)"])


if __name__ == "__main__":
    main()
