"""Asking git: fixed commands, no shell, nothing of the repository's own configuration carried out."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from callsheet.base.errors import SourceFailed

BLOCK = 1 << 18
_SAFE = (
    "--no-pager", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.quotePath=false", "-c", "log.showSignature=false", "-c", "protocol.allow=never", "-c", "color.ui=false",
    "-c", "i18n.logOutputEncoding=UTF-8", "-c", "log.follow=false",
)  # fmt: skip


class Git:
    """A repository: a checkout, one of its folders, or a bare one."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise SourceFailed(f"There is no folder {path}.", "Name the folder of a git checkout as path.")
        self.path = path
        self.bare = self._ask_whether("--is-bare-repository")
        self.shallow = self._ask_whether("--is-shallow-repository")

    def _ask_whether(self, question: str) -> bool:
        return self.run("rev-parse", question).strip() == b"true"

    def _command(self, *args: str) -> list[str]:
        return ["git", "-C", str(self.path), *_SAFE, "-c", f"safe.directory={self.path}", *args]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        return kept | {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}

    def run(self, *args: str, stdin: str = "") -> bytes:
        """Return what git answers; SourceFailed says why it did not."""
        return b"".join(self.stream(*args, stdin=stdin))

    def quiet(self, *args: str) -> bytes:
        """Return what git answers; nothing when it refuses."""
        try:
            return self.run(*args)
        except SourceFailed:
            return b""

    def stream(self, *args: str, stdin: str = "") -> Iterator[bytes]:
        """Yield blocks of git's answer."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as told:
            asked.write(stdin.encode())
            asked.seek(0)
            with self._start(args, asked, told) as process:
                yield from _blocks(process)
            if process.returncode:
                told.seek(0)
                raise _refused(self.path, told.read().decode(errors="replace"))

    def _start(self, args: Sequence[str], asked: IO[bytes], told: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command(*args), stdin=asked, stdout=subprocess.PIPE, stderr=told, env=self._environment()
            )
        except FileNotFoundError as why:
            raise SourceFailed("git is not installed on this machine.", "Install git, then sync again.") from why

    def records(self, *args: str, fields: int, stdin: str = "") -> Iterator[list[str]]:
        """Yield records of NUL-ended fields. Bytes that are not UTF-8 become the replacement sign."""
        rest = b""
        found: list[str] = []
        for block in self.stream(*args, stdin=stdin):
            *whole, rest = (rest + block).split(b"\0")
            for part in whole:
                found.append(part.decode("utf-8", "replace"))
                if len(found) == fields:
                    yield found
                    found = []

    def has_commits(self) -> bool:
        """Whether HEAD leads to a commit."""
        return bool(self.quiet("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))

    def file(self, *paths: str) -> tuple[str, str] | None:
        """Return (path, text) of the first of these files that HEAD has."""
        for path in paths:
            if text := self.quiet("cat-file", "blob", f"HEAD:{path}"):
                return path, text.decode("utf-8", "replace")
        return None

    def folders(self, path: str = "") -> list[str]:
        """Return the folders directly below a folder of HEAD."""
        names = self.quiet("ls-tree", "-z", "-d", "--name-only", f"HEAD:{path}")
        return [name.decode("utf-8", "replace") for name in names.split(b"\0") if name]

    def origin(self) -> str:
        """Return `owner/name` of the remote it was cloned from, or the folder's name. Never its credentials."""
        url = self.quiet("config", "--get", "remote.origin.url").decode(errors="replace").strip()
        parts = [part for part in url.replace(":", "/").removesuffix("/").removesuffix(".git").split("/") if part]
        if "://" in url or url.startswith("git@"):
            return "/".join(parts[-2:])
        return self.path.resolve().name.removesuffix(".git") or "repository"


def _blocks(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Yield what a process writes; it is ended when nobody reads on."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        while block := process.stdout.read(BLOCK):
            yield block
    except GeneratorExit:
        process.kill()
        raise


def _refused(path: Path, said: str) -> SourceFailed:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    words = (lines[-1] if lines else "no reason given").removeprefix("fatal: ")
    if "not a git repository" in said:
        return SourceFailed(
            f"{path} is not a git repository.", "Name the folder of a git checkout, or run git init there."
        )
    if "dubious ownership" in said:
        return SourceFailed(
            f"git refuses {path}, which another user owns.", f"Run: git config --global --add safe.directory {path}"
        )
    return SourceFailed(f"git could not read {path}: {words}")
