"""JSON to values: quickly where it is plain, exactly where it is odd.

Values that come out can be written as JSON that every reader takes: text without NUL and lone surrogates (each
becomes U+FFFD), numbers that are finite (others become null).
"""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from callsheet.usage.wire.turned import Turned

MOST_DEPTH = 100
_quick = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode
_NUL, _LOST = "\x00", "\ufffd"


def decoded(body: bytes) -> Any:
    """Return the values of a JSON text; of a name that stands twice in an object, the last. Turned 400 else."""
    try:
        found = _quick.decode(body)
    except (ValueError, RecursionError):
        return _exactly(body)
    return clean(found) if b"\\u0000" in body else found


def _exactly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        return clean(json.loads(text, parse_constant=_nothing, parse_float=_finite, parse_int=_whole))
    except RecursionError as why:
        raise Turned(400, "too_deep", "The JSON is nested too deep.") from why
    except UnicodeDecodeError as why:
        raise Turned(400, "bad_json", "The body is not UTF-8 text.") from why
    except ValueError as why:
        raise Turned(400, "bad_json", f"The body is not JSON: {why}.") from why


def _nothing(_name: str) -> None:
    """NaN and Infinity are no JSON, though Python's clients write them."""


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _whole(text: str) -> int | float | None:
    return int(text) if len(text) < 300 else None


def clean(value: Any) -> Any:
    """Return a value with its texts mended, names of properties too."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(name): clean(one) for name, one in value.items()}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return value


def clean_text(text: str) -> str:
    """Return the text without NUL and lone surrogates."""
    if _NUL in text:
        text = text.replace(_NUL, _LOST)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join(_LOST if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def encoded(value: Any) -> str:
    """Return a value as JSON text."""
    return _encode(value).decode()


def deeper(value: Any, most: int = MOST_DEPTH) -> bool:
    """Whether objects and lists are nested deeper than `most`."""
    level = [value]
    for _ in range(most):
        level = [one for held in level for one in _held(held) if one.__class__ in (dict, list)]
        if not level:
            return False
    return True


def _held(value: Any) -> Any:
    return value.values() if value.__class__ is dict else value
