"""Bodies as they come over the wire: compressed or not, told by their first bytes, whatever the headers say."""

from __future__ import annotations

import base64
import binascii
import zlib
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from callsheet.usage.wire.turned import Turned

MOST_SENT = 20 * 2**20
"""Bytes of a request. posthog-python sends up to 13 MB at once, and its own server takes 20."""
MOST_UNPACKED = 20 * 2**20
_GZIP, _ZSTD, _FORM = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"data="
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_PIECE, _MOST_BEGINNING = 64, 256 * 1024
_BOM = b"\xef\xbb\xbf"


def unpacked(body: bytes, most: int = MOST_UNPACKED) -> bytes:
    """Return the JSON text of a body: gunzipped or inflated, taken out of a form's `data=`, out of base64.

    Turned 413 when more than `most` bytes come out (the rest is never unpacked), 400 when it is damaged.
    """
    body = _inflated(body, most)
    if body.startswith(_FORM):
        body = _form(body)
    if body[:1] not in b"{[ \t\r\n\xef" or not body:
        body = _inflated(_from_base64(body), most)
    return body.removeprefix(_BOM)


def _inflated(body: bytes, most: int) -> bytes:
    head = body[:4]
    if head[:2] == _GZIP:
        return _inflate(body, 31, most)
    if head[:2] in _ZLIB:
        return _inflate(body, 15, most)
    if head == _ZSTD:
        raise Turned(415, "unsupported_encoding", "Bodies packed with zstd are not read. Send gzip, or plain JSON.")
    return body


def _inflate(body: bytes, bits: int, most: int) -> bytes:
    """Inflate all members of a stream, and stop as soon as it has grown too large."""
    found = bytearray()
    try:
        while body:
            stream = zlib.decompressobj(bits)
            found += stream.decompress(body, most + 1 - len(found))
            if len(found) > most:
                words = f"The body is larger than {most // 2**20} MB when unpacked."
                raise Turned(413, "too_large", words, read=bytes(found))
            if not stream.eof:
                raise Turned(400, "bad_encoding", "The packed body is cut off.", read=bytes(found))
            body = stream.unused_data
    except zlib.error as why:
        read = bytes(found) or _beginning(body, bits)
        raise Turned(400, "bad_encoding", f"The body cannot be unpacked: {why}.", read=read) from why
    return bytes(found)


def _beginning(body: bytes, bits: int) -> bytes:
    """Return what a damaged stream gives before its damage, at most its first quarter of a megabyte."""
    stream, found = zlib.decompressobj(bits), bytearray()
    with suppress(zlib.error):
        for place in range(0, len(body), _PIECE):
            found += stream.decompress(body[place : place + _PIECE], _MOST_BEGINNING)
            if len(found) > _MOST_BEGINNING:
                break
    return bytes(found)


def _form(body: bytes) -> bytes:
    """Return the value of `data` of a form."""
    value = body.partition(b"&")[0].removeprefix(_FORM)
    return unquote_to_bytes(value.replace(b"+", b" "))


def _from_base64(body: bytes) -> bytes:
    """Return what base64 holds; the body itself when it is none, so that its error is that of JSON."""
    text = body.strip().replace(b" ", b"+")  # a plus that a form has turned into a blank
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return body
