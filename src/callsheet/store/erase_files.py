"""Removing one person from the files beside the databases, and looking whether any file still names them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.model.erasing import Terms

_BLOCK = 1 << 22
_OVERLAP = 1 << 16
_SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__"})


@dataclass(slots=True)
class Searched:
    """A search of all files: how many and how large they were, and which name the person still."""

    files: int = 0
    size: int = 0
    found: list[str] = field(default_factory=list)


def erase(state: Path, terms: Terms) -> int:
    """Remove letters that were written to the person, and their lines from files that were brought in; return how
    many files changed."""
    changed = 0
    for path in sorted(state.glob("outbox/*")):
        if path.is_file() and _held(path, terms):
            path.unlink()
            changed += 1
    for folder in ("landing", "uploads"):
        changed += sum(_without(path, terms) for path in sorted(state.glob(f"{folder}/*")) if path.is_file())
    return changed


def search(folder: Path, terms: Terms) -> Searched:
    """Look through every file of the workspace folder; compressed copies of raw files are unpacked for it."""
    result = Searched()
    for path in _files(folder):
        try:
            result.size += path.stat().st_size
            held = _held(path, terms)
        except FileNotFoundError:  # written anew meanwhile
            continue
        result.files += 1
        if held:
            result.found.append(path.relative_to(folder).as_posix())
    return result


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _SKIPPED:
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _held(path: Path, terms: Terms) -> bool:
    before = b""
    try:
        for block in _blocks(path):
            if terms.in_bytes(before + block):
                return True
            before = block[-_OVERLAP:]
    except (gzip.BadGzipFile, EOFError):
        return False
    return False


def _blocks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _without(path: Path, terms: Terms) -> bool:
    """Rewrite a raw file without the lines that name the person; whether there were any."""
    if not _held(path, terms):
        return False
    packed = path.suffix == ".gz"
    fresh = path.with_name(f"{path.name}.fresh")
    with (
        gzip.open(path) if packed else path.open("rb") as old,
        gzip.open(fresh, "wb") if packed else fresh.open("wb") as new,
    ):
        new.writelines(line for line in old if not terms.in_bytes(line.rstrip(b"\r\n")))
    fresh.replace(path)
    return True
