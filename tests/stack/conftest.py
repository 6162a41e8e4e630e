"""Files and repositories that the tests make."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def made(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return made


class Repository:
    """A git repository made by a test, with a clock of its own: one commit an hour from 2025-01-06 09:00 +02:00."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hour = 0
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str, author: str = "Ada Oxenholm <ada@example.org>", stdin: bytes = b"") -> str:
        """Run git as an author and return what it answers."""
        name, _, email = author.rstrip(">").partition(" <")
        moment = f"2025-01-{6 + self.hour // 24:02d}T{(9 + self.hour) % 24:02d}:00:00+02:00"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path), "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{who}_NAME": name, f"GIT_{who}_EMAIL": email, f"GIT_{who}_DATE": moment}
        done = subprocess.run(
            ["git", *args], cwd=self.path, env=environment, input=stdin, capture_output=True, check=True
        )
        return done.stdout.decode(errors="replace").strip()

    def commit(self, message: str, file: str = "app/main.py", author: str = "Ada Oxenholm <ada@example.org>") -> str:
        """Commit a change of a file and return its id."""
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + f"{message}\n", encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "-q", "-m", message, author=author)
        self.hour += 1
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository."""
    return Repository(tmp_path / "repo")
