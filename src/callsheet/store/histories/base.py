"""The base: column files sorted by unit, moment and order of arrival, mapped into memory.

A derived cache beside the warehouse, never the truth. A folder of files appears under its number by one rename when
it is whole; `meta.json` has the checksums by which a damaged one is known.
"""

from __future__ import annotations

import json
import mmap
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.coding import Coded, Dictionaries
from callsheet.store.histories.kernels import Codes, Moments, Positions, Wholes
from callsheet.store.histories.rollup import Rollup, open_rollups
from callsheet.store.histories.texts import Texts

FORMAT = 6
META = "meta.json"
BUILDING = "building-"
CHUNK = 1 << 18
LARGE = 20_000_000
"""Rows from which on a base must not stay in memory as a whole."""
MOST_RESIDENT = 1200 << 20
"""Bytes of this process in memory, mapped files included, above which a large base is let go of."""
_NOTHING: NDArray[np.uint32] = np.zeros(0, np.uint32)


@dataclass(slots=True)
class Base:
    """Sorted columns. `units` is the unit that each key had when it was built: rows are sorted by it.

    `postings[starts[e]:starts[e + 1]]` are the rows of event e; `posted_moment`, `posted_key` and the columns of
    `posted` stand beside them, so that what one event carries lies together.
    `by_account` is all rows sorted by account. `last` is the highest number of a row that may be in it. `stamp` says by
    which the warehouse is known again. `lives` tells which keys have rows.
    """

    moment: Moments = field(default_factory=lambda: np.zeros(0, np.int64))
    seq: Any = field(default_factory=lambda: np.zeros(0, np.int64))
    key: Codes = field(default_factory=lambda: _NOTHING)
    event: Any = field(default_factory=lambda: np.zeros(0, np.uint16))
    account: Codes = field(default_factory=lambda: _NOTHING)
    units: Codes = field(default_factory=lambda: _NOTHING)
    postings: Positions = field(default_factory=lambda: _NOTHING)
    starts: Wholes = field(default_factory=lambda: np.zeros(1, np.int64))
    by_account: Positions = field(default_factory=lambda: _NOTHING)
    posted_moment: Moments = field(default_factory=lambda: np.zeros(0, np.int64))
    posted_key: Codes = field(default_factory=lambda: _NOTHING)
    lives: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    columns: dict[str, Any] = field(default_factory=dict)
    posted: dict[str, Any] = field(default_factory=dict)
    last: int = 0
    stamp: str = ""
    folder: Path | None = None
    maps: list[Any] = field(default_factory=list)
    bounds: Wholes = field(default_factory=lambda: np.zeros(1, np.int64))
    account_bounds: Wholes = field(default_factory=lambda: np.zeros(1, np.int64))
    rolled: dict[str, Rollup] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.moment)

    def column(self, name: str) -> Any:
        """Return the codes of a field."""
        return self.columns[name] if len(self) else _NOTHING

    def rows_of_events(self, codes: NDArray[np.int64]) -> list[Positions]:
        """Return the rows of each of these events."""
        known = codes[codes < len(self.starts) - 1]
        return [self.postings[self.starts[one] : self.starts[one + 1]] for one in known]

    def spans(self, events: NDArray[np.int64], low: int, high: int) -> Wholes:
        """Return for each of these events the places `[begin, end)` of its postings of the rows `[low, high)`."""
        edges = np.array([low, high], np.uint32)
        found = [
            self.starts[one] + np.searchsorted(self.postings[self.starts[one] : self.starts[one + 1]], edges)
            for one in events
        ]
        return np.array(found, np.int64).reshape(-1, 2)

    def placing(self) -> Callable[[Wholes], Wholes]:
        """Return a function from numbers of rows to their places, -1 for those that are not here."""
        if not len(self):
            return lambda seqs: np.full(len(seqs), -1, np.int64)
        low, high = int(self.seq.min()), int(self.seq.max())
        if high - low > 8 * len(self) + CHUNK:
            order = np.argsort(self.seq)
            return lambda seqs: self._searched(seqs, order)
        table = np.full(high - low + 2, -1, np.int32 if len(self) < 1 << 31 else np.int64)
        table[self.seq.astype(np.int64) - low] = np.arange(len(self), dtype=table.dtype)
        return lambda seqs: table[np.where((seqs >= low) & (seqs <= high), seqs - low, high - low + 1)].astype(np.int64)

    def _searched(self, seqs: Wholes, order: NDArray[Any]) -> Wholes:
        found = np.minimum(np.searchsorted(self.seq, seqs, sorter=order), len(self) - 1)
        return np.where(self.seq[order[found]] == seqs, order[found], -1).astype(np.int64)

    def release(self) -> None:
        """Let go of the memory that the files of a large base take up here; the system keeps what it has room for."""
        if len(self) >= LARGE and resident() > MOST_RESIDENT:
            let_go(self.maps)

    def align(self) -> None:
        """Cut the rows into pieces of about CHUNK, never within a unit."""
        self.bounds = _bounds(len(self), lambda row: int(self.units[self.key[row]]))
        self.account_bounds = _bounds(len(self), lambda place: int(self.account[self.by_account[place]]))


