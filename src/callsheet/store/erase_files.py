"""Removing one person from the files beside the databases, and looking whether any file still names them."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callsheet.model.erasing import Terms, names_person

_BLOCK = 1 << 22
_OVERLAP = 1 << 16
_SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__"})
_RAW = ("landing", "uploads")
_LETTERS = "outbox"
_SEPARATORS = (",", ";", "\t", "|")
_CONTACT = frozenset({"email", "mail", "e-mail", "phone", "first_name", "last_name", "username"})


@dataclass(slots=True)
class Searched:
    """A search of all files: how many and how large they were, and which name the person still. `alike` hold a value
    that equals an id which is short or a number, whatever it means there."""

    files: int = 0
    size: int = 0
    found: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)


def erase(state: Path, terms: Terms) -> int:
    """Remove letters that were written to the person, and their lines from files that were brought in; return how
    many files changed."""
    changed = 0
    for path in sorted(state.glob(f"{_LETTERS}/*")):
        if path.is_file() and _held(path, terms):
            path.unlink()
            changed += 1
    for folder in _RAW:
        changed += sum(_without(path, terms) for path in sorted(state.glob(f"{folder}/*")) if path.is_file())
    return changed


def search(folder: Path, terms: Terms, state: Path) -> Searched:
    """Look through every file of the workspace folder; compressed copies of raw files are unpacked for it. Files of
    Callsheet's own (in `state`) other than raw files and letters are databases: their rows are counted, and their bytes
    are searched for words and addresses."""
    result = Searched()
    for path in _files(folder):
        inside = path.relative_to(state).parts[0] if path.is_relative_to(state) else ""
        binary = bool(inside) and inside not in (*_RAW, _LETTERS)
        try:
            result.size += path.stat().st_size
            held = _held(path, terms, binary) or (inside in _RAW and any(_lines(path, terms)))
            alike = not binary and bool(terms.rare) and any(map(terms.alike_in, _overlapping(path)))
        except FileNotFoundError:  # written anew meanwhile
            continue
        result.files += 1
        name = path.relative_to(folder).as_posix()
        if held:
            result.found.append(name)
        elif alike:
            result.alike.append(name)
    return result


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name in _SKIPPED:
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _held(path: Path, terms: Terms, binary: bool = False) -> bool:
    return any(terms.in_bytes(data, binary) for data in _overlapping(path))


def _overlapping(path: Path) -> Iterator[bytes]:
    """Yield what a file holds, each piece with the end of the one before; nothing more of a damaged one."""
    before = b""
    try:
        for block in _blocks(path):
            yield before + block
            before = block[-_OVERLAP:]
    except (gzip.BadGzipFile, EOFError):
        return


def _blocks(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _lines(path: Path, terms: Terms) -> Iterator[bool]:
    """Yield of each line of a raw file whether it names the person: in words, or in a column for persons."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        separator, places = ",", frozenset[int]()
        for number, line in enumerate(file):
            if number == 0 and terms.rare:
                separator, places = _columns(line)
            cells = _cells(line, separator) if places else []
            in_column = any(cells[i].strip() in terms.rare for i in places if i < len(cells))
            yield in_column or terms.in_bytes(line.rstrip(b"\r\n"))


def _columns(heading: bytes) -> tuple[str, frozenset[int]]:
    """Return the separator of a file of cells and which columns hold ids of persons, by their names; `id` is one where
    another column is a mail address, a telephone number or a person's name. Without a heading it is the first column."""
    separator = max(_SEPARATORS, key=lambda one: heading.count(one.encode()))
    names = [one.strip().lower() for one in _cells(heading, separator)]
    if any(map(str.isdigit, names[:1])) or any("@" in one for one in names):
        return separator, frozenset((0,))
    of_people = bool(_CONTACT.intersection(names))
    return separator, frozenset(
        i for i, name in enumerate(names) if names_person(name) or (name == "id" and (of_people or len(names) == 1))
    )


def _cells(line: bytes, separator: str) -> list[str]:
    text = line.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n")
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return text.split(separator)


def _without(path: Path, terms: Terms) -> bool:
    """Rewrite a raw file without the lines that name the person; whether there were any."""
    try:
        named = any(_lines(path, terms))
    except (gzip.BadGzipFile, EOFError):
        return False
    if not named:
        return False
    packed = path.suffix == ".gz"
    fresh = path.with_name(f"{path.name}.fresh")
    with (
        gzip.open(path) if packed else path.open("rb") as old,
        gzip.open(fresh, "wb") if packed else fresh.open("wb") as new,
    ):
        new.writelines(line for line, mine in zip(old, _lines(path, terms), strict=True) if not mine)
    fresh.replace(path)
    return True
