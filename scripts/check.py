"""Run everything that `make test` runs, in two lanes side by side, and tell how long each part took.

Browsers wait more than they work, so they share two cores with all the rest. Spark's client ends the workers of
others, so the other engines keep to a process of their own. What a part prints is shown when it has ended; until then
it can be read in test-results/.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
MAKE = ("make", "--no-print-directory", "-s")
PYTEST = (sys.executable, "-m", "pytest", "-q")
REST = ("-n", "2", "--dist", "loadscope", "-m", "not browser and not engines")
LANES: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "browser": (*PYTEST, "-m", "browser", "tests/browser"),
        "engines": (*PYTEST, "-m", "engines", "tests/engines", "tests/store"),  # conftest.py lets none stand elsewhere
    },
    {"lint": (*MAKE, "lint"), "web": (*MAKE, "web"), "tests": (*PYTEST, *REST)},
)


@dataclass
class Run:
    """All parts: which have ended how, and which are under way."""

    lanes: tuple[dict[str, tuple[str, ...]], ...]
    out: IO[str]
    folder: Path = ROOT / "test-results"
    begun: float = field(default_factory=time.monotonic)
    ended: dict[str, tuple[int, float]] = field(default_factory=dict)
    under_way: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stopped: bool = False
    _one: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> bool:
        """Run the lanes; true when every part went well. A part that fails holds up no other."""
        threads = [threading.Thread(target=self._lane, args=(lane,)) for lane in self.lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, (code, seconds) in self.ended.items():
            self._say(f"{name:10}{seconds:6.0f} s  {'passed' if code == 0 else f'FAILED ({code})'}")
        self._say(f"{'together':10}{time.monotonic() - self.begun:6.0f} s")
        return not self.stopped and all(code == 0 for code, _ in self.ended.values())

    def stop(self) -> None:
        """End what is under way; nothing more begins."""
        self.stopped = True
        for process in list(self.under_way.values()):
            process.send_signal(signal.SIGINT)  # pytest tells what has failed until then

    def _lane(self, lane: dict[str, tuple[str, ...]]) -> None:
        for name, command in lane.items():
            if not self.stopped:
                self._part(name, command)

    def _part(self, name: str, command: tuple[str, ...]) -> None:
        begun = time.monotonic()
        self._say(f"{name} begins: {' '.join(command)}")
        self.folder.mkdir(exist_ok=True)
        with (self.folder / f"{name}.txt").open("w+b") as said:
            process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
            self.under_way[name] = process
            code = process.wait()
            del self.under_way[name]
            said.seek(0)
            self.ended[name] = code, time.monotonic() - begun
            self._say(f"\n===== {name}\n{said.read().decode(errors='replace').rstrip()}\n")

    def _say(self, words: str) -> None:
        with self._one:
            self.out.write(f"{words}\n")
            self.out.flush()


def main() -> int:
    """Run it all; 1 when something failed. An end from outside ends the parts too, and shows what they said."""
    run = Run(LANES, sys.stdout)
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: run.stop())
    return 0 if run.all() else 1


if __name__ == "__main__":
    sys.exit(main())
