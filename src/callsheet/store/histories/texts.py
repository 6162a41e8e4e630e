"""Dictionaries of texts: a code for each distinct text, in order of first sight, without a Python object a text.

Code 0 is the empty text and stands for what is missing. Texts are UTF-8 in one arena; an open-addressing table of
their hashes finds them. Texts are only added, so codes last as long as the dictionary. Any thread may use one.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.store.histories.compiled import compiled

Bytes = NDArray[np.uint8]
Wholes = NDArray[np.int64]
Codes = NDArray[np.uint32]
_LEAST = 1024


@compiled
def hash_of(data: Bytes, start: int, end: int) -> Any:
    """FNV-1a over the bytes, then mixed so that the low bits are good enough for a table."""
    found = np.uint64(14695981039346656037)
    for place in range(start, end):
        found = (found ^ np.uint64(data[place])) * np.uint64(1099511628211)
    found ^= found >> np.uint64(32)
    return found * np.uint64(11400714819323198485)


@compiled
def place_of(
    data: Bytes, start: int, end: int, hashed: Any, arena: Bytes, ends: Wholes, hashes: Any, table: Any
) -> Any:
    """Return the slot of the table that holds this text, or the free one where it belongs."""
    mask = np.int64(len(table) - 1)
    slot = np.int64(hashed >> np.uint64(20)) & mask
    size = end - start
    while table[slot] >= 0:
        code = table[slot]
        if hashes[code] == hashed and ends[code + 1] - ends[code] == size:
            begin, same = ends[code], 0
            while same < size and arena[begin + same] == data[start + same]:
                same += 1
            if same == size:
                return slot
        slot = (slot + 1) & mask
    return slot


@compiled
def _intern(
    data: Bytes, starts: Wholes, sizes: Any, first: int, found: Codes, arena: Bytes, ends: Wholes, hashes: Any,
    table: Any, count: int,
) -> tuple[int, int]:  # fmt: skip
    """Code texts from row `first` on; stop early when a new text has no room. Return (next row, texts known)."""
    for row in range(first, len(starts)):
        size = np.int64(sizes[row])
        if size <= 0:
            found[row] = 0
            continue
        start = starts[row]
        hashed = hash_of(data, start, start + size)
        slot = place_of(data, start, start + size, hashed, arena, ends, hashes, table)
        code = table[slot]
        if code < 0:
            if count >= len(hashes) or 2 * count >= len(table) or ends[count] + size > len(arena):
                return row, count
            code = count
            table[slot] = code
            hashes[code] = hashed
            arena[ends[code] : ends[code] + size] = data[start : start + size]
            ends[code + 1] = ends[code] + size
            count += 1
        found[row] = code
    return len(starts), count


@compiled
def _find(
    data: Bytes, starts: Wholes, sizes: Any, found: Wholes, arena: Bytes, ends: Wholes, hashes: Any, table: Any
) -> None:
    """Code texts without adding any: -1 for those that are not known."""
    for row in range(len(starts)):
        start, end = starts[row], starts[row] + sizes[row]
        hashed = hash_of(data, start, end)
        found[row] = 0 if end <= start else table[place_of(data, start, end, hashed, arena, ends, hashes, table)]


@compiled
def _rehash(ends: Wholes, hashes: Any, table: Any, count: int) -> None:
    """Fill an empty table; texts that were blanked out are not found any more."""
    mask = np.int64(len(table) - 1)
    for code in range(1, count):
        if ends[code + 1] > ends[code]:
            slot = np.int64(hashes[code] >> np.uint64(20)) & mask
            while table[slot] >= 0:
                slot = (slot + 1) & mask
            table[slot] = code


@compiled
def _hash_all(arena: Bytes, ends: Wholes, hashes: Any, count: int) -> None:
    for code in range(count):
        hashes[code] = hash_of(arena, ends[code], ends[code + 1])


def buffers(column: Any) -> tuple[Bytes, Wholes, Wholes]:
    """Return (bytes, where each text starts, its size) of an Arrow column of texts; a missing one has size 0."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], pa.string())
    if not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    _, offsets, data = array.buffers()
    if offsets is None or not len(array):
        return np.zeros(1, np.uint8), np.zeros(len(array), np.int64), np.zeros(len(array), np.int64)
    bounds = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    sizes = np.diff(bounds)
    if array.null_count:
        sizes[array.is_null().to_numpy(zero_copy_only=False)] = 0
    held = np.frombuffer(data, np.uint8) if data is not None and len(data) else np.zeros(1, np.uint8)
    return held, bounds[:-1].copy(), sizes


def _arrow(texts: list[str]) -> pa.Array:
    return pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.binary())


