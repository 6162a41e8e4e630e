"""Ids of persons, accounts and events as clients send them: text, numbers, and worse."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from typing import Any

import msgspec

MOST_ID = 1_000
"""Characters of an id."""
LONG_ENOUGH = 20
"""Characters from which on an event's id is taken to be unique beyond its source."""
_MOST_EVENT_ID = 200
_sorted = msgspec.json.Encoder(order="sorted").encode
_started = secrets.token_hex(8)
_numbers = itertools.count(1)


def text_of(value: Any) -> str:
    """Return an id as text: that of a number or a truth value as in JSON, of an object as JSON in the order of its
    names; empty where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _sorted(value).decode()


def new_stem() -> str:
    """Return what the ids begin with that events of one request get which have none."""
    return f"{_started}{next(_numbers):012x}"


def event_id(given: Any, source: str, stem: str, place: int) -> str:
    """Return the id that tells a repeated event from a new one: the client's, else one made of `stem` and the place
    in the request.

    A short id, such as `1`, may be used by two clients, so it counts within its source only. A very long one is
    kept as its SHA-256.
    """
    told = text_of(given)
    if not told:
        return f"{stem}{place:06x}"
    if len(told) > _MOST_EVENT_ID:
        return hashlib.sha256(told.encode()).hexdigest()
    return told if len(told) >= LONG_ENOUGH else f"{source}:{told}"
