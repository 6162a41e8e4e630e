"""Who may import whom: the contracts of pyproject.toml, and what contracts cannot express."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.code import PACKAGE, ROOT, imports, modules, named

# An engine may be made, and a back end named, only in store; sqlalchemy and sqlalchemy.orm are open to all
# who declare tables or select from them.
ENGINES = ("duckdb", "sqlite3", "psycopg", "sqlalchemy.engine", "sqlalchemy.create_engine", "ibis.backends")


def test_the_contracts_hold() -> None:
    """Rules 1 to 7 of docs/house.md and the design, as import-linter checks them."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    told = subprocess.run([str(program)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("path", modules(), ids=named)
def test_engines_are_made_only_in_store(path: Path) -> None:
    """Rule 3, for the parts of packages, which a contract cannot tell apart."""
    if path.is_relative_to(PACKAGE / "store"):
        return
    found = [f"line {line}: {name}" for name, line, _ in imports(path) if reaches(name, ENGINES)]
    assert not found, f"{named(path)} reaches a database engine; let store open it: {found}"


def reaches(name: str, forbidden: tuple[str, ...]) -> bool:
    """Whether a dotted name is, or lies under, a forbidden one."""
    return any(name == each or name.startswith(f"{each}.") for each in forbidden)


@pytest.mark.parametrize("path", modules(PACKAGE / "model", PACKAGE / "stats"), ids=named)
def test_pure_packages_open_no_files(path: Path) -> None:
    """Rule 4, for input and output that needs no import."""
    assert not [word for word in ("open(", "print(", "input(") if f" {word}" in path.read_text()], named(path)


def test_reaches_tells_parts_apart() -> None:
    assert reaches("sqlalchemy.engine.Engine", ENGINES)
    assert reaches("sqlalchemy.create_engine", ENGINES)
    assert not reaches("sqlalchemy.orm.Mapped", ENGINES)
    assert not reaches("duckdb_notes", ENGINES)
