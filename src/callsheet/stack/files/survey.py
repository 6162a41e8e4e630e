"""A first look at a file, in one pass: is it whole, how is it encoded, what is it, what is its fingerprint.

The pass also keeps a compressed copy in the landing folder, named by the fingerprint, so that the raw input
of every import can be read again; the same file is kept once.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from callsheet.base.errors import BadInput, NotFound

BLOCK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a file. `encoding` is empty for binary formats; `note` says what was guessed."""

    path: Path
    name: str
    fingerprint: str
    size: int
    encoding: str
    note: str
    form: str
    packed: bool

    def open(self) -> IO[bytes]:
        """Open its (unpacked) bytes."""
        return cast(IO[bytes], gzip.open(self.path, "rb")) if self.packed else self.path.open("rb")


def survey(path: Path, name: str = "", landing: Path | None = None, encoding: str = "") -> Survey:
    """Look through a file; BadInput says what is wrong with it. `name` is what a person calls it."""
    name = name or path.name
    if not path.exists():
        raise NotFound(f"There is no file {path}.", "Check the path; it is read relative to the workspace folder.")
    if path.is_dir():
        raise BadInput(f"{name} is a folder, not a file.", "Name one file; a git checkout is a source of kind git.")
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise BadInput(f"{name} is empty (0 bytes).", "Export it again, then import it.")
    packed = start[:2] == b"\x1f\x8b"
    if start[:2] == b"PK":
        raise BadInput(f"{name} is a ZIP or Excel file.", "Unpack it, or save the sheet as CSV, and import that.")
    found = _Pass(name, landing)
    try:
        for block in _blocks(path, packed):
            found.take(block)
        if not found.size:
            raise BadInput(f"{name} is empty once unpacked.", "Export it again, then import it.")
        form = _form(name.lower().removesuffix(".gz"), found.head)
    except (EOFError, zlib.error, gzip.BadGzipFile) as why:
        found.drop()
        mend = "Copy or download it again; nothing was imported."
        raise BadInput(f"{name} is a truncated or damaged gzip file: {why}.", mend) from why
    except BaseException:
        found.drop()
        raise
    guessed, note = ("", "") if form == "parquet" else (encoding, "") if encoding else found.encoding()
    found.keep()
    return Survey(path, name, found.digest.hexdigest(), found.size, guessed, note, form, packed)


def _blocks(path: Path, packed: bool) -> Iterator[bytes]:
    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


class _Pass:
    """What one pass over the blocks finds out, and the copy that it makes."""

    def __init__(self, name: str, landing: Path | None) -> None:
        self.name = name
        self.landing = landing
        self.digest = hashlib.sha256()
        self.size = 0
        self.head = b""
        self.good = self.bad = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._copy: gzip.GzipFile | None = None
        if landing is not None:
            landing.mkdir(parents=True, exist_ok=True)
            handle, self._temporary = tempfile.mkstemp(dir=landing, prefix="part-")
            self._raw = os.fdopen(handle, "wb")
            self._copy = gzip.GzipFile("", "wb", compresslevel=1, fileobj=self._raw, mtime=0)

    def take(self, block: bytes) -> None:
        self.digest.update(block)
        self.size += len(block)
        if len(self.head) < 4096:
            self.head += block[: 4096 - len(self.head)]
        if not block.isascii() or self.bad:
            told = self._decoder.decode(block)
            marks = told.count("\ufffd")
            self.bad += marks
            self.good += sum(1 for sign in told if sign > "\x7f") - marks if self.good < 1000 else 0
        if self._copy is not None:
            self._copy.write(block)

    def encoding(self) -> tuple[str, str]:
        """Return the encoding, and words for it when it is not plain UTF-8."""
        for mark, name in MARKS:
            if self.head.startswith(mark):
                return name, "" if name == "utf-8-sig" else f"{self.name} is written in UTF-16."
        pairs = self.head[: len(self.head) // 2 * 2]
        if len(pairs) >= 8 and pairs.count(0) * 3 >= len(pairs):
            name = "utf-16-le" if pairs[1::2].count(0) > pairs[::2].count(0) else "utf-16-be"
            return name, f"{self.name} is written in UTF-16 without a mark."
        if not self.bad:
            return "utf-8", ""
        if self.good > 3 * self.bad:
            return "utf-8", f"{self.name} is written in UTF-8, but not all of it; rows that are not are set aside."
        return "cp1252", f"{self.name} is not UTF-8; it was read as Windows-1252 (Western European)."

    def keep(self) -> None:
        if self._copy is None or self.landing is None:
            return
        self._copy.close()
        self._raw.close()
        Path(self._temporary).replace(self.landing / f"{self.digest.hexdigest()}.gz")

    def drop(self) -> None:
        if self._copy is not None:
            self._copy.close()
            self._raw.close()
            with suppress(FileNotFoundError):
                Path(self._temporary).unlink()


def _form(name: str, head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if name.endswith((".parquet", ".pq")):
        raise BadInput(f"{name} is not a Parquet file, or its beginning is damaged.", "Write it again, then import it.")
    if name.endswith((".yml", ".yaml")):
        return "yaml"
    if name.endswith((".jsonl", ".ndjson")):
        return "jsonl"
    if name.endswith((".md", ".rst", ".markdown")) or (name.rpartition(".")[0] == "" and "change" in name):
        return "text"
    start = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace").lstrip(
        "\ufeff \r\n\t"
    )
    if name.endswith(".json") or (not name.endswith((".csv", ".tsv", ".txt")) and start[:1] in ("[", "{")):
        first, _, rest = start.partition("\n")
        lines = start[:1] == "{" and first.rstrip().endswith("}") and rest.lstrip()[:1] == "{"
        return "jsonl" if lines else "json"
    return "csv"
