"""Cells of a file as values of a column: text, moments, numbers, whole numbers, truths. Pure.

Everything works on whole columns and remembers what it has read, since columns repeat themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.base.time import parse_moment, to_utc
from callsheet.store.schema import MOMENT, NUMBER, TEXT, TRUTH, WHOLE

_NOTHING = frozenset({"", "-", "–", "n/a", "na", "nan", "nat", "null", "none", "#n/a"})
_TRUE, _FALSE = frozenset({"true", "t", "yes", "y", "1", "on"}), frozenset({"false", "f", "no", "n", "0", "off"})
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+$")
_POINTED = re.compile(r"^[+-]?\d{1,3}(\.\d{3}){2,}$")
_PLAIN = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
_MARKS = re.compile(r"[\s\u00a0\u202f'’_€$£%]")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.]\d{2,4}")
MEMORY = 30_000
"""Cells remembered of a column; one that never repeats itself is forgotten again and again."""

WORDS = {MOMENT: "a date", NUMBER: "a number", WHOLE: "a whole number", TRUTH: "yes or no"}
HOW = {
    MOMENT: "Write 2026-11-22 or 2026-11-22T10:30:00Z.", NUMBER: "Write 1234.5.", WHOLE: "Write 1234.",
    TRUTH: "Write true or false.",
}  # fmt: skip


def text(value: Any) -> str | None:
    """Return the cell as text; None when it is empty. The `'` that spreadsheets put before formulas is removed."""
    if value is None:
        return None
    if not isinstance(value, str):
        return _told(value)
    plain = value.strip()
    if plain[:1] == "'" and plain[1:2] in ("=", "+", "-", "@"):
        plain = plain[1:]
    return plain or None


def _told(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if value != value else f"{value:.15g}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(not isinstance(part, dict | list) for part in value):
        return ", ".join(str(part) for part in value) or None
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)


def number(value: Any) -> float | None:
    """Return a number written with or without separators: `1,234.5`, `1.234,5`, `1 234`, `€12`, `12%`."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return None if value != value else float(value)
    plain = _MARKS.sub("", text(value) or "")
    if plain.lower() in _NOTHING:
        return None
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    if "," in plain and "." in plain:
        thousands = "," if plain.rfind(",") < plain.rfind(".") else "."
        plain = plain.replace(thousands, "").replace(",", ".")
    elif _GROUPED.match(plain):
        plain = plain.replace(",", "")
    elif _POINTED.match(plain):
        plain = plain.replace(".", "")
    else:
        plain = plain.replace(",", ".")
    if not _PLAIN.match(plain):
        raise ValueError
    return float(plain)


def whole(value: Any) -> int | None:
    """Return a whole number; `6142.0` is one, `6142.5` is not."""
    if isinstance(value, int):
        return int(value)
    found = number(value)
    if found is None:
        return None
    if not found.is_integer() or abs(found) > 2**62:
        raise ValueError
    return int(found)


def truth(value: Any) -> bool | None:
    """Return yes or no."""
    if isinstance(value, bool):
        return value
    plain = (text(value) or "").lower()
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    if plain in _NOTHING:
        return None
    raise ValueError


def day_first_of(values: Iterable[Any]) -> bool:
    """Whether a column writes the day before the month, as its own unambiguous dates tell.

    Without any unambiguous date, or with both kinds, dates with dots are day first and those with slashes not.
    """
    first = second = 0
    for value in values:
        match = _SLASHED.match(value.strip()) if isinstance(value, str) else None
        if match:
            first += int(match[1]) > 12
            second += int(match[2]) > 12
    return first > second


def moment_reader(zone: str, day_first: bool) -> Callable[[Any], datetime | None]:
    """Return a function that reads moments of a column; the unambiguous ones in either order of day and month."""

    def read(value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return to_utc(value, zone)
        if isinstance(value, date):
            return to_utc(datetime(value.year, value.month, value.day), zone)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if value != value else _since_1970(float(value))
        plain = text(value)
        if plain is None or plain.lower() in _NOTHING:
            return None
        try:
            return parse_moment(plain, zone, day_first)
        except BadInput:
            return parse_moment(plain, zone, not day_first)

    return read


def _since_1970(seconds: float) -> datetime:
    for scale in (1, 1e3, 1e6, 1e9):
        if 1e8 <= seconds / scale < 7.3e9:
            return datetime.fromtimestamp(seconds / scale, UTC).replace(tzinfo=None)
    raise ValueError


def reader(kind: str, zone: str = "UTC", day_first: bool = False) -> Callable[[Any], Any]:
    """Return the function that reads a cell as a warehouse type; it raises ValueError or BadInput."""
    if kind == MOMENT:
        return moment_reader(zone, day_first)
    return {TEXT: text, NUMBER: number, WHOLE: whole, TRUTH: truth}[kind]


def column(values: list[Any], read: Callable[[Any], Any], memory: dict[Any, Any]) -> tuple[list[Any], list[int]]:
    """Return the column's values, None for the cells that cannot be read, and the places of those."""
    if len(memory) > MEMORY:
        memory.clear()
    found: list[Any] = []
    wrong: list[int] = []
    for index, value in enumerate(values):
        key = (value.__class__, value) if value.__hash__ else (str, str(value))
        try:
            result = memory[key]
        except KeyError:
            result = memory[key] = _safely(read, value)
        if result is _WRONG:
            wrong.append(index)
            result = None
        found.append(result)
    return found, wrong


_WRONG = object()


def _safely(read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except (ValueError, BadInput, OverflowError):
        return _WRONG


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or value == "" or (isinstance(value, str) and not value.strip()) or value != value
