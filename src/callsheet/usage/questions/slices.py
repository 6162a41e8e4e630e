"""Lines of a breakdown: the largest values, the others together, and rows without a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.model.history import Labels
from callsheet.usage.questions.common import Breakdown
from callsheet.usage.questions.rows import Rows

Part: TypeAlias = Literal["", "value", "other", "none"]


@dataclass(frozen=True, slots=True)
class Slices:
    """The lines there are: each a part and, for a `value`, the value. Without a breakdown there is one, ("", "")."""

    lines: tuple[tuple[Part, str], ...]

    def __len__(self) -> int:
        return len(self.lines)

    def of(self, labels: tuple[str, ...], label: Labels | None, rows: int) -> NDArray[np.int32]:
        """Return the line of each row."""
        if label is None or self.lines == WHOLE.lines:
            return np.zeros(rows, np.int32)
        places = {group: i for i, (part, group) in enumerate(self.lines) if part == "value"}
        other, none = len(self.lines) - 2, len(self.lines) - 1
        table = np.array([places.get(name, other) for name in labels] + [none], np.int32)
        return np.asarray(table[label], np.int32)

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


def slices(breakdown: Breakdown | None, weights: Iterable[tuple[tuple[str, ...], NDArray[np.float64]]]) -> Slices:
    """Return the lines of a breakdown. `weights` gives values with how much each weighs, once for each series; the
    values that weigh most together have lines of their own, equal ones in order of their text."""
    if breakdown is None:
        return WHOLE
    total: dict[str, float] = {}
    for labels, amounts in weights:
        for name, amount in zip(labels, amounts.tolist(), strict=True):
            total[name] = total.get(name, 0.0) + amount
    top = sorted(total, key=lambda name: (-total[name], name))[: breakdown.limit]
    return Slices((*(("value", name) for name in top), ("other", ""), ("none", "")))


def there(
    labels: tuple[str, ...], weights: NDArray[np.float64], amounts: NDArray[Any]
) -> tuple[tuple[str, ...], NDArray[np.float64]]:  # fmt: skip
    """Return the values that have any amount, with their weights: a value of which nothing counts has no line."""
    kept = np.flatnonzero(amounts)
    return tuple(labels[place] for place in kept.tolist()), weights[kept]


def label_of(part: Part, group: str) -> str:
    """Return the words for a line of a breakdown."""
    return {"": "", "value": group, "other": "other", "none": "none"}[part]


def counted(rows: Rows, chosen: NDArray[np.bool_] | None = None) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return the values of a breakdown with their numbers of rows, as weights."""
    label = rows.told
    found = label[label >= 0] if chosen is None else label[chosen & (label >= 0)]
    amounts = np.bincount(found, minlength=len(rows.labels)).astype(np.float64)
    return there(rows.labels, amounts, amounts)


def names(lines: Sequence[tuple[str, str, Part, str, str]]) -> list[str]:
    """Return a name for each line (series, label, part, group, period) that no other has."""
    several = len({label for _, label, _, _, _ in lines}) > 1
    found: list[str] = []
    for series, label, part, group, period in lines:
        words = ([label] if several or not part else []) + ([label_of(part, group)] if part else [])
        name = " · ".join(words) + (", before" if period == "previous" else "")
        found.append(name if name not in found else f"{name} ({series})")
    return found
