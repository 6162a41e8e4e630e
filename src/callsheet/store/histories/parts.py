"""Rows on their way from the base and the tail into an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.base import Base
from callsheet.store.histories.kernels import picked

Rows = NDArray[np.uint32]


@dataclass(slots=True)
class Part:
    """Some rows of an answer, sorted. `seq` is there only where rows have to be merged with others."""

    unit: NDArray[np.uint32]
    moment: NDArray[np.int64]
    marks: NDArray[np.uint64]
    seq: NDArray[Any] | None = None
    label: NDArray[np.uint32] | None = None
    value: NDArray[np.float64] | None = None
    missing: int = 0
    """How many rows were left out for want of a unit."""

    def cut(self, low: int, high: int) -> Part:
        """Return the rows `[low, high)`."""
        return self._each(lambda array: array[low:high])

    def take(self, order: NDArray[Any]) -> Part:
        """Return rows in another order."""
        return self._each(lambda array: array[order])

    def _each(self, change: Callable[[Any], Any]) -> Part:
        changed: tuple[Any, ...] = tuple(None if one is None else change(one) for one in self._arrays())
        found = Part(*changed)
        found.missing = self.missing
        return found

    def _arrays(self) -> tuple[Any, ...]:
        return self.unit, self.moment, self.marks, self.seq, self.label, self.value

    @staticmethod
    def join(parts: list[Part]) -> Part:
        """Return the rows of all parts, one after the other."""
        columns = zip(*(part._arrays() for part in parts), strict=True)
        joined: tuple[Any, ...] = tuple(
            None if any(one is None for one in column) else np.concatenate(column) for column in columns
        )
        found = Part(*joined)
        found.missing = sum(part.missing for part in parts)
        return found


@dataclass(slots=True)
class Drawn:
    """Rows on their way: which they are (rows, or places in postings), their marks, units and moments."""

    rows: Rows
    marks: NDArray[np.uint64]
    unit: NDArray[np.uint32]
    moment: NDArray[np.int64]

    @classmethod
    def of(cls, most: int) -> Drawn:
        """Return room for so many."""
        rows, marks, unit = np.empty(most, np.uint32), np.empty(most, np.uint64), np.empty(most, np.uint32)
        return cls(rows, marks, unit, np.empty(most, np.int64))

    @property
    def columns(self) -> tuple[Any, ...]:
        """The columns, to be written to."""
        return self.rows, self.marks, self.unit, self.moment

    def cut(self, count: int) -> Drawn:
        """Return the first so many."""
        return Drawn(*(column[:count] for column in self.columns))


@dataclass(frozen=True, slots=True)
class Store:
    """Where what rows hold is looked up: in their own order, or beside the postings."""

    base: Base
    posted: bool = False

    def rows(self, places: Rows) -> Rows:
        """Return the rows at these places."""
        return picked(places, self.base.postings) if self.posted else places

    def column(self, name: str, places: Rows) -> tuple[Rows, Any]:
        """Return where in a column to look, and the column."""
        if self.posted and name in self.base.posted:
            return places, self.base.posted[name]
        if self.posted and name == "key":
            return places, self.base.posted_key
        main = name in ("key", "account", "event")
        return self.rows(places), getattr(self.base, name) if main else self.base.column(name)
