"""What a condition means, decided value by value; both kinds of histories use it.

A value is what JSON can hold: text, a number, true or false, a list or an object. None stands for a value that is
missing (JSON's null counts as missing).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.model.history import OPS, Where
from callsheet.store.histories.dated import moment, stretch, zoned

Truths: TypeAlias = NDArray[np.bool_]
Given: TypeAlias = tuple[str | float | bool, ...]
PLAIN = ("event", "person_id", "distinct_id", "account_id", "feature", "source", "product")
TRAITS = ("person.", "account.")
PROPERTY = "properties."
_TEXTS = (*PLAIN, f"{PROPERTY}$session_id")
"""Fields whose values are names or ids: 7 is not 007."""
_ARITY = {"is": None, "is_not": None, "between": 2, "not_between": 2, "set": 0, "not_set": 0}
_SEVERAL = {"contains", "not_contains", "regex", "not_regex"}
_DATED = {"before", "after", "on"}
_VERSION = re.compile(r"\d{1,18}(?:\.\d{1,18})+", re.ASCII)
_ABSENT = {"is_not", "not_contains", "not_regex", "not_set"}
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?\s*\Z", re.ASCII)
_LONGEST_NUMBER = 400


def check_field(field: str) -> None:
    """BadInput when there is no such field."""
    prefixes = (PROPERTY, *TRAITS)
    if field not in PLAIN and not any(field.startswith(one) and field != one for one in prefixes):
        raise BadInput(
            f"There is no field {field!r}.",
            f"Use one of {', '.join(PLAIN)}, properties.<name>, person.<trait> or account.<trait>.",
        )


def check(where: Where) -> None:
    """BadInput for an unknown field or operator, a wrong number of values, or a pattern that cannot be read."""
    check_field(where.field)
    if where.op not in OPS:
        raise BadInput(f"There is no operator {where.op!r}.", f"Use one of {', '.join(OPS)}.")
    most = {**dict.fromkeys(_SEVERAL, len(where.values)), **dict.fromkeys(_DATED, 2)}.get(where.op, 1)
    wanted = _ARITY.get(where.op, max(1, min(most, len(where.values))))
    if wanted is not None and len(where.values) != wanted:
        raise BadInput(f"`{where.op}` takes {wanted} value(s), {len(where.values)} given ({where.field}).")
    if where.op in ("regex", "not_regex"):
        _matches(where.values, [""])
    if where.op in _DATED:
        stretch(*map(text, where.values))
    if where.op.startswith("version_") and version(where.values[0]) is None:
        raise BadInput(f"{text(where.values[0])!r} is not a version.", "Use one such as 2.10.1.")


def text(value: object) -> str:
    """Return a value as the text it is compared and shown as. A whole number has no decimal point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    return msgspec.json.encode(value).decode()


