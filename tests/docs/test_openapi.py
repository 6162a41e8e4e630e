"""openapi.json and the TypeScript client made from it are those of the routes as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import openapi, ui


def test_the_committed_description_is_current() -> None:
    assert openapi.OPENAPI.read_text(encoding="utf-8") == openapi.schema(), "run `make openapi`"


def test_every_operation_has_a_name_of_its_own_and_words() -> None:
    """The client's functions are named by the operation ids; two of a name would hide one another."""
    told = json.loads(openapi.schema())
    operations = [each for path in told["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert sorted(set(names)) == sorted(names)
    assert not [each["operationId"] for each in operations if not each.get("description")]


@pytest.mark.slow
def test_the_committed_client_is_current() -> None:
    """Generate it again beside the committed one and compare file by file."""
    ui.install()
    fresh = ui.WEB / "src" / "api" / ".check"  # as deep as the committed one: it imports ../runtime
    package = ui.WEB / "node_modules" / "@hey-api" / "openapi-ts"
    program = package / json.loads((package / "package.json").read_text())["bin"]["openapi-ts"]
    command = [
        str(ui.node()),
        str(program),
        "-f",
        "openapi-ts.config.ts",
        "-o",
        str(fresh.relative_to(ui.WEB)),
    ]
    try:
        done = subprocess.run(command, cwd=ui.WEB, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        made = files(fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    assert made
    assert made == files(ui.WEB / "src" / "api" / "generated"), "run `make openapi`"


def files(folder: Path) -> dict[str, str]:
    """Contents by path inside the folder."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.ts")}
