"""The source files as the architecture tests read them: paths, syntax trees, what git would commit."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "callsheet"
DOMAINS = ("delivery", "usage", "feedback", "roadmap", "experiments", "releases", "people", "stack")
MADE = {".git", ".venv", ".tools", "node_modules", "static", "dist", "__pycache__", "demo"}
NESTS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try, ast.With, ast.AsyncWith, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked() -> tuple[Path, ...]:
    """The files git keeps or would keep; every file of the folder where there is no git (an sdist)."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines() if listed.returncode == 0 else []
    found = (ROOT / name for name in names) if names else (p for p in ROOT.rglob("*") if not MADE & set(p.parts))
    return tuple(sorted(path for path in found if path.is_file()))


def named(path: Path) -> str:
    """A path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def modules(*folders: Path) -> list[Path]:
    """The Python files of the folders (default: the package) that people write by hand."""
    wanted = folders or (PACKAGE,)
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and any(path.is_relative_to(folder) for folder in wanted)
        and not {"migrations", "vendor", "static"} & set(path.parts)
    ]


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(node: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (each for each in ast.walk(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: Function) -> int:
    """Lines from the first line of the body to the last, the docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def depth(node: ast.AST) -> int:
    """How deeply blocks stand in one another. `elif` does not deepen; a nested function starts anew."""
    deepest = 0
    for name, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for child in children:
            if not isinstance(child, ast.AST) or isinstance(child, Function | ast.ClassDef | ast.Lambda):
                continue
            chained = name == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If) and len(children) == 1
            deepest = max(deepest, depth(child) + (isinstance(child, NESTS) and not chained))
    return deepest


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """(dotted name, line, only for types) of every import; `from a import b` is a.b."""
    for_types = {
        id(each)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for each in ast.walk(node)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, id(node) in for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{a.name}", node.lineno, id(node) in for_types) for a in node.names)