def number(value: object) -> int | float | None:
    """Return a number, or a number written as text; None for anything else. Whole numbers stay exact."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _read_number(value)
    return value if isinstance(value, int | float) else None


def _read_number(value: str) -> int | float | None:
    if len(value) > _LONGEST_NUMBER or not _NUMBER.match(value):
        return None
    if any(sign in value for sign in ".eE"):
        found = float(value)
        return None if abs(found) == float("inf") else found
    return int(value)


def amount(value: object) -> float:
    """Return the number that a row adds to a sum; NaN when it has none."""
    found = number(value)
    try:
        return float("nan") if found is None else float(found)
    except OverflowError:
        return float("nan")


def holds(where: Where, values: Sequence[object]) -> Truths:
    """Return for each of the distinct values whether it satisfies the condition. See `model.history.Where`."""
    check(where)
    if where.op in ("set", "not_set"):
        present = where.op == "set"
        return np.fromiter(((one is not None) == present for one in values), bool, len(values))
    if where.op in ("regex", "not_regex"):
        found = _matches(where.values, ["" if one is None else text(one) for one in values])
    elif where.op in ("is", "is_not") and where.field in _TEXTS:
        wanted = {text(one) for one in where.values}
        found = np.fromiter((one is not None and text(one) in wanted for one in values), bool, len(values))
    else:
        test = _TESTS[{"is_not": "is", "not_contains": "contains"}.get(where.op, where.op)](where.values)
        found = np.fromiter((one is not None and test(one) for one in values), bool, len(values))
    if where.op in ("is_not", "not_contains", "not_regex"):
        found = ~found
    missing = np.fromiter((one is None for one in values), bool, len(values))
    found[missing] = where.op in _ABSENT
    return found


def _matches(patterns: Given, texts: list[str]) -> Truths:
    """Search for any of the patterns with a matcher whose time grows with the text only (RE2), so that no pattern can
    hold up a query."""
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pa.array([one.encode("utf-8", "replace") for one in texts], pa.binary()).cast(pa.string())
    found = np.zeros(len(texts), bool)
    for pattern in map(text, patterns):
        try:
            matched = pc.match_substring_regex(given, pattern)
        except (pa.ArrowInvalid, UnicodeEncodeError) as why:
            raise BadInput(f"{pattern!r} is not a pattern: {why}", "Use the syntax of RE2.") from why
        found |= np.array(matched.to_numpy(zero_copy_only=False), bool)
    return found


Test: TypeAlias = Callable[[Any], bool]


def key(value: object) -> int | float | str:
    """Return what two equal values have in common: the number where it is one, else the text."""
    found = number(value)
    return text(value) if found is None else found


def _is(given: Given) -> Test:
    wanted = {key(one) for one in given} | {
        text(held) for one in given if isinstance(held := _object(one), dict | list)
    }
    return lambda value: key(value) in wanted


def _object(given: object) -> object:
    """Return the list or object that a text is JSON of, however it is spaced."""
    return decoded(given) if isinstance(given, str) and given.lstrip()[:1] in ("{", "[") else None


def _contains(given: Given) -> Test:
    parts = [text(one).casefold() for one in given]

    def test(value: object) -> bool:
        held = text(value).casefold()
        return any(part in held for part in parts)

    return test


def order(value: object, other: object) -> int | None:
    """Return -1, 0 or 1: by number when `other` is one, None when the value is none then; else by the code points of
    their texts."""
    one: Any = number(value)
    two: Any = number(other)
    if two is None:
        one, two = text(value), text(other)
    elif one is None:
        return None
    return int(one > two) - int(one < two)


def version(value: object) -> tuple[int, ...] | None:
    """Return the numbers of the first version in a text, without zeros at the end; None when there is none."""
    found = _VERSION.search(text(value))
    if found is None:
        return None
    numbers = [int(one) for one in found[0].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _versioned(signs: tuple[int, ...]) -> Callable[[Given], Test]:
    def make(given: Given) -> Test:
        limit = version(given[0]) or ()

        def test(value: object) -> bool:
            held = version(value)
            return held is not None and int(held > limit) - int(held < limit) in signs

        return test

    return make


def _ordered(signs: tuple[int, ...]) -> Callable[[Given], Test]:
    return lambda given: lambda value: order(value, given[0]) in signs


def _between(given: Given) -> Test:
    low, high = given
    return lambda value: order(value, low) in (0, 1) and order(value, high) in (-1, 0)


def _outside(given: Given) -> Test:
    low, high = given
    return lambda value: order(value, low) == -1 or order(value, high) == 1


def _dated(fits: Callable[[datetime, datetime, datetime], bool]) -> Callable[[Given], Test]:
    def make(given: Given) -> Test:
        written = stretch(text(given[0]))
        there = stretch(text(given[0]), text(given[1])) if len(given) > 1 else written

        def test(value: object) -> bool:
            when = moment(value)
            return when is not None and fits(when, *(there if zoned(value) else written))

        return test

    return make


_TESTS: dict[str, Callable[[Given], Test]] = {
    "is": _is, "contains": _contains, "gt": _ordered((1,)), "gte": _ordered((0, 1)), "lt": _ordered((-1,)),
    "lte": _ordered((-1, 0)), "between": _between, "not_between": _outside,
    "before": _dated(lambda when, begin, _: when < begin), "after": _dated(lambda when, _, end: when >= end),
    "on": _dated(lambda when, begin, end: begin <= when < end), "version_gt": _versioned((1,)),
    "version_gte": _versioned((0, 1)), "version_lt": _versioned((-1,)), "version_lte": _versioned((-1, 0)),
}  # fmt: skip


def decoded(raw: str | None) -> object:
    """Return the value of a JSON text; None for null, for nothing, and for what is not JSON."""
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def fields(wheres: Iterable[Where]) -> set[str]:
    """Return the fields that conditions read."""
    return {one.field for one in wheres}
