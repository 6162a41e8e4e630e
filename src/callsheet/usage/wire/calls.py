"""One request as a protocol sees it, what it answers, and what all protocols do."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from callsheet.usage.wire.decoding import encoded
from callsheet.usage.wire.gathering import Gathering
from callsheet.usage.wire.turned import Turned

_ENDS = 100_000
"""Bytes at either end of an unreadable body in which a key is looked for."""
_KEY = re.compile(rb'"(?:writeKey|api_key|token|\$token)"\s*:\s*"([^"\\]{1,200})"')


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `path` has no slash at its end, `headers` have lower-case names, `size` is that of the JSON."""

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client is told."""

    status: int
    body: bytes
    wait: int = 0
    kind: str = "application/json"


class Speaks(Protocol):
    """A protocol."""

    def read(self, call: Call, /) -> Any:
        """Return the values of the body; Turned when it cannot be read or is too large."""

    def key(self, call: Call, document: Any, /) -> str:
        """Return the write key, from the headers or the body (None: it cannot be read); empty where there is none."""

    def count(self, document: Any, /) -> int:
        """Return how many events a body holds."""

    def gather(self, call: Call, document: Any, into: Gathering, /) -> None:
        """Put every event into the parcel, or refuse it; Turned when nothing can be made of the whole."""

    def answer(self, done: Gathering) -> Answer:
        """Say that it was taken."""

    def turn(self, why: Turned) -> Answer:
        """Say that nothing was taken."""


def answered(status: int, value: Any, wait: int = 0) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, encoded(value).encode(), wait)


def given_key(call: Call) -> str:
    """Return the key of the headers: `Basic base64(key:)`, `Bearer key` or `X-Api-Key`; empty where there is none."""
    scheme, _, rest = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return call.headers.get("x-api-key", "")
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def keys_within(body: bytes) -> Iterator[str]:
    """Yield what stands as a write key near either end of a body that cannot be read as a whole."""
    for part in (body[:_ENDS], body[_ENDS:][-_ENDS:]):
        for found in _KEY.finditer(part):
            yield found[1].decode(errors="replace")


def nothing_taken(done: Gathering) -> Turned | None:
    """Return why a request is turned away of which every event was refused; None when some were not."""
    if not done.refusals or done.seen > len(done.refusals):
        return None
    _, code, words = done.refusals[0]
    return Turned(400, code, words)
