"""Finding one person's ids and addresses in text: whole words, never inside another id."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LEAST = 6
"""Characters from which on an id is looked for in free text; a shorter one would be found everywhere."""
REMOVED = "[removed]"
_PERSON = (
    r"alias|identity|who|by|guest|one|other|(?:\$|[a-z0-9$_ -]*[_ -])?(?:user|person|people|distinct|anonymous|anon"
    r"|device|previous|visitor|member|contact|author|owner|actor|sender|recipient|assignee|reviewer|invited|created|updated|sent|changed"
    r"|shared|added)(?:[_ -]?(?:by|ids?|key|name))?"
)
_FIELD = re.compile(_PERSON, re.IGNORECASE)
_LEFT = r"(^|[^A-Za-z0-9_.@-]|%[0-9A-Fa-f]{2}|\\[nrtbf])"
_RIGHT = r"($|[^A-Za-z0-9_@-])"
_NUMBER_RIGHT = r"($|\.$|\.[^0-9]|[^A-Za-z0-9_.@-])"
_BEFORE, _AFTER = r"""(?:^|[,;\t|:\[=/\n]\s*\\?["']?)""", r"""(?:\\?["']?\s*[,;\t|}\]&/\n]|\\?["']?\s*$)"""


def names_person(field: str) -> bool:
    """Whether a field or column, by its name, holds who somebody is: `user_id`, `invitedBy`, `properties.author`."""
    return _FIELD.fullmatch(field.rsplit(".", 1)[-1].strip()) is not None


@dataclass(frozen=True)
class Terms:
    """What names a person: the ids, and mail addresses. `ids` are also matched as whole values of columns.

    Long ids and addresses are found in any text, addresses in any letter case, both also percent-encoded. `rare` ids,
    which may as well mean something else, are found as whole values of fields for persons and in refs: `short` ones, and
    `numbers`, ids of digits only. Of these the latter are also found in what somebody wrote (text with letters in it),
    as whole words that are no part of a decimal; an amount that equals one is nobody.
    """

    ids: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    @cached_property
    def words(self) -> list[str]:
        """What is looked for in free text, with the forms that JSON and URLs give it; the longest first."""
        whole = [one for one in (*self.ids, *self.addresses) if len(one) >= LEAST and not one.isdigit()]
        return sorted({form for one in whole for form in _forms(one)}, key=lambda one: (-len(one), one))

    @cached_property
    def numbers(self) -> list[str]:
        """Ids of digits only that are long enough to mean somebody where they stand alone."""
        return sorted(one for one in self.ids if len(one) >= LEAST and one.isdigit())

    @cached_property
    def short(self) -> list[str]:
        """Ids that are looked for only where a field says that it holds a person."""
        return sorted(one for one in self.ids if len(one) < LEAST)

    @cached_property
    def rare(self) -> list[str]:
        """Ids that equal amounts and other values of people who have nothing to do with the person."""
        return [*self.numbers, *self.short]

    @cached_property
    def pattern(self) -> str:
        """A regular expression for a text that names the person, for RE2 and Python; empty when there is none.
        The groups 1 and 2 are what stands around a word."""
        if not self.words:
            return ""
        any_case = [one for one in self.words if "@" in one or "%40" in one]
        exact = [one for one in self.words if one not in any_case]
        parts = [f"(?i:{_any(any_case)})"] if any_case else []
        return rf"{_LEFT}(?:{'|'.join(parts + ([_any(exact)] if exact else []))}){_RIGHT}"

    @cached_property
    def number_pattern(self) -> str:
        """The same for `numbers`."""
        return rf"{_LEFT}(?:{_any(self.numbers)}){_NUMBER_RIGHT}" if self.numbers else ""

    @cached_property
    def ref_pattern(self) -> str:
        """The same for refs of the person by an id that is looked for in no other text."""
        return rf"{_LEFT}person:(?:{_any(self.rare)}){_RIGHT}" if self.rare else ""

    @cached_property
    def field_pattern(self) -> str:
        """A regular expression for JSON in which a field for persons holds a rare id; empty when there is none."""
        if not self.rare:
            return ""
        key = rf'"(?i:(?:[^"]*\.)?(?:{_PERSON}))\\?"'
        inside = r'(?:\{(?:[^{}]*,)?\s*\\?"(?i:ids?)\\?"\s*:\s*)?(?:\[(?:[^\[\]{}]*,)?\s*)?'
        return rf'{key}\s*:\s*{inside}(?:\\?")?(?:{_any(self.rare)})(?:\\?")?\s*[,}}\]]'

    @cached_property
    def first_pattern(self) -> str:
        """A regular expression for a line of cells of which the first is a rare id; empty when there is none."""
        return rf"""^\s*["']?(?:{_any(self.rare)})["']?\s*[,;\t|]""" if self.rare else ""

    @cached_property
    def alike_pattern(self) -> str:
        """A regular expression for a whole value that equals a short id, or a number anywhere, whatever it means; empty
        when there is none."""
        short = rf"{_BEFORE}(?:{_any(self.short)}){_AFTER}" if self.short else ""
        return "|".join(filter(None, (self.number_pattern, short)))

    @cached_property
    def patterns(self) -> list[str]:
        """Regular expressions for raw data that names the person beyond doubt."""
        return [one for one in (self.pattern, self.ref_pattern, self.field_pattern) if one]

    @cached_property
    def _found(self) -> list[re.Pattern[str]]:
        return [re.compile(one) for one in (*self.patterns, self.number_pattern) if one]

    @cached_property
    def _bytes(self) -> list[re.Pattern[bytes]]:
        return [re.compile(one.encode()) for one in self.patterns]

    @cached_property
    def _word_bytes(self) -> list[re.Pattern[bytes]]:
        return [re.compile(self.pattern.encode())] if self.pattern else []

    @cached_property
    def _replaced(self) -> list[tuple[re.Pattern[str], str]]:
        told = ((self.pattern, ""), (self.ref_pattern, "person:"))
        return [(re.compile(one), rf"\1{before}{REMOVED}\2") for one, before in told if one]

    @cached_property
    def _replaced_freely(self) -> list[tuple[re.Pattern[str], str]]:
        number = (re.compile(self.number_pattern), rf"\1{REMOVED}\2")
        return [*self._replaced, number] if self.numbers else self._replaced

    @cached_property
    def _alike(self) -> list[re.Pattern[bytes]]:
        return [re.compile(self.alike_pattern.encode())] if self.alike_pattern else []

    def in_text(self, text: str) -> bool:
        """Whether something that somebody wrote names the person."""
        return any(one.search(text) for one in self._found)

    def in_bytes(self, data: bytes, binary: bool = False) -> bool:
        """Whether raw bytes name the person beyond doubt, as UTF-8. In a database's own file (`binary`)
        digits mean nothing: there only words and addresses are looked for, and the rows are counted."""
        return any(one.search(data) for one in (self._word_bytes if binary else self._bytes))

    def alike_in(self, data: bytes) -> bool:
        """Whether bytes hold a value that equals a rare id, whatever it means."""
        return any(one.search(data) for one in self._alike)

    def numbers_in(self, text: str) -> bool:
        """Whether a number in a text equals an id, whatever it means."""
        return bool(self.numbers) and re.search(self.number_pattern, text) is not None

    def redacted_key(self, text: str) -> str:
        """Return a key or a ref without the person's words; a number means the person only where the ref says so."""
        return _without(text, self._replaced)

    def redacted(self, text: str, is_json: bool = False, person: bool = False) -> str:
        """Return a text without the person's words; JSON stays JSON, also a single value where it `is_json`. `person`:
        it stands in a field for persons."""
        if self.rare and (is_json or text[:1] in ("{", "[")):
            try:
                told = json.loads(text)
            except ValueError:
                return self.redacted_key(text) if is_json else self._written(text, person)
            clean = self.without(told, person)
            return text if clean == told else json.dumps(clean, ensure_ascii=False)
        return self._written(text, person)

    def without(self, value: Any, person: bool = False) -> Any:
        """Return a value as JSON has it without the person; `person`: it stands in a field for persons."""
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, list):
            return [self.without(one, person) for one in value]
        if isinstance(value, dict):
            about = names_person(str(value.get("field", "")))
            own = {"values": about, "id": person, "ids": person}
            return {
                self._written(name, person): self.without(one, names_person(name) or own.get(name.lower(), False))
                for name, one in value.items()
            }
        if person and str(value) in self.rare:
            return REMOVED
        return self.redacted(value, person=person) if isinstance(value, str) else value

    def _written(self, text: str, person: bool) -> str:
        """Return a text without the person; where it is no sentence or address, but amounts, numbers stay."""
        freely = person or any(map(str.isalpha, text))
        return _without(text, self._replaced_freely if freely else self._replaced)


def _without(text: str, replaced: list[tuple[re.Pattern[str], str]]) -> str:
    for one, by in replaced:
        text = one.sub(by, one.sub(by, text))
    return text


def _forms(word: str) -> set[str]:
    """Return a word as it is, as JSON writes it, and as it stands in a URL."""
    encoded = _encoded(word)
    low = re.sub(r"%[0-9A-F]{2}", lambda found: found.group().lower(), encoded)
    return {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1], encoded, low, _encoded(word, "/")}


def _encoded(word: str, safe: str = "") -> str:
    """Return a word percent-encoded: all but ASCII letters, digits, `_.-~` and `safe`."""
    kept = f"_.-~{safe}"
    return "".join(
        sign
        if sign.isascii() and (sign.isalnum() or sign in kept)
        else "".join(f"%{one:02X}" for one in sign.encode("utf-8", "replace"))
        for sign in word
    )


def _any(words: list[str]) -> str:
    return "|".join(map(_quoted, words))


def _quoted(word: str) -> str:
    """Escape for RE2 and Python alike: ASCII signs by a backslash, everything else as it is."""
    return "".join(f"\\{sign}" if sign.isascii() and not sign.isalnum() and sign != "_" else sign for sign in word)
