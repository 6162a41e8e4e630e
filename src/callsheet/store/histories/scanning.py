"""Finding properties in JSON objects: where the value of each wanted name stands, in one pass over the bytes.

The texts are known to be valid JSON. Values are spans of the text as it was sent; the last of repeated names counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.compiled import compiled
from callsheet.store.histories.texts import Bytes, Texts, Wholes, buffers, hash_of, place_of

QUOTE, BACKSLASH, COLON, COMMA = 34, 92, 58, 44
_REMEMBERED = 64
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, NULL = 123, 125, 91, 93, 110


@compiled
def _skip(data: Bytes, place: int, end: int) -> int:
    while place < end and data[place] <= 32:
        place += 1
    return place


@compiled
def _text_end(data: Bytes, place: int, end: int) -> int:
    """Return the place of the quote that ends the text whose inside begins at `place`."""
    while place < end:
        sign = data[place]
        if sign == QUOTE:
            return place
        place += 2 if sign == BACKSLASH else 1
    return place


@compiled
def _value_end(data: Bytes, place: int, end: int) -> int:
    """Return the place after the value that begins at `place`."""
    if data[place] == QUOTE:
        return _text_end(data, place + 1, end) + 1
    if data[place] != OPEN and data[place] != OPEN_LIST:
        while place < end and data[place] > 32 and data[place] != COMMA and data[place] != CLOSE:
            place += 1
        return place
    depth = 0
    while place < end:
        sign = data[place]
        if sign == QUOTE:
            place = _text_end(data, place + 1, end)
        elif sign in (OPEN, OPEN_LIST):
            depth += 1
        elif sign in (CLOSE, CLOSE_LIST):
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return place


@compiled
def _hex(data: Bytes, place: int) -> int:
    found = 0
    for sign in data[place : place + 4]:
        found = found * 16 + (sign - 48 if sign < 58 else (sign & 0xDF) - 55)
    return found


@compiled
def _put(point: int, out: Bytes, size: int) -> int:
    """Write a code point as UTF-8 and return the new size."""
    if point < 0x80:
        out[size] = point
        return size + 1
    if point < 0x800:
        out[size] = 0xC0 | (point >> 6)
        out[size + 1] = 0x80 | (point & 0x3F)
        return size + 2
    if point < 0x10000:
        out[size] = 0xE0 | (point >> 12)
        out[size + 1] = 0x80 | ((point >> 6) & 0x3F)
        out[size + 2] = 0x80 | (point & 0x3F)
        return size + 3
    out[size] = 0xF0 | (point >> 18)
    out[size + 1] = 0x80 | ((point >> 12) & 0x3F)
    out[size + 2] = 0x80 | ((point >> 6) & 0x3F)
    out[size + 3] = 0x80 | (point & 0x3F)
    return size + 4


@compiled
def _unescape(data: Bytes, place: int, end: int, out: Bytes) -> int:
    """Write what the inside of a JSON text means into `out`, which is long enough; return the size."""
    size = 0
    while place < end:
        sign = data[place]
        if sign != BACKSLASH:
            out[size] = sign
            size, place = size + 1, place + 1
            continue
        kind = data[place + 1]
        if kind != 117:
            plain = int(kind)
            for escape, means in ((98, 8), (102, 12), (110, 10), (114, 13), (116, 9)):
                plain = means if kind == escape else plain
            size, place = _put(plain, out, size), place + 2
            continue
        point, place = _hex(data, place + 2), place + 6
        if 0xD800 <= point < 0xDC00 and place + 5 < end and data[place] == BACKSLASH and data[place + 1] == 117:
            low = _hex(data, place + 2)
            if 0xDC00 <= low < 0xE000:
                point, place = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00), place + 6
        size = _put(point, out, size)
    return size


@compiled
def _wanted(
    data: Bytes, start: int, end: int, spare: Bytes, arena: Bytes, ends: Wholes, hashes: Any, table: Any
) -> int:
    """Return the code of a name among the wanted ones, or -1."""
    escaped = False
    for place in range(start, end):
        escaped = escaped or data[place] == BACKSLASH
    if not escaped:
        hashed = hash_of(data, start, end)
        return int(table[place_of(data, start, end, hashed, arena, ends, hashes, table)])
    size = _unescape(data, start, end, spare)
    hashed = hash_of(spare, 0, size)
    return int(table[place_of(spare, 0, size, hashed, arena, ends, hashes, table)])


@compiled
def _as_before(data: Bytes, place: int, end: int, start: int, size: int) -> bool:
    """Whether the text that begins at `place` is the same as the one of this size at `start`."""
    if place + size >= end or data[place + size] != QUOTE:
        return False
    step = 0
    while step < size and data[place + step] == data[start + step]:
        step += 1
    return step == size


@compiled
def scan(
    data: Bytes, starts: Wholes, sizes: Wholes, found: Wholes, spans: NDArray[np.int32], spare: Bytes,
    arena: Bytes, ends: Wholes, hashes: Any, table: Any,
) -> None:  # fmt: skip
    """Fill `found[row, column]` (place of the value) and `spans[row, column]` (its size; 0 when missing or null).

    Column k is the wanted name of code k. `spare` holds the longest text. Most objects have the names of the one
    before in the same order: then a name is compared with that one, and not looked up.
    """
    names = np.zeros((_REMEMBERED, 3), np.int64)  # of each place: where the last name began, its size, its column
    for row in range(len(starts)):
        end = starts[row] + sizes[row]
        place, ordinal = _skip(data, starts[row], end), 0
        if place >= end or data[place] != OPEN:
            continue
        place = _skip(data, place + 1, end)
        while place < end and data[place] == QUOTE:
            start, size, column = names[ordinal, 0], names[ordinal, 1], names[ordinal, 2]
            if size == 0 or not _as_before(data, place + 1, end, start, size):
                size = _text_end(data, place + 1, end) - place - 1
                column = _wanted(data, place + 1, place + 1 + size, spare, arena, ends, hashes, table)
                names[ordinal, 0], names[ordinal, 1], names[ordinal, 2] = place + 1, size, column
            place = _skip(data, _skip(data, place + size + 2, end) + 1, end)
            after = _value_end(data, place, end)
            if column >= 0:
                found[row, column] = place
                spans[row, column] = 0 if data[place] == NULL else after - place
            ordinal = min(ordinal + 1, _REMEMBERED - 1)
            place = _skip(data, after, end)
            if place < end and data[place] == COMMA:
                place = _skip(data, place + 1, end)


class Scanner:
    """Finds the values of certain properties in columns of JSON objects."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._wanted = Texts()
        self._wanted.add(names)

    def spans(self, column: Any) -> Iterator[tuple[str, Bytes, Wholes, NDArray[np.int32]]]:
        """Yield for each name (name, bytes, where each row's value starts, its size): what `Texts.codes_at` takes."""
        data, starts, sizes = buffers(column)
        count = len(starts)
        found = np.zeros((count, len(self.names) + 1), np.int64)
        spans = np.zeros((count, len(self.names) + 1), np.int32)
        spare = np.zeros(int(sizes.max(initial=0)) + 8, np.uint8)
        scan(data, starts, sizes, found, spans, spare, *self._wanted.parts)
        for place, name in enumerate(self.names, 1):
            yield name, data, np.ascontiguousarray(found[:, place]), np.ascontiguousarray(spans[:, place])
