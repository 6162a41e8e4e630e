"""Formulas over series: letters A, B ... Z, AA ... for the series, numbers, + - * / and parentheses. What stands before
`=` is what the formula is called: `Conversion = 100 * B / A`.

Division by zero, and any part that has no amount, gives no amount (None), or 0 where that is asked for; so do results
beyond what a float holds.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from callsheet.base.errors import BadInput

MOST_CHARACTERS = 400
DEEPEST = 50
Amount: TypeAlias = float | None
Step: TypeAlias = str | float
"""A name of a series, an operator, or a number."""

_NEGATIVE = "~"
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]+)|([-+*/()]))")
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def letter(index: int) -> str:
    """Return the name of a series by its place: A for 0, Z for 25, AA for 26."""
    return letter(index // 26 - 1) + letter(index % 26) if index >= 26 else chr(ord("A") + index)


class Formula:
    """A formula that has been read; `names` are the series it uses, `label` what it is called."""

    def __init__(self, text: str, known: int) -> None:
        """Read the text; BadInput when it is no formula or names a series beyond the `known` first."""
        if len(text) > MOST_CHARACTERS:
            raise BadInput(f"The formula has {len(text)} characters, {MOST_CHARACTERS} is the most.")
        self.text = text.strip()
        called, _, told = self.text.rpartition("=")
        self.label = called.strip() or told.strip()
        self._tokens = _tokens(told.strip())
        self._place = 0
        self.steps: list[Step] = []
        self._sum(0)
        if self._place < len(self._tokens):
            raise self._wrong(f"Something is missing before {self._tokens[self._place]!r}")
        self.names = sorted({step for step in self.steps if isinstance(step, str) and step.isalpha()})
        allowed = {letter(i) for i in range(known)}
        for name in self.names:
            if name not in allowed:
                raise self._wrong(f"There is no series {name}")

    def of(self, amounts: Mapping[str, Amount], empty: Amount = None) -> Amount:
        """Return the result for these amounts by series; `empty` is what a part is that has no amount."""
        stack: list[Amount] = []
        for step in self.steps:
            if isinstance(step, float):
                stack.append(step)
            elif step in _OPERATORS:
                right, left = stack.pop(), stack.pop()
                stack.append(_applied(step, left, right, empty))
            elif step == _NEGATIVE:
                below = stack.pop()
                stack.append(None if below is None else -below)
            else:
                stack.append(empty if amounts[step] is None else amounts[step])
        return stack.pop()

    def _sum(self, depth: int) -> None:
        if depth > DEEPEST:
            raise self._wrong("The parentheses are nested too deeply")
        self._product(depth)
        while (sign := self._peek()) in ("+", "-"):
            self._place += 1
            self._product(depth)
            self.steps.append(str(sign))

    def _product(self, depth: int) -> None:
        self._factor(depth)
        while (sign := self._peek()) in ("*", "/"):
            self._place += 1
            self._factor(depth)
            self.steps.append(str(sign))

    def _factor(self, depth: int) -> None:
        negative = False
        while (sign := self._peek()) in ("+", "-"):
            negative ^= sign == "-"
            self._place += 1
        self._atom(depth)
        if negative:
            self.steps.append(_NEGATIVE)

    def _atom(self, depth: int) -> None:
        part = self._peek()
        self._place += 1
        if part is None:
            raise self._wrong("The formula ends too early")
        if isinstance(part, float) or part.isalpha():
            self.steps.append(part)
        elif part == "(":
            self._sum(depth + 1)
            if self._peek() != ")":
                raise self._wrong("A parenthesis is not closed")
            self._place += 1
        else:
            raise self._wrong(f"A series or a number is missing before {part!r}")

    def _peek(self) -> Step | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _wrong(self, why: str) -> BadInput:
        return BadInput(f"{why} in the formula {self.text!r}.", _MEND)


_MEND = "Use the letters of the series, numbers, + - * / and parentheses, as in 100 * B / (A + B)."


def _tokens(text: str) -> list[Step]:
    found: list[Step] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise BadInput(f"{text[place]!r} cannot stand in a formula.", _MEND)
        place = match.end()
        number, name, sign = match.groups()
        if number and not math.isfinite(float(number)):
            raise BadInput(f"{number} is too large a number for a formula.", _MEND)
        found.append(float(number) if number else name.upper() if name else sign)
    return found


def _applied(sign: str, left: Amount, right: Amount, empty: Amount) -> Amount:
    if left is None or right is None or (sign == "/" and right == 0):
        return empty
    result = _OPERATORS[sign](left, right)
    return result if math.isfinite(result) else empty
