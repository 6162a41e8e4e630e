"""Compiled functions run wherever Callsheet is installed: also where no machine code can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
WALKS = """
from callsheet.base.compiled import compiled


@compiled
def twice(x: int) -> int:
    return 2 * x


@compiled
def more(x: int) -> int:
    return twice(x) + 1
"""
CHILD = """
import resource, sys, warnings
warnings.simplefilter("error")
from walks import more, twice
if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
print(more(20), twice(3), more(21))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with a module of compiled functions."""
    (tmp_path / "walks.py").write_text(WALKS)
    return tmp_path


def run(folder: Path, disk: str = "", home: str = "") -> tuple[str, str]:
    """Return what a process said that calls them, and its errors: warnings are errors there."""
    there = {"PYTHONPATH": f"{SRC}:{folder}", "PYTHONDONTWRITEBYTECODE": "1", "HOME": home, "XDG_CACHE_HOME": home}
    found = subprocess.run(
        [sys.executable, "-c", CHILD, disk], env={"PATH": os.environ["PATH"]} | there, capture_output=True, text=True
    )
    return found.stdout.strip(), found.stderr


def test_machine_code_is_kept_where_it_can_be(installed: Path) -> None:
    for _ in range(2):
        assert run(installed) == ("41 6 43", "")
    assert len(list((installed / "__pycache__").glob("walks.more*.nbi"))) == 1


def test_the_time_of_compiling_is_known(installed: Path) -> None:
    """The first time on a machine, and no more when the machine code is there."""
    timed = "import time; from callsheet.base.compiled import compiling_seconds as told; from walks import more;" + (
        "begin = time.monotonic(); more(20); print(told() > 0, told() <= time.monotonic() - begin, told() == told())"
    )
    there = {"PYTHONPATH": f"{SRC}:{installed}", "PATH": os.environ["PATH"]}
    said = [subprocess.run([sys.executable, "-c", timed], env=there, capture_output=True, text=True) for _ in range(2)]
    assert [one.stdout.split() for one in said] == [["True", "True", "True"], ["False", "True", "True"]]


def test_nothing_is_kept_of_a_read_only_installation(installed: Path) -> None:
    """Files stand where the folders would be: not even who may write everywhere can make them."""
    for blocked in ("__pycache__", "home"):
        (installed / blocked).touch()
    assert run(installed, home=str(installed / "home")) == ("41 6 43", "")
    assert {one.name for one in installed.iterdir()} == {"__pycache__", "home", "walks.py"}


def test_nothing_is_kept_on_a_full_disk(installed: Path) -> None:
    assert run(installed, "full") == ("41 6 43", "")
    assert run(installed) == ("41 6 43", ""), "what was begun to be written is no trap for the next process"
