"""Identifiers: sortable random ones for rows, readable ones for things people name."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from callsheet.base.text import slug

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Return `prefix_` and 20 characters: 9 of time in milliseconds (sortable), 11 random (55 bits)."""
    millis = time.time_ns() // 1_000_000
    stamp = ""
    for _ in range(9):
        stamp = _ALPHABET[millis % 32] + stamp
        millis //= 32
    return f"{prefix}_{stamp}{''.join(secrets.choice(_ALPHABET) for _ in range(11))}"


def slug_id(title: str, taken: Callable[[str], bool]) -> str:
    """Return a readable id from a title, numbered when `taken` says that it exists."""
    base = slug(title)[:60] or "item"
    candidate, number = base, 1
    while taken(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def stable_id(*parts: object) -> str:
    """Return the same 16 hexadecimal characters for the same parts, on every machine."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
