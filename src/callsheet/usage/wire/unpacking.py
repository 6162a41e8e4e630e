"""Bodies as they come over the wire: compressed or not, told by their first bytes, whatever the headers say. Only
brotli and deflate without a head have none to be told by: there the header is believed."""

from __future__ import annotations

import base64
import binascii
import zlib
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from callsheet.usage.wire.lzstring import TooLong, expanded
from callsheet.usage.wire.turned import Turned

MOST_SENT = 20 * 2**20
"""Bytes of a request. posthog-python sends up to 13 MB at once, and its own server takes 20."""
MOST_UNPACKED = 20 * 2**20
_GZIP, _ZSTD, _FORM = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"data="
_FORM_WITHIN = 128
"""Bytes of a form before its `data=`."""
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_PIECE, _MOST_BEGINNING = 64, 256 * 1024
_OF_ADDRESSES = bytes.maketrans(b"-_", b"+/")
_TOO_LONG = f"The body is larger than {MOST_UNPACKED // 2**20} MB when unpacked."
_BOM = b"\xef\xbb\xbf"


def unpacked(body: bytes, most: int = MOST_UNPACKED, encoding: str = "") -> bytes:
    """Return the JSON text of a body: gunzipped or inflated, taken out of a form's `data=`, out of base64, out of
    lz-string. `encoding` is the header's.

    Turned 413 when more than `most` bytes come out (the rest is never unpacked), 400 when it is damaged.
    """
    body = _inflated(_by_header(body, most, encoding.strip().lower()) if encoding else body, most)
    if not _is_json(body):
        begin = _begin_of_form(body)
        body = _form(body[begin:]) if begin >= 0 else body
    if not _is_json(body):
        body = _from_text(body, most)
    return body.removeprefix(_BOM)


def _is_json(body: bytes) -> bool:
    return bool(body) and body[:1] in b"{[ \t\r\n\xef"


def _begin_of_form(body: bytes) -> int:
    """Return where `data=` of a form begins; -1 where there is none."""
    found = body[:_FORM_WITHIN].find(b"&" + _FORM)
    return 0 if body.startswith(_FORM) else found + 1 if found >= 0 else -1


def _by_header(body: bytes, most: int, encoding: str) -> bytes:
    """Unpack what only the header tells of; a body that is not packed so stays as it is."""
    if encoding == "br":
        with suppress(OSError):
            found = _streamed(body, "brotli", most)
            return found if _is_json(found) else body
    raw = encoding == "deflate" and body[:2] not in _ZLIB and not _is_json(body)
    return _inflate(body, -15, most) if raw else body


def _inflated(body: bytes, most: int) -> bytes:
    head = body[:4]
    if head[:2] == _GZIP:
        return _inflate(body, 31, most)
    if head[:2] in _ZLIB:
        return _inflate(body, 15, most)
    if head == _ZSTD:
        try:
            return _streamed(body, "zstd", most)
        except OSError as why:
            raise Turned(400, "bad_encoding", f"The body cannot be unpacked: {why}.") from why
    return body


def _streamed(body: bytes, codec: str, most: int) -> bytes:
    """Unpack what Arrow knows how to; OSError when it is damaged."""
    import pyarrow as pa

    found: bytes = pa.CompressedInputStream(pa.BufferReader(body), codec).read(most + 1)
    return _fitting(found, most)


def _fitting(found: bytes, most: int) -> bytes:
    if len(found) > most:
        raise Turned(413, "too_large", f"The body is larger than {most // 2**20} MB when unpacked.", read=found)
    return found


def _inflate(body: bytes, bits: int, most: int) -> bytes:
    """Inflate all members of a stream, and stop as soon as it has grown too large."""
    found = bytearray()
    try:
        while body:
            stream = zlib.decompressobj(bits)
            found += stream.decompress(body, most + 1 - len(found))
            if len(found) > most:
                _fitting(bytes(found), most)
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


def _from_text(body: bytes, most: int) -> bytes:
    """Return what base64 or lz-string hold; the body itself when it is neither, so that its error is that of JSON."""
    text = body.strip().replace(b" ", b"+")  # a plus that a form has turned into a blank
    try:
        plain = text.translate(_OF_ADDRESSES)
        found = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if found[:2] == _GZIP or found[:2] in _ZLIB:
        found = _inflated(found, most)
    if _is_json(found):
        return found
    try:
        other = expanded(text, most)
    except TooLong as why:
        raise Turned(413, "too_large", _TOO_LONG, read=why.read.encode("utf-8", "replace")) from why
    return other.encode() if other and _is_json(other.encode()) else found or body
