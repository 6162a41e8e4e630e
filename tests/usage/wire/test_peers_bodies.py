"""Forms of bodies that PostHog's capture reads beside plain JSON and gzip: forms with other fields first, lz-string,
base64 of addresses, brotli, zstd and deflate."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from urllib.parse import quote

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.usage.wire.lzstring import TooLong, expanded
from callsheet.usage.wire.turned import Turned
from callsheet.usage.wire.unpacking import unpacked
from tests.usage.wire.sending import UUID, rows, send

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
WANTED = [
    {"event": f"opened {number % 3} ?>~ü€😀", "distinct_id": "ann", "uuid": f"{UUID}{number:02}"}
    for number in range(20)
]
BODY = json.dumps({"api_key": "key", "batch": WANTED}).encode()


class Packing:
    """lz-string's side that packs, written for this test from the description of its format."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.fresh: set[str] = set()
        self.width, self.room, self.bits = 2, 2, ""

    def put(self, value: int, width: int) -> None:
        self.bits += f"{value:0{width}b}"[::-1]

    def grown(self) -> None:
        self.room -= 1
        if self.room == 0:
            self.width, self.room = self.width + 1, 2**self.width

    def code(self, piece: str) -> None:
        if piece in self.fresh:
            wide = ord(piece) > 255
            self.put(int(wide), self.width)
            self.put(ord(piece), 16 if wide else 8)
            self.fresh.remove(piece)
            self.grown()
        else:
            self.put(self.known[piece], self.width)
        self.grown()

    def packed(self, text: str) -> bytes:
        held = ""
        for letter in text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"):
            for unit in _units(letter):
                if unit not in self.known:
                    self.known[unit] = len(self.known) + 3
                    self.fresh.add(unit)
                if held + unit not in self.known:
                    self.code(held)
                    self.known[held + unit] = len(self.known) + 3
                    held = unit
                else:
                    held += unit
        if held:
            self.code(held)
        self.put(2, self.width)
        bits = self.bits + "0" * (6 - len(self.bits) % 6)
        letters = "".join(LETTERS[int(bits[place : place + 6], 2)] for place in range(0, len(bits), 6))
        return (letters + "=" * (-len(letters) % 4)).encode()


def _units(letter: str) -> list[str]:
    raw = letter.encode("utf-16-le", "surrogatepass")
    return [chr(raw[place] | raw[place + 1] << 8) for place in range(0, len(raw), 2)]


def deflated(body: bytes) -> bytes:
    """Deflate without a head."""
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(body) + packing.flush()


def by_arrow(codec: str) -> bytes:
    """What Arrow packs."""
    packed: bytes = pa.Codec(codec).compress(BODY, asbytes=True)
    return packed


LZ = Packing().packed(BODY.decode())
PLAIN = base64.b64encode(BODY)
FORMS: dict[str, tuple[bytes, str]] = {
    "a form with other fields first": (b"ver=1.2.3&ip=1&data=" + quote(BODY.decode()).encode() + b"&x=1", ""),
    "a form with base64 and its plus as it is": (b"compression=base64&data=" + PLAIN, ""),
    "lz-string in a form": (b"data=" + quote(LZ.decode()).encode() + b"&ver=1.2.3", ""),
    "lz-string alone": (LZ, ""),
    "base64 as in addresses": (base64.urlsafe_b64encode(BODY).rstrip(b"="), ""),
    "gzip in base64": (base64.b64encode(gzip.compress(BODY)), "gzip"),
    "brotli": (by_arrow("brotli"), "br"),
    "zstd": (by_arrow("zstd"), "zstd"),
    "zstd without a header": (by_arrow("zstd"), ""),
    "deflate": (zlib.compress(BODY), "deflate"),
    "deflate without a head": (deflated(BODY), "Deflate"),
    **{f"plain, called {name}": (BODY, name) for name in ("br", "gzip", "deflate", "zstd", "lz4")},
}


@pytest.mark.parametrize("case", FORMS)
@pytest.mark.parametrize("path", ["/e/", "/i/v1/analytics/events"])
def test_every_form_of_a_body_is_read(case: str, path: str) -> None:
    body, encoding = FORMS[case]
    done, answer = send(path, body, headers={"content-encoding": encoding})
    assert answer.status == 200
    assert [(row["event"], row["event_id"]) for row in rows(done)] == [(one["event"], one["uuid"]) for one in WANTED]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abc{}€😀\x00", max_size=300))
def test_lz_string_gives_back_what_was_packed(text: str) -> None:
    assert expanded(Packing().packed(text), 10_000) == text


def test_a_text_packed_by_lz_string_itself() -> None:
    assert expanded(b"BYUwNmD2AEDukCcwBMg=", 20) == "hello world"


def test_lz_string_stops_where_it_is_too_long() -> None:
    bomb = Packing().packed("[" + " " * 200_000)
    assert len(bomb) < 2_000
    with pytest.raises(TooLong):
        expanded(bomb, 100_000)
    with pytest.raises(Turned) as why:
        unpacked(bomb, 100_000)
    assert (why.value.status, why.value.code) == (413, "too_large")


@pytest.mark.parametrize("codec", ["zstd", "brotli"])
def test_a_bomb_is_stopped_however_it_is_packed(codec: str) -> None:
    bomb = pa.Codec(codec).compress(b" " * 30_000_000, asbytes=True)
    with pytest.raises(Turned) as why:
        unpacked(bomb, encoding="br" if codec == "brotli" else "")
    assert (why.value.status, why.value.code) == (413, "too_large")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["", "br", "deflate", "gzip", "zstd"]))
def test_nothing_but_a_clear_error_comes_of_nonsense(body: bytes, encoding: str) -> None:
    found: int | None = None
    try:
        unpacked(body, encoding=encoding)
    except Turned as why:
        found = why.status
    assert found in (None, 400, 413)


def test_what_is_no_text_of_any_kind_keeps_the_error_of_json() -> None:
    for body in (b"nonsense!", b"AAAA", b"data=", b"=", b""):
        _, answer = send("/e/", body)
        assert answer.status == 400
