"""Rows of an engine in memory, and what conditions, labels and values say about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.base.time import offsets
from callsheet.model.history import Amounts, Days, Labels, Mark, Marks, Moments, Where
from callsheet.store.histories.codes import spread
from callsheet.store.histories.conditions import PROPERTY, Truths, amount, decoded, holds, text
from callsheet.store.histories.traits import split

EPOCH = datetime(1970, 1, 1)
NEVER = np.iinfo(np.int64).max
DAY = 86_400_000_000
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Return microseconds since 1970 of a naive UTC moment."""
    return (moment - EPOCH) // MICROSECOND


def moments_of(column: Any) -> Moments:
    """Return an Arrow timestamp column, of whatever unit, as microseconds since 1970."""
    exact = column.cast(pa.timestamp("us", tz=getattr(column.type, "tz", None)))
    return np.ascontiguousarray(exact.cast(pa.int64()).to_numpy(), np.int64)


def stretches(zone: str, since: datetime, until: datetime) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the stretches of constant offset from UTC: where they begin, and the offset, in microseconds."""
    found = list(offsets(zone, since, until)) or [(since, timedelta())]
    starts = np.array([micros(start) for start, _ in found], np.int64)
    return starts, np.array([shift // MICROSECOND for _, shift in found], np.int64)


def clocks_of(moments: Moments, zone: str, since: datetime, until: datetime) -> Moments:
    """Return what the local clock shows at moments in `[since, until)`, in microseconds since 1970 by that clock."""
    starts, shifts = stretches(zone, since, until)
    return moments + shifts[np.maximum(np.searchsorted(starts, moments, side="right") - 1, 0)]


def days_of(moments: Moments, zone: str, since: datetime, until: datetime) -> Days:
    """Return the local days of moments in `[since, until)`."""
    return (clocks_of(moments, zone, since, until) // DAY).astype(np.int32)


@dataclass(slots=True)
class Column:
    """A field of rows: for each row the place of its value among the distinct `values`; place 0 is None, missing."""

    places: NDArray[np.int64]
    values: list[Any]


@dataclass(slots=True)
class Rows:
    """A table of events with the fields derived from it. `trait(unit, name)` gives a trait's values by unit id."""

    table: pa.Table
    trait: Callable[[str, str], dict[str, object]]
    _columns: dict[str, Column] = field(default_factory=dict)
    _objects: tuple[NDArray[np.int64], list[Any]] | None = None

    def column(self, name: str) -> Column:
        """Return a field, read once."""
        if name not in self._columns:
            self._columns[name] = self._read(name)
        return self._columns[name]

    def _read(self, name: str) -> Column:
        if name.startswith(PROPERTY):
            return self._property(name.removeprefix(PROPERTY))
        trait = split(name)
        if trait is None:
            return Column(*spread(self.table[name]))
        owners = self.column(f"{trait[0]}_id")
        told = self.trait(*trait)
        return interned(owners.places, [None if one is None else told.get(one) for one in owners.values])

    def _property(self, name: str) -> Column:
        if PROPERTY + name in self.table.column_names:
            return Column(*spread(self.table[PROPERTY + name]))
        if self._objects is None:
            places, texts = spread(self.table["properties"])
            self._objects = (places, [decoded(one) for one in texts])
        places, objects = self._objects
        return interned(places, [one.get(name) if isinstance(one, dict) else None for one in objects])

    def satisfy(self, where: tuple[Where, ...]) -> Truths:
        """Return which rows satisfy all conditions."""
        found = np.ones(len(self.table), bool)
        for one in where:
            column = self.column(one.field)
            found &= holds(one, column.values)[column.places]
        return found

    def marks(self, marks: tuple[Mark, ...]) -> Marks:
        """Return which marks each row carries, as bits."""
        names = self.column("event")
        found = np.zeros(len(self.table), np.uint64)
        for place, mark in enumerate(marks):
            carries = self.satisfy(mark.where)
            if mark.events:
                wanted = set(mark.events)
                carries &= np.array([one in wanted for one in names.values], bool)[names.places]
            found |= carries.astype(np.uint64) << np.uint64(place)
        return found

    def labels(self, name: str, rows: NDArray[np.int64]) -> tuple[Labels, tuple[str, ...]]:
        """Return the labels of rows, and their names in order of their text."""
        column = self.column(name)
        return labelled(column.places[rows], column.values)

    def amounts(self, name: str, rows: NDArray[np.int64]) -> Amounts:
        """Return the numbers of a property, NaN where there is none."""
        column = self.column(PROPERTY + name.removeprefix(PROPERTY))
        return np.array([amount(one) for one in column.values], float)[column.places[rows]]


def interned(places: NDArray[np.int64], values: list[Any]) -> Column:
    """Return a column whose values are distinct."""
    known: dict[bytes, int] = {}
    distinct: list[Any] = [None]
    code = np.zeros(len(values), np.int64)
    for place, value in enumerate(values):
        if value is None:
            continue
        told = msgspec.json.encode(value)
        if told not in known:
            known[told] = len(distinct)
            distinct.append(value)
        code[place] = known[told]
    return Column(code[places], distinct)


def labelled(places: NDArray[np.int64], values: list[Any]) -> tuple[Labels, tuple[str, ...]]:
    """Return labels for the values that occur: places in the sorted texts, -1 for what is missing."""
    occurring = np.flatnonzero(np.bincount(places, minlength=len(values)))
    texts = {int(place): text(values[place]) for place in occurring if values[place] is not None}
    names = tuple(sorted(set(texts.values())))
    place_of = {name: place for place, name in enumerate(names)}
    table = np.full(len(values), -1, np.int32)
    for place, name in texts.items():
        table[place] = place_of[name]
    return table[places], names
