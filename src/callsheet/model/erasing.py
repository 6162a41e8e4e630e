"""Finding one person's ids and addresses in text: whole words, never inside another id."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property

LEAST = 6
"""Characters from which on an id is looked for in free text; a shorter one, or a number, would be found everywhere."""
REMOVED = "[removed]"
_KEYS = (
    r"distinct_?id|user_?id|anonymous_?id|person_?id|previous_?id|\$anon_distinct_id|\$device_id|\$user_id|alias|userid"
)


@dataclass(frozen=True)
class Terms:
    """What names a person: the ids, and mail addresses. `ids` are also matched as whole values of columns."""

    ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    @cached_property
    def words(self) -> list[str]:
        """What is looked for in free text, also as JSON writes it; the longest first."""
        whole = [one for one in (*self.ids, *self.addresses) if len(one) >= LEAST and not one.isdigit()]
        found = {
            form for one in whole for form in (one, json.dumps(one)[1:-1], json.dumps(one, ensure_ascii=False)[1:-1])
        }
        return sorted(found, key=lambda one: (-len(one), one))

    @cached_property
    def short(self) -> list[str]:
        """Ids that are looked for only where a field says that it holds an id."""
        return sorted(one for one in self.ids if len(one) < LEAST or one.isdigit())

    @cached_property
    def pattern(self) -> str:
        """A regular expression for a text that names the person, for RE2 and Python; empty when there is none.
        The groups 1 and 2 are what stands around a word."""
        if not self.words:
            return ""
        return rf"(^|[^A-Za-z0-9_.@-])(?:{'|'.join(map(_quoted, self.words))})($|[^A-Za-z0-9_@-])"

    @cached_property
    def field_pattern(self) -> str:
        """A regular expression for a raw line in which a field for ids holds a short one; empty when there is none."""
        if not self.short:
            return ""
        return rf'(?i)"(?:{_KEYS})"\s*:\s*"?(?:{"|".join(map(_quoted, self.short))})"?\s*[,}}]'

    @cached_property
    def _found(self) -> list[re.Pattern[str]]:
        return [re.compile(one) for one in (self.pattern, self.field_pattern) if one]

    @cached_property
    def _bytes(self) -> list[re.Pattern[bytes]]:
        return [re.compile(one.encode()) for one in (self.pattern, self.field_pattern) if one]

    def in_text(self, text: str) -> bool:
        """Whether a text names the person."""
        return any(one.search(text) for one in self._found)

    def in_bytes(self, data: bytes) -> bool:
        """Whether bytes name the person, as UTF-8."""
        return any(one.search(data) for one in self._bytes)

    def redacted(self, text: str) -> str:
        """Return a text without the person's words."""
        if not self.pattern:
            return text
        replaced = re.compile(self.pattern)
        return replaced.sub(rf"\1{REMOVED}\2", replaced.sub(rf"\1{REMOVED}\2", text))


def _quoted(word: str) -> str:
    """Escape for RE2 and Python alike: ASCII signs by a backslash, everything else as it is."""
    return "".join(f"\\{sign}" if sign.isascii() and not sign.isalnum() and sign != "_" else sign for sign in word)
