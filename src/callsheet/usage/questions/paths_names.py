"""What stops of paths are called: parts of names replaced by patterns, names that fit a wildcard taken together."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from callsheet.base.errors import BadInput, TooMuch
from callsheet.usage.questions.common import Clean

MOST_TEXT = 64_000_000
"""Bytes that names may grow to by being cleaned: a pattern may put hundreds of characters for each, time after time."""


def renamed(
    stop: NDArray[np.int32], names: list[str], clean: tuple[Clean, ...], groups: tuple[str, ...]
) -> tuple[NDArray[np.int32], list[str]]:  # fmt: skip
    """Return the stops and their names as they are called: cleaned, in this order, then grouped.

    In a group `*` stands for anything; a name that holds what it says, anywhere, is called by the group, by the last
    of several. So does PostHog. BadInput for a pattern that is none.
    """
    if not names or not (clean or groups):
        return stop, names
    called = pa.array([one.encode("utf-8", "replace") for one in names], pa.binary()).cast(pa.string())
    try:
        for one in clean:
            called = _replaced(called, one)
        target = called
        for group in groups:
            fits = pc.match_substring_regex(called, re.escape(group).replace(r"\*", ".*"))
            target = pc.if_else(fits, group, target)
    except (pa.ArrowInvalid, UnicodeEncodeError) as why:
        raise BadInput(f"A pattern of the question is none: {why}", "Use the syntax of RE2.") from why
    final = target.to_pylist()
    places = {name: place for place, name in enumerate(dict.fromkeys(final))}
    table = np.array([*(places[name] for name in final), -1], np.int32)
    return table[stop], list(places)


def _replaced(names: pa.StringArray, one: Clean) -> pa.Array:
    """Return names with their parts replaced, a few at a time, so that not much is there before it is too much. TooMuch
    where they grow beyond all use."""
    longest = pc.max(pc.binary_length(names)).as_py() * (len(one.by.encode()) + 1)  # what becomes of a name at most
    at_once, found, size = max(1, MOST_TEXT // max(longest, 1)), list[pa.Array](), 0
    for at in range(0, len(names), at_once):
        if longest <= 4 * MOST_TEXT:
            found.append(pc.replace_substring_regex(names.slice(at, at_once), one.pattern, one.by))
            size += found[-1].nbytes
        if longest > 4 * MOST_TEXT or size > max(MOST_TEXT, 2 * names.nbytes):
            raise TooMuch(
                f"The pattern {one.pattern!r} makes names too long.", "Replace larger parts of names, by shorter ones."
            )
    return pa.concat_arrays(found)


def bare(name: str) -> str:
    """Return the name of a page without its last slash, as PostHog has it."""
    return name[:-1] if len(name) > 1 and name.endswith("/") else name


def kept(names: list[str], exclude: tuple[str, ...]) -> NDArray[np.int32]:
    """Return for each stop itself, or -1 where it is excluded; -1 also for none (the last)."""
    out = {*map(bare, exclude), *exclude}
    return np.array([*(-1 if name in out else i for i, name in enumerate(names)), -1], np.int32)
