"""Ids inside names, as addresses of pages hold them: looked for at the limits of words, plain or percent-encoded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from callsheet.model.erasing import LEAST

HIDDEN = "•••"
_WORDS = 12
"""Words that an id consists of at most, where it stands among others (`user-u-1001` are three); alone it may be any."""
_AT_ONCE = 50
_TOKEN = re.compile(r"[^\s/?&=#:;,]+")
_WORD = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%[0-7][0-9A-Fa-f]|[^\W_]+")


def parts(name: str) -> dict[str, str]:
    """Return the parts of a name that may be ids, as they stand there, each with what it says when decoded.

    A part begins and ends where a word does; `_` ends a word for ids of LEAST characters and more only, so that a
    person called 1 is not found in `step_1`.
    """
    found = {token: unquote(token) for token in _TOKEN.findall(name)}
    words = list(_WORD.finditer(name))
    for i, first in enumerate(words):
        before = name[: first.start()][-1:]
        if before.isalnum() and not words[i - 1][0].startswith("%"):
            continue  # the rest of a word
        for last in words[i : i + _WORDS]:
            part, after = name[first.start() : last.end()], name[last.end() :][:1]
            if not after.isalnum() and (len(part) >= LEAST or "_" not in (before, after)):
                found[part] = unquote(part)
    return found


def patterns(found: Iterable[str]) -> Iterator[str]:
    """Yield regular expressions (RE2) that find such parts, of a length that it takes easily; the groups 1 and 2 are what
    stands around. The longest parts come first: an id may be the end of another."""
    ordered = sorted(found, key=lambda part: (-len(part), part))
    for other, of_these in (
        (r"[^\pL\pN]", [part for part in ordered if len(part) >= LEAST]),
        (r"[^\pL\pN_]", [part for part in ordered if len(part) < LEAST]),
    ):
        for i in range(0, len(of_these), _AT_ONCE):
            quoted = "|".join(re.sub(r"([^A-Za-z0-9_ ])", r"\\\1", part) for part in of_these[i : i + _AT_ONCE])
            yield rf"(^|{other}|%[0-9A-Fa-f]{{2}})(?:{quoted})($|{other})"