class Texts:
    """A dictionary of texts; see the module."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 1
        self._arena = np.zeros(16 * _LEAST, np.uint8)
        self._ends = np.zeros(_LEAST + 1, np.int64)
        self._hashes = np.zeros(_LEAST, np.uint64)
        self._table = np.full(2 * _LEAST, -1, np.int32)

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes of all texts."""
        return int(self._ends[self._count])

    def become(self, other: Texts) -> None:
        """Take over the texts of a dictionary that was just read; this one is empty still."""
        with self._lock:
            self._count, self._arena, self._ends = other._count, other._arena, other._ends
            self._hashes, self._table = other._hashes, other._table

    def codes(self, column: Any) -> Codes:
        """Return the codes of an Arrow column of texts, giving new ones to texts not seen before."""
        return self.codes_at(*buffers(column))

    def codes_at(self, data: Bytes, starts: Wholes, sizes: Any) -> Codes:
        """Return codes of the texts that stand in `data`; 0 where the size is not above 0."""
        found = np.empty(len(starts), np.uint32)
        row = 0
        with self._lock:
            while row < len(starts):
                row, self._count = _intern(
                    data, starts, sizes, row, found, self._arena, self._ends, self._hashes, self._table, self._count
                )
                if row < len(starts):
                    self._grow(int(sizes[row]))
        return found

    def add(self, texts: list[str]) -> Codes:
        """Return the codes of Python texts, adding what is new."""
        column = _arrow(texts)
        return self.codes_at(*_binary(column))

    def find(self, texts: list[str]) -> Wholes:
        """Return the codes of texts, -1 for unknown ones (0 for the empty one)."""
        data, starts, sizes = _binary(_arrow(texts))
        found = np.empty(len(texts), np.int64)
        with self._lock:
            _find(data, starts, sizes, found, self._arena, self._ends, self._hashes, self._table)
        return found

    def _grow(self, room: int) -> None:
        count = self._count
        if self._ends[count] + room > len(self._arena):
            self._arena = _wider(self._arena, max(len(self._arena) * 2, int(self._ends[count]) + room))
        if count >= len(self._hashes):
            self._hashes = _wider(self._hashes, 2 * count)
            self._ends = _wider(self._ends, 2 * count + 1)
        if 2 * count >= len(self._table):
            self._table = np.full(2 * len(self._table), -1, np.int32)
            _rehash(self._ends, self._hashes, self._table, count)

    @property
    def parts(self) -> tuple[Bytes, Wholes, Any, Any]:
        """The arena, the ends of texts, their hashes and the table, for machine code that looks texts up."""
        return self._arena, self._ends, self._hashes, self._table

    def texts(self, since: int = 0) -> list[str]:
        """Return the texts of codes from `since` on."""
        count = self._count
        return self._slice(np.arange(since, count, dtype=np.int64))

    def of(self, codes: Any) -> list[str]:
        """Return the texts of codes."""
        return self._slice(np.fromiter((int(code) for code in codes), np.int64))

    def _slice(self, codes: Wholes) -> list[str]:
        ends, arena = self._ends, self._arena
        starts, stops = ends[codes].tolist(), ends[codes + 1].tolist()
        low, high = min(starts, default=0), max(stops, default=0)
        held = arena[low:high].tobytes()
        pairs = zip(starts, stops, strict=True)
        return [held[start - low : stop - low].decode("utf-8", "surrogatepass") for start, stop in pairs]

    def arrow(self) -> pa.Array:
        """Return all texts as an Arrow column of bytes, by code."""
        count = self._count
        ends = self._ends[: count + 1].copy()
        held = self._arena[: ends[-1]].copy()
        return pa.LargeBinaryArray.from_buffers(
            pa.large_binary(), count, [None, pa.py_buffer(ends), pa.py_buffer(held)]
        )

    def save(self, file: Path, used: NDArray[np.bool_] | None = None) -> None:
        """Write the texts into a file; those that are not `used` are blanked out, and keep their codes."""
        count = self._count if used is None else len(used)
        ends, arena = self._ends[: count + 1], self._arena
        sizes = np.diff(ends)
        if used is not None and not used.all():
            arena = arena[: ends[-1]][np.repeat(used, sizes)]
            sizes = np.where(used, sizes, 0)
        with file.open("wb") as out:
            np.save(out, np.append(0, np.cumsum(sizes)))
            np.save(out, arena[: sizes.sum()])

    @classmethod
    def load(cls, file: Path) -> Texts:
        """Read texts that `save` wrote."""
        found = cls()
        with file.open("rb") as given:
            ends, arena = np.load(given), np.load(given)
        count = len(ends) - 1
        found._count, found._ends, found._arena = count, np.ascontiguousarray(ends, np.int64), arena
        found._hashes = np.zeros(max(count, 1), np.uint64)
        _hash_all(arena, found._ends, found._hashes, count)
        width = 2 * _LEAST
        while width < 4 * count:
            width *= 2
        found._table = np.full(width, -1, np.int32)
        _rehash(found._ends, found._hashes, found._table, count)
        return found


def _wider(array: NDArray[Any], size: int) -> NDArray[Any]:
    made = np.zeros(size, array.dtype)
    made[: len(array)] = array
    return made


def _binary(column: pa.Array) -> tuple[Bytes, Wholes, Wholes]:
    _, offsets, data = column.buffers()
    bounds = np.frombuffer(offsets, np.int32)[: len(column) + 1].astype(np.int64)
    held = np.frombuffer(data, np.uint8) if data is not None and len(data) else np.zeros(1, np.uint8)
    return held, bounds[:-1].copy(), np.diff(bounds)
