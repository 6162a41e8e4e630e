"""Budgets: what a reader can hold in mind. Migrations and vendored files are left out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.code import ROOT, depth, functions, length, modules, named, tracked, tree

LINES, FUNCTION, NESTING = 400, 40, 3
WRITTEN = modules(*(ROOT / folder for folder in ("src", "tests", "scripts", "bench")))
WEB = [
    path
    for path in tracked()
    if path.is_relative_to(ROOT / "web")
    and path.suffix in (".ts", ".tsx", ".css", ".js", ".mjs")
    and "src/api" not in path.as_posix()
    and not path.name.endswith(".gen.ts")
]


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_module_keeps_its_budget(path: Path) -> None:
    """Under 400 lines; each function under 40, its docstring not counted; nesting at most 3."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < LINES, f"{named(path)} has {lines} lines; split it by what its parts are about"
    over = [
        f"line {each.lineno}: {each.name} has {length(each)} lines at depth {depth(each)}"
        for each in functions(tree(path))
        if length(each) >= FUNCTION or depth(each) > NESTING
    ]
    assert not over, f"{named(path)}: {over}"


@pytest.mark.parametrize("path", WEB, ids=named)
def test_a_web_file_keeps_its_budget(path: Path) -> None:
    """Under 400 lines; the generated client is left out."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < LINES, f"{named(path)} has {lines} lines; split it by what its parts are about"


COUNTED = {
    "docstring is not counted": ('def f():\n    """One\n    two."""\n    return 1', 1, 0),
    "elif does not deepen": (
        "def f(x):\n    if x:\n        a = 1\n    elif x:\n        a = 2\n    return a",
        5,
        1,
    ),
    "else with an if does": (
        "def f(x):\n    if x:\n        a = 1\n    else:\n        if x:\n            a = 2\n        b = 1",
        6,
        2,
    ),
    "three deep": (
        "def f(x):\n    for a in x:\n        with a:\n            if a:\n                return 1",
        4,
        3,
    ),
    "except counts": (
        "def f(x):\n    try:\n        a = 1\n    except E:\n        if x:\n            a = 2",
        5,
        2,
    ),
    "inner function is new": (
        "def f(x):\n    if x:\n        def g():\n            if x:\n                return 1",
        4,
        1,
    ),
}


@pytest.mark.parametrize(("text", "lines", "deep"), COUNTED.values(), ids=COUNTED)
def test_how_lines_and_depth_are_counted(text: str, lines: int, deep: int) -> None:
    """Counted by hand."""
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert (length(function), depth(function)) == (lines, deep)
