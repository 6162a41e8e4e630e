"""Lines of a breakdown: the largest values, the others together, and rows without a value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.model.history import Labels
from callsheet.store.histories.conditions import amount
from callsheet.usage.questions.common import Breakdown
from callsheet.usage.questions.reading import BETWEEN, NONE
from callsheet.usage.questions.rows import Rows
from callsheet.usage.questions.wording import worded

Part: TypeAlias = Literal["", "value", "other", "none"]


@dataclass(frozen=True, slots=True)
class Bins:
    """Ranges of equal width from the least to the greatest of numbers; the last reaches a hundredth further. Where ranges
    are narrower than a tenth, they are written with so many more digits that no two read alike."""

    least: float
    greatest: float
    count: int

    def named(self, value: str) -> str:
        """Return the range that holds a value, as "[10,17.5]"; "" for what is no number in them."""
        number = amount(value)
        if not self.least <= number <= self.greatest:
            return ""
        least = self.least / 2  # halves, as the whole width may be more than a float holds
        half = (self.greatest / 2 - least) / self.count
        place = min(int((number / 2 - least) / half), self.count - 1) if half else 0
        begin, end = (2 * (least + one * half) for one in (place, place + 1))
        last = place == self.count - 1 or not half
        digits = _DIGITS if not half else max(_DIGITS, min(_MOST_DIGITS, -math.floor(math.log10(half))))
        return f"[{_short(begin, digits)},{_short(self.greatest + 10**-digits if last else end, digits)}]"


_DIGITS, _MOST_DIGITS = 2, 300
"""Digits after the point of the numbers of a range."""


def _short(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of each field of a breakdown; None for a field that has none."""

    fields: tuple[Bins | None, ...]

    def named(self, value: str) -> str:
        """Return what the fields say with ranges for numbers, as "[10,25] :: Chrome"; "" when none says anything."""
        pairs = zip(self.fields, self.pieces(value), strict=True)
        told = [bins.named(piece) if bins else piece for bins, piece in pairs]
        return BETWEEN.join(one or NONE for one in told) if any(one not in ("", NONE) for one in told) else ""

    def pieces(self, value: str) -> list[str]:
        """Return what each field says; a text that holds what stands between fields is left whole where it can be."""
        parts, width = value.split(BETWEEN), len(self.fields)
        spare, texts = len(parts) - width, [place for place in range(width) if self.fields[place] is None]
        at = texts[0] if texts else 0
        return [*parts[:at], BETWEEN.join(parts[at : at + spare + 1]), *parts[at + spare + 1 :]]


@dataclass(frozen=True, slots=True)
class Slices:
    """The lines there are: each a part and, for a `value`, the value. Without a breakdown there is one, ("", "").
    With `ranges`, a value stands in the line of its range."""

    lines: tuple[tuple[Part, str], ...]
    ranges: Ranges | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def table(self, labels: tuple[str, ...]) -> NDArray[np.int32]:
        """Return the line of each label, and at the end (-1) that of none."""
        if self.lines == WHOLE.lines:
            return np.zeros(len(labels) + 1, np.int32)
        places = {group: i for i, (part, group) in enumerate(self.lines) if part == "value"}
        other, none = len(self.lines) - 2, len(self.lines) - 1
        named = [self.ranges.named(name) if self.ranges else name for name in labels]
        return np.array([places.get(name, other) if name else none for name in named] + [none], np.int32)

    def of(self, labels: tuple[str, ...], label: Labels | None, rows: int) -> NDArray[np.int32]:
        """Return the line of each row."""
        if label is None or self.lines == WHOLE.lines:
            return np.zeros(rows, np.int32)
        return np.asarray(self.table(labels)[label], np.int32)

    def of_rows(self, rows: Rows) -> NDArray[np.int32]:
        """Return the line of each row."""
        return self.of(rows.labels, rows.label, len(rows.unit))

    def of_units(self, first: Rows) -> NDArray[np.int32]:
        """Return the line of each unit by code, from rows that hold each unit once; -1 for all other units."""
        found = np.full(first.size, -1, np.int32)
        found[first.unit] = self.of_rows(first)
        return found

    def place(self, part: Part, group: str) -> int:
        """Return the place of a line; BadInput when the answer has no such line."""
        if (part, group) not in self.lines:
            raise BadInput(f"There is no line {group or part or 'without a breakdown'!r}.", "Use a line of the answer.")
        return self.lines.index((part, group))


