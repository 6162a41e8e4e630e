"""Fields of indexed rows: from which column of codes they come, what their codes mean, and which satisfy conditions.

A condition is decided once for each distinct value; what it says then is a table by code.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Ask, Where
from callsheet.store.histories.coding import PLAIN, Dictionaries
from callsheet.store.histories.conditions import PROPERTY, Truths, amount, decoded, holds, text
from callsheet.store.histories.kernels import Marks
from callsheet.store.histories.rows import interned
from callsheet.store.histories.texts import Codes, Texts
from callsheet.store.histories.traits import split

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MOST_KEPT = 200
Traits = Callable[[str, str], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Whose:
    """What keys mean at one moment: see `owners.Owners`."""

    now: Codes
    distinct: Codes


@dataclass(frozen=True, slots=True)
class Field:
    """`column` is where the codes of rows are (`key`, `account`, `event` or the name of a column); `table`, where
    there is one, turns them into codes of `values`. Value 0 is what is missing."""

    column: str
    table: NDArray[Any] | None
    values: Callable[[Sequence[int]], list[Any]]
    size: int


class Fields:
    """Looks fields up. `traits` gives the values of a trait by unit id."""

    def __init__(self, dictionaries: Dictionaries, traits: Traits) -> None:
        self._texts = dictionaries
        self._traits = traits
        self._lock = threading.Lock()
        self._truths: dict[tuple[object, ...], Truths] = {}
        self._amounts: dict[str, NDArray[np.float64]] = {}

    def field(self, name: str, whose: Whose) -> Field:
        """Return a field; its name has been checked."""
        texts = self._texts
        if name == "event":
            return Field("event", None, _plain(texts.events), len(texts.events))
        if name == "account_id":
            return Field("account", None, _plain(texts.accounts), len(texts.accounts))
        if name in ("person_id", "distinct_id"):
            table = whose.now if name == "person_id" else whose.distinct
            return Field("key", table, _plain(texts.ids), len(whose.now))
        trait = split(name)
        if trait is not None:
            return self._trait(*trait, whose)
        column = texts.column(name)
        return Field(name, None, _plain(column) if name in PLAIN else _json(column), len(column))

    def _trait(self, unit: str, name: str, whose: Whose) -> Field:
        told = self._traits(unit, name)
        owners = self._texts.ids if unit == "person" else self._texts.accounts
        size = len(whose.now) if unit == "person" else len(owners)
        codes = owners.find(list(told))
        known = interned(np.arange(len(told)), list(told.values()))
        table = np.zeros(size, np.uint32)
        fits = (codes > 0) & (codes < size)
        table[codes[fits]] = known.places[fits]
        values = known.values
        place = "key" if unit == "person" else "account"
        return Field(
            place, table[whose.now] if unit == "person" else table,
            lambda wanted: [values[one] for one in wanted], len(values),
        )  # fmt: skip

    def truths(self, where: Where, field: Field) -> Truths:
        """Return for each code of the field's values whether it satisfies the condition."""
        if split(where.field) is not None:
            return holds(where, field.values(range(field.size)))
        key = (where.field, where.op, *((type(one), one) for one in where.values))  # True and 1 are not the same
        with self._lock:
            known = self._truths.pop(key, np.zeros(0, bool))
        if len(known) < field.size:
            known = np.append(known, self._decide(where, field, len(known)))
        with self._lock:
            self._truths[key] = known
            while len(self._truths) > _MOST_KEPT:
                del self._truths[next(iter(self._truths))]
        return known

    def _decide(self, where: Where, field: Field, first: int) -> Truths:
        """Decide the codes from `first` on: by looking the wanted texts up where these are ids."""
        texts = {"person_id": self._texts.ids, "distinct_id": self._texts.ids, "account_id": self._texts.accounts}
        if where.field not in texts or where.op not in ("is", "is_not"):
            return holds(where, field.values(range(first, field.size)))
        wanted = [text(one) for one in where.values]
        found = np.zeros(field.size, bool)
        codes = texts[where.field].find(wanted)
        found[codes[(codes > 0) & (codes < field.size)]] = True
        return (found if where.op == "is" else ~found)[first:]

    def amounts(self, name: str) -> tuple[str, NDArray[np.float64]]:
        """Return (column, number of each of its codes) of a property to sum."""
        name = PROPERTY + name.removeprefix(PROPERTY)
        column = self._texts.column(name)
        known = self._amounts.get(name, np.zeros(0))
        if len(known) < len(column):
            fresh = [amount(one) for one in _json(column)(range(len(known), len(column)))]
            known = self._amounts[name] = np.append(known, fresh)
        return name, known


def _plain(texts: Texts) -> Callable[[Sequence[int]], list[Any]]:
    return lambda codes: [one or None for one in texts.of(codes)]


def _json(texts: Texts) -> Callable[[Sequence[int]], list[Any]]:
    return lambda codes: [decoded(one) for one in texts.of(codes)]


@dataclass(slots=True)
class Plan:
    """An ask as tables: `carries` by event code, `tests` by column of codes."""

    carries: Marks
    tests: dict[str, Marks]


def plan(ask: Ask, fields: Fields, whose: Whose, events: Texts) -> Plan:
    """Turn marks and conditions into tables of allowed marks."""
    count = len(events)
    made = Plan(np.zeros(count, np.uint64), {})
    for place, mark in enumerate(ask.marks):
        bit = np.uint64(1) << np.uint64(place)
        if not mark.events:
            made.carries |= bit
        codes = events.find([one for one in mark.events if one])
        made.carries[codes[(codes > 0) & (codes < count)]] |= bit
        for where in mark.where:
            _forbid(made, where, fields, whose, ~bit)
    for where in ask.where:
        _forbid(made, where, fields, whose, np.uint64(0))
    return made


def _forbid(made: Plan, where: Where, fields: Fields, whose: Whose, left: np.uint64) -> None:
    """Leave rows that do not satisfy a condition only the marks of `left`."""
    field = fields.field(where.field, whose)
    allowed = np.where(fields.truths(where, field), ALL, left)
    if field.table is not None:
        allowed = allowed[field.table]
    if field.column == "event":
        made.carries &= allowed[: len(made.carries)]
        return
    before = made.tests.get(field.column)
    if before is not None:
        least = min(len(before), len(allowed))  # a dictionary may have grown in between
        allowed = before[:least] & allowed[:least]
    made.tests[field.column] = allowed
