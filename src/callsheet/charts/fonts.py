"""The shipped font: where its files are, and how wide its letters are.

ECharts measures text to place and shorten labels; without a browser it needs the advance widths. They are
read from the font itself, so that measured and drawn text agree (kerning aside).
Source: OpenType 1.9 specification, tables head, hhea, hmtx and cmap (formats 4 and 12).
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parent / "vendor"
FILES: Final = (VENDOR / "Inter-Regular.otf", VENDOR / "Inter-SemiBold.otf")


@cache
def widths() -> dict[int, float]:
    """Advance width in em of every character of the regular weight, by code point."""
    data = FILES[0].read_bytes()
    tables = _tables(data)
    em = struct.unpack_from(">H", data, tables["head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
    advances = [struct.unpack_from(">H", data, tables["hmtx"] + 4 * i)[0] / em for i in range(count)]
    return {code: round(advances[min(glyph, count - 1)], 4) for code, glyph in _glyphs(data, tables["cmap"]).items()}


def _tables(data: bytes) -> dict[str, int]:
    count = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * i) for i in range(count))
    return {tag.decode(): offset for tag, _, offset, _ in records}


def _glyphs(data: bytes, start: int) -> dict[int, int]:
    """Glyph of each code point, from all Unicode subtables of the cmap table."""
    glyphs: dict[int, int] = {}
    for i in range(struct.unpack_from(">H", data, start + 2)[0]):
        at = start + struct.unpack_from(">HHL", data, start + 4 + 8 * i)[2]
        form = struct.unpack_from(">H", data, at)[0]
        if form == 4:
            glyphs |= _format_4(data, at)
        elif form == 12:
            glyphs |= _format_12(data, at)
    return glyphs


def _format_4(data: bytes, at: int) -> dict[int, int]:
    size = struct.unpack_from(">H", data, at + 6)[0]
    half = size // 2
    ends = struct.unpack_from(f">{half}H", data, at + 14)
    starts = struct.unpack_from(f">{half}H", data, at + 16 + size)
    deltas = struct.unpack_from(f">{half}H", data, at + 16 + 2 * size)
    offsets = struct.unpack_from(f">{half}H", data, at + 16 + 3 * size)
    found = {}
    for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
        base = at + 16 + 3 * size + 2 * i + offsets[i]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", data, base + 2 * (code - first))[0] if offsets[i] else code
            if glyph:
                found[code] = (glyph + deltas[i]) & 0xFFFF
    return found


def _format_12(data: bytes, at: int) -> dict[int, int]:
    count = struct.unpack_from(">L", data, at + 12)[0]
    groups = (struct.unpack_from(">LLL", data, at + 16 + 12 * i) for i in range(count))
    return {first + n: glyph + n for first, last, glyph in groups for n in range(last - first + 1)}


def covered(text: str) -> bool:
    """Whether the shipped font has every character of the text (white space counts as covered)."""
    known = widths()
    return all(ord(letter) in known or letter.isspace() for letter in text)


def width(text: str, size: float = 11) -> float:
    """Width of the text in pixels at a font size in pixels; unknown characters count as one em."""
    known = widths()
    return size * sum(known.get(ord(letter), 1.0) for letter in text)