WHOLE = Slices((("", ""),))


Weights: TypeAlias = tuple[tuple[str, ...], NDArray[np.float64]]
"""Values with how much each weighs."""


def slices(breakdown: Breakdown | None, weights: Iterable[Weights], before: Iterable[Weights] = ()) -> Slices:
    """Return the lines of a breakdown. `weights` come once for each series; the values that weigh most together have
    lines of their own, equal ones in order of their text. Values that only the period `before` has take the places
    that are left."""
    if breakdown is None:
        return WHOLE
    now, then = _total(weights), _total(before)
    ranges = _ranges(breakdown, (*now, *then)) if breakdown.ranged else None
    if ranges:
        now, then = _binned(now, ranges), _binned(then, ranges)
    ranked = sorted(now, key=lambda name: (-now[name], name))
    ranked += sorted(then.keys() - now.keys(), key=lambda name: (-then[name], name))
    return Slices((*(("value", name) for name in ranked[: breakdown.limit]), ("other", ""), ("none", "")), ranges)


def _total(weights: Iterable[Weights]) -> dict[str, float]:
    """Return the weight of each value; an empty text is none."""
    total: dict[str, float] = {}
    for labels, amounts in weights:
        for name, weight in zip(labels, amounts.tolist(), strict=True):
            total[name] = total.get(name, 0.0) + weight
    total.pop("", None)
    return total


def _ranges(breakdown: Breakdown, values: Iterable[str]) -> Ranges:
    """Return the ranges from the least to the greatest number that each field has in any of the values."""
    counts = breakdown.every_bins
    shape = Ranges(tuple(Bins(0.0, 0.0, count) if count else None for count in counts))
    pieces = list(zip(*map(shape.pieces, values), strict=True)) or [()] * len(counts)
    found: list[Bins | None] = []
    for count, told in zip(counts, pieces, strict=True):
        numbers = [number for one in told if count and np.isfinite(number := amount(one))]
        found.append(Bins(min(numbers, default=0.0), max(numbers, default=-1.0), count) if count else None)
    return Ranges(tuple(found))


def _binned(total: dict[str, float], ranges: Ranges) -> dict[str, float]:
    found: dict[str, float] = {}
    for value, weight in total.items():
        name = ranges.named(value)
        found[name] = found.get(name, 0.0) + weight
    found.pop("", None)
    return found


def there(
    labels: tuple[str, ...], weights: NDArray[np.float64], amounts: NDArray[Any]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:  # fmt: skip
    """Return the values that have any amount, with their weights: a value of which nothing counts has no line."""
    kept = np.flatnonzero(amounts)
    return tuple(labels[place] for place in kept.tolist()), weights[kept]


def label_of(part: Part, group: str, breakdown: Breakdown | None) -> str:
    """Return the words for a line of a breakdown."""
    by = breakdown.by if breakdown and not breakdown.also else ""
    return {"": "", "value": worded(by, group), "other": "other", "none": "none"}[part]


def counted(rows: Rows, chosen: NDArray[np.bool_] | None = None) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the values of a breakdown with their numbers of rows, as weights."""
    label = rows.told
    found = label[label >= 0] if chosen is None else label[chosen & (label >= 0)]
    amounts = np.bincount(found, minlength=len(rows.labels)).astype(np.float64)
    return there(rows.labels, amounts, amounts)


def names(lines: Sequence[tuple[str, str, Part, str, str]], breakdown: Breakdown | None) -> list[str]:
    """Return a name for each line (series, label, part, group, period) of a breakdown that no other has."""
    several = len({label for _, label, _, _, _ in lines}) > 1
    found: list[str] = []
    for series, label, part, group, period in lines:
        words = ([label] if several or not part else []) + ([label_of(part, group, breakdown)] if part else [])
        name = " · ".join(words) + (", before" if period == "previous" else "")
        found.append(name if name not in found else f"{name} ({series})")
    return found
