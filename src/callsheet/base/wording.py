"""What is wrong with a value that somebody gave, in words that say what to do. Pure: errors as pydantic lists them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

One: TypeAlias = Mapping[str, Any]
_OUTSIDE = frozenset({"body", "query", "path", "header", "cookie"})
_MOMENT, _DAY = "a moment such as 2026-11-22T09:30:00Z", "a day such as 2026-11-22"
_KINDS = {
    "string": "a text", "int": "a whole number", "float": "a number", "decimal": "a number", "bool": "true or false",
    "list": "a list", "tuple": "a list", "set": "a list", "frozen_set": "a list", "dict": "an object",
    "model": "an object", "model_attributes": "an object", "mapping": "an object", "uuid": "a UUID", "bytes": "a text",
    "datetime": _MOMENT, "datetime_from_date": _MOMENT, "date": _DAY, "date_from_datetime": _DAY,
    "none_required": "null",
}  # fmt: skip
_ENDS = ("_attributes_type", "_type", "_parsing", "_from_float", "_parsing_size", "_inclusive", "")


def in_words(errors: Sequence[One], subject: str = "The request") -> tuple[str, str]:
    """Return (what is wrong, what to do about it) of the first thing that is wrong; `subject` is what the errors are in.

    Of a field that is missing and another that is not known, the unknown one is told: it is most likely mistyped.
    """
    first = next((one for one in errors if one["type"] == "extra_forbidden" and _meant(one, errors)), errors[0])
    where = ".".join(str(part) for part in first["loc"] if part not in _OUTSIDE)
    message, mend = _told(first, errors)
    return f"{where or subject}: {message}.", mend


def _told(one: One, errors: Sequence[One]) -> tuple[str, str]:
    kind, given = str(one["type"]), one.get("ctx") or {}
    if kind in _TOLD:
        return _TOLD[kind](one, given)
    if kind == "extra_forbidden":
        meant = _meant(one, errors)
        return (
            "there is no such field",
            f"Write {meant}." if meant else "Leave it out, or look for a typing error in it.",
        )
    for end in _ENDS:
        wanted = _KINDS.get(kind.removesuffix(end)) if kind.endswith(end) else None
        if wanted:
            return f"this is not {wanted}", f"Give {wanted}."
    return str(one["msg"]).removeprefix("Value error, ").rstrip("."), "Correct the value and try again."


def _meant(one: One, errors: Sequence[One]) -> str:
    """Return which of the missing fields beside an unknown one it is like; empty when it is like none."""
    missing = [
        str(other["loc"][-1]) for other in errors if other["type"] == "missing" and other["loc"][:-1] == one["loc"][:-1]
    ]
    return next(iter(difflib.get_close_matches(str(one["loc"][-1]), missing, 1, 0.6)), "")


def _count(what: str, least: bool) -> Callable[[One, Mapping[str, Any]], tuple[str, str]]:
    def told(_one: One, given: Mapping[str, Any]) -> tuple[str, str]:
        bound = given["min_length" if least else "max_length"]
        word = what if bound == 1 else what.replace("entry", "entrie") + "s"
        return (
            f"this has {'fewer' if least else 'more'} than {bound} {word}",
            f"Give at {'least' if least else 'most'} {bound}.",
        )

    return told


def _bound(name: str, words: str) -> Callable[[One, Mapping[str, Any]], tuple[str, str]]:
    return lambda _one, given: (f"this must be {words} {given[name]}", f"Give a value that is {words} {given[name]}.")


def _listed(_one: One, given: Mapping[str, Any]) -> tuple[str, str]:
    return "there is no such value", f"Use {given['expected']}."


def _tagged(_one: One, given: Mapping[str, Any]) -> tuple[str, str]:
    name = str(given["discriminator"]).strip("'")
    return f"there is no {name} {given['tag']!r}", f"Use one of {given['expected_tags']}."


def _untagged(_one: One, given: Mapping[str, Any]) -> tuple[str, str]:
    name = str(given["discriminator"]).strip("'")
    return (
        f"it does not say its {name}",
        f"Give {name}; docs/usage.md lists them for questions, /api/docs for all else.",
    )


_TOLD: dict[str, Callable[[One, Mapping[str, Any]], tuple[str, str]]] = {
    "missing": lambda one, _: ("this is missing", f"Give {one['loc'][-1]}." if one["loc"] else "Give it."),
    "literal_error": _listed, "enum": _listed, "union_tag_invalid": _tagged, "union_tag_not_found": _untagged,
    "json_invalid": lambda _, given: (f"this is not JSON ({given.get('error', 'it cannot be read')})", "Send valid JSON."),
    "string_too_short": _count("character", True), "string_too_long": _count("character", False),
    "too_short": _count("entry", True), "too_long": _count("entry", False),
    "greater_than_equal": _bound("ge", "at least"), "less_than_equal": _bound("le", "at most"),
    "greater_than": _bound("gt", "more than"), "less_than": _bound("lt", "less than"),
    "string_pattern_mismatch": lambda _, given: ("this is not written as it should be", f"It must match {given['pattern']}."),
    "finite_number": lambda *_: ("this is not a finite number", "Give a finite number."),
}  # fmt: skip
