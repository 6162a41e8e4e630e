"""The two lanes of `make test`."""

from __future__ import annotations

import io
import sys
import threading
import time
from pathlib import Path

from scripts.check import Run


def program(words: str) -> tuple[str, ...]:
    """A part that runs these statements."""
    return (sys.executable, "-c", words)


def test_a_part_that_fails_holds_up_no_other_and_all_is_told(tmp_path: Path) -> None:
    said = io.StringIO()
    run = Run(
        ({"good": program("print('fine')"), "bad": program("exit(3)"), "last": program("")}, {"side": program("")}),
        said,
        tmp_path,
    )
    assert not run.all()
    assert {name: code for name, (code, _) in run.ended.items()} == {"good": 0, "bad": 3, "last": 0, "side": 0}
    assert "===== good\nfine\n" in said.getvalue()
    assert "FAILED (3)" in said.getvalue()


def test_lanes_run_side_by_side(tmp_path: Path) -> None:
    """Each waits for what the other one makes; in turn they would never end."""
    meet = (
        "import pathlib, time; here, there = map(pathlib.Path, {!r}); here.touch()\n"
        "while not there.exists(): time.sleep(.01)"
    )
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    lanes = ({"one": program(meet.format((one, other)))}, {"other": program(meet.format((other, one)))})
    assert Run(lanes, io.StringIO(), tmp_path).all()


def test_an_end_from_outside_ends_the_parts(tmp_path: Path) -> None:
    said = io.StringIO()
    run = Run(
        ({"long": program("import time; print('begun', flush=True); time.sleep(60)"), "never": program("")},),
        said,
        tmp_path,
    )
    begun = time.monotonic()
    ending = threading.Timer(0.5, run.stop)
    ending.start()
    assert not run.all()
    assert time.monotonic() - begun < 30
    assert list(run.ended) == ["long"]
