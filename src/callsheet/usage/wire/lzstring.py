"""Texts packed by lz-string's `compressToBase64`, as the first versions of posthog-js sent them.

Source: the format of lz-string 1.4: codes of growing width over a dictionary that both sides build, each letter of
base64 being six bits, and each code's lowest bit the first.
"""

from __future__ import annotations

import binascii
from base64 import b64decode

MOST_PACKED = 250_000
"""Letters of a packed text; longer ones are not read. So many take a fifth of a second, before the key can be known."""
_BYTE, _WIDE, _END = 0, 1, 2


class TooLong(Exception):
    """The text is longer than was asked for; `read` is its beginning."""

    def __init__(self, read: str) -> None:
        super().__init__("the unpacked text is too long")
        self.read = read


def expanded(packed: bytes, most: int) -> str | None:
    """Return the text; None when this is none of lz-string's. TooLong when it has more than `most` characters."""
    if len(packed) > MOST_PACKED:
        return None
    try:
        letters = packed.rstrip(b"=")  # three of them may stand there, which base64 has no use for
        bits = _Bits(b64decode(letters + b"A" * (-len(letters) % 4), validate=True))
        return "".join(_entries(bits, most)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except (binascii.Error, ValueError, IndexError):
        return None


class _Bits:
    """Numbers out of a row of bits. ValueError when there are no more."""

    def __init__(self, held: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in held)
        self._place = 0

    def next(self, width: int) -> int:
        begin, self._place = self._place, self._place + width
        if self._place > len(self._bits):
            raise ValueError("no more bits")
        return int(self._bits[begin : self._place][::-1], 2)


def _entries(bits: _Bits, most: int) -> list[str]:
    """Return the pieces that the codes stand for. A code is a letter of eight or sixteen bits that follows, the end, or
    a piece that was there before."""
    known, found = ["", "", ""], list[str]()
    width, room, last, length = 2, 1, "", 0
    while True:
        code = bits.next(width)
        if code == _END:
            return found
        if code in (_BYTE, _WIDE):
            known.append(chr(bits.next(8 if code == _BYTE else 16)))
            code, room = len(known) - 1, room - 1
            width, room = (width + 1, 2**width) if room == 0 else (width, room)
        piece = last + last[0] if code == len(known) else known[code]
        found.append(piece)
        length += len(piece)
        if length > most:
            raise TooLong("".join(found))
        if last:
            known.append(last + piece[0])
            room -= 1
            width, room = (width + 1, 2**width) if room == 0 else (width, room)
        last = piece