def _bounds(count: int, unit_at: Any) -> Wholes:
    """Return cuts, found by halving: units only grow from row to row."""
    cuts = [0]
    while count - cuts[-1] > CHUNK + CHUNK // 2:
        low, high = cuts[-1] + CHUNK, count
        unit = unit_at(low - 1)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if unit_at(middle) > unit else (middle + 1, high)
        cuts.append(low)
    return np.array([*cuts, count] if count > cuts[-1] else cuts, np.int64)


def narrow(most: int) -> Any:
    """Return the smallest type of codes up to `most`."""
    return np.uint8 if most <= 0xFF else np.uint16 if most <= 0xFFFF else np.uint32


def seq_type(most: int) -> Any:
    """Return the type that numbers of rows are kept in."""
    return np.uint32 if most < 1 << 32 else np.int64


class Files:
    """A folder of a base under construction, or one that is read. Checksums are of whole files."""

    def __init__(self, folder: Path, meta: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.meta: dict[str, Any] = meta or {"format": FORMAT, "files": {}, "columns": {}, "posted": {}}
        self.maps: list[Any] = []

    def save(self, name: str, array: NDArray[Any]) -> None:
        """Write an array."""
        np.save(self.folder / name, array)
        self.sign(name)

    def save_pieces(self, name: str, kind: Any, count: int, pieces: Iterator[NDArray[Any]]) -> None:
        """Write an array of this type and length that comes in pieces."""
        with (self.folder / name).open("wb") as out:
            header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": (count,)}
            np.lib.format.write_array_header_1_0(out, header)
            for piece in pieces:
                piece.astype(kind, copy=False).tofile(out)
        self.sign(name)

    def save_texts(self, name: str, texts: Texts, used: NDArray[np.bool_] | None = None) -> None:
        """Write a dictionary."""
        texts.save(self.folder / name, used)
        self.sign(name)

    def sign(self, name: str) -> None:
        """Note a file's size and checksum."""
        self.meta["files"][name] = [(self.folder / name).stat().st_size, checksum(self.folder / name)]

    def load(self, name: str) -> Any:
        """Map an array into memory; writing to it stays in memory."""
        file = self.folder / name
        try:
            found = np.load(file, mmap_mode="c")
        except ValueError:  # nothing to map: no rows
            return np.load(file)
        self.maps.append(found._mmap)
        return np.asarray(found)

    def let_go(self) -> None:
        """Take what is mapped out of memory."""
        let_go(self.maps)

    def finish(self, **facts: Any) -> None:
        """Write what is known of the files, at the end."""
        made = self.folder / f"{META}.new"
        made.write_text(json.dumps(self.meta | facts), encoding="utf-8")
        made.replace(self.folder / META)


def let_go(maps: list[Any]) -> None:
    """Take the pages of mapped files out of this process's memory."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for one in maps:
            one.madvise(mmap.MADV_DONTNEED)


def resident() -> int:
    """Return how many bytes of this process are in memory; where nobody can tell, more than there may be."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return sys.maxsize
    return pages * mmap.PAGESIZE


def checksum(file: Path) -> int:
    """Return the CRC-32 of a file."""
    found = 0
    with file.open("rb") as given:
        while piece := given.read(1 << 22):
            found = zlib.crc32(piece, found)
    return found


def read_meta(folder: Path) -> dict[str, Any] | None:
    """Return what is written of a base, None when it is not whole: files missing or of another size or format."""
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        whole = meta["format"] == FORMAT and all(
            (folder / name).stat().st_size == size for name, (size, _) in meta["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(meta) if whole else None


def sound(folder: Path, meta: dict[str, Any]) -> bool:
    """Whether all files are as they were written."""
    try:
        return all(checksum(folder / name) == told for name, (_, told) in meta["files"].items())
    except OSError:
        return False


def open_base(folder: Path, meta: dict[str, Any]) -> Base:
    """Open a published base."""
    files = Files(folder, meta)
    names = (
        "moment", "seq", "key", "event", "account", "units", "postings", "starts", "by_account", "posted_moment",
        "posted_key", "lives", "bounds", "account_bounds",
    )  # fmt: skip
    columns = {name: files.load(f"{file}.npy") for name, file in meta["columns"].items()}
    posted = {name: files.load(f"posted-{file}.npy") for name, file in meta["posted"].items()}
    return Base(
        **{name: files.load(f"{name}.npy") for name in names}, columns=columns, posted=posted,
        last=meta["last"], stamp=meta["stamp"], folder=folder, maps=files.maps,
        rolled=open_rollups(files, meta["zone"]),
    )  # fmt: skip


def open_dictionaries(folder: Path, meta: dict[str, Any]) -> Dictionaries:
    """Read the dictionaries of a published base."""
    texts = {name: Texts.load(folder / f"{name}.bin") for name in ("ids", "accounts", "events")}
    columns = {name: Texts.load(folder / f"{file}.bin") for name, file in meta["columns"].items()}
    return Dictionaries(**texts, columns=columns)


def published(folder: Path) -> list[Path]:
    """Return the folders of bases, newest first."""
    found = [one for one in folder.glob("*") if one.name.isdigit() and one.is_dir()]
    return sorted(found, key=lambda one: int(one.name), reverse=True)


def clear(folder: Path, keep: Path | None = None) -> None:
    """Remove bases but one, and what builds that were cut off left behind."""
    for one in (*published(folder), *folder.glob(f"{BUILDING}*")):
        if one != keep:
            with suppress(OSError):
                shutil.rmtree(one)


class Tail:
    """Rows that came after the base, in order of arrival. Arrays only grow, so that views of them stay as they are."""

    def __init__(self) -> None:
        self._count = 0
        self._held: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Coded) -> None:
        """Append rows. Of a field that is new, the rows before have nothing."""
        given: dict[str, Any] = {name: getattr(rows, name) for name in ("moment", "seq", "key", "event", "account")}
        count = self._count + len(rows.moment)
        for name, values in (given | rows.columns).items():
            held = self._held.get(name)
            if held is None or len(held) < count:
                wider = np.zeros(max(2 * count, 1024), values.dtype)
                if held is not None:
                    wider[: self._count] = held[: self._count]
                held = self._held[name] = wider
            held[self._count : count] = values
        self._count = count

    def put(self, name: str, values: NDArray[Any]) -> None:
        """Set a whole column."""
        self._held[name] = values

    def has(self, name: str) -> bool:
        """Whether a field is kept."""
        return name in self._held

    def after(self, seq: int) -> Tail:
        """Return the rows with higher numbers, as a tail of its own."""
        found = Tail()
        if self._count:
            first = int(np.searchsorted(self._held["seq"][: self._count], seq, side="right"))
            found._held = {name: held[first : self._count].copy() for name, held in self._held.items()}
            found._count = self._count - first
        return found

    def rows(self) -> Base:
        """Return the rows as they are now, in the form of a base without any order or index."""
        count = self._count
        if not count:
            return Base()
        held = {name: array[:count] for name, array in self._held.items()}
        main: dict[str, Any] = {name: held.pop(name) for name in ("moment", "seq", "key", "event", "account")}
        return Base(**main, columns=held)
