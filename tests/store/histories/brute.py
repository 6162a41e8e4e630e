"""The plainest possible answer to an ask: a loop over the rows of `events`."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from callsheet.model.history import Activity, Ask, Either, History, Mark, Where
from callsheet.store.histories.conditions import holds
from callsheet.store.histories.rows import EPOCH, MICROSECOND

Line = tuple[str, int, int, Any, float | None]


def value_of(row: dict[str, Any], field: str, people: dict[tuple[str, str], dict[str, Any]]) -> Any:
    """What a field of a row is; None when missing."""
    if field.startswith("properties."):
        try:
            held = json.loads(row["properties"] or "{}")
        except ValueError:
            return None
        return held.get(field.removeprefix("properties.")) if isinstance(held, dict) else None
    if field.startswith(("person.", "account.")):
        unit, name = field.split(".", 1)
        return people.get((unit, row[f"{unit}_id"] or ""), {}).get(name)
    if field == "distinct_id":
        return row["distinct_id"] or row["person_id"] or None
    return row[field] or None


def satisfies(row: dict[str, Any], where: tuple[Where, ...], people: Any) -> bool:
    """Whether a row satisfies all conditions."""
    return all(
        any(satisfies(row, each, people) for each in one.of) if isinstance(one, Either)
        else bool(holds(one, [value_of(row, one.field, people)])[0])
        for one in where
    )  # fmt: skip


def marks_of(row: dict[str, Any], marks: tuple[Mark, ...], people: Any) -> int:
    """Bits of the marks that a row carries."""
    carries = [
        (not mark.events or row["event"] in mark.events) and satisfies(row, mark.where, people) for mark in marks
    ]
    return sum(1 << place for place, one in enumerate(carries) if one)


def label_text(value: Any) -> str | None:
    """A value as it is shown."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, float):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return repr(value)


def number_of(value: Any) -> float | None:
    """The number that a row adds, None without one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value) if not isinstance(value, str) or value.strip() == value else None
    except ValueError:
        return None


def read(rows: list[dict[str, Any]], ask: Ask, people: Any) -> tuple[list[Line], int]:
    """Lines (unit, moment, marks, label, value) by unit, moment and arrival, and how many rows have no unit."""
    found, left_out = [], 0
    for row in rows:
        if row["occurred_at"] is None:
            continue
        if not ask.since <= row["occurred_at"] < ask.until or not satisfies(row, ask.where, people):
            continue
        bits = marks_of(row, ask.marks, people)
        if not bits:
            continue
        if not row[f"{ask.unit}_id"]:
            left_out += 1
            continue
        label = label_text(value_of(row, ask.label, people)) if ask.label else None
        value = (
            number_of(value_of(row, "properties." + ask.value.removeprefix("properties."), people))
            if ask.value
            else None
        )
        moment = (row["occurred_at"] - EPOCH) // MICROSECOND
        found.append((row[f"{ask.unit}_id"], moment, row["seq"], bits, label, value))
    found.sort(key=lambda one: one[:3])
    return [(unit, moment, bits, label, value) for unit, moment, _, bits, label, value in found], left_out


def lines(history: History) -> list[Line]:
    """The lines of an answer, with the unit's name in front; checks what the answer promises."""
    codes = history.unit.tolist()
    assert codes == sorted(codes)
    assert all(code < history.size for code in codes)
    names = history.names(codes)
    found = []
    for place, name in enumerate(names):
        label = None
        if history.label is not None and history.label[place] >= 0:
            label = history.labels[history.label[place]]
        value = None
        if history.value is not None and not math.isnan(history.value[place]):
            value = float(history.value[place])
        found.append((name, int(history.moment[place]), int(history.marks[place]), label, value))
    return sorted(found, key=lambda one: one[0])  # stable: the order within a unit stays


def activity(rows: list[dict[str, Any]], mark: Mark, since: datetime, until: datetime, zone: str, unit: str,
             where: tuple[Where, ...], people: Any) -> tuple[dict[tuple[str, date], int], int]:  # fmt: skip
    """Rows by unit and local day, and how many have no unit."""
    told, left_out = read(rows, Ask((mark,), since, until, unit, where), people)
    counts: dict[tuple[str, date], int] = {}
    for name, moment, *_ in told:
        local = (EPOCH + moment * MICROSECOND).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        counts[name, local] = counts.get((name, local), 0) + 1
    return counts, left_out


def days(found: Activity) -> dict[tuple[str, date], int]:
    """An activity as a table; checks its order."""
    pairs = list(zip(found.unit.tolist(), found.day.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    names = found.names(found.unit.tolist())
    return {
        (name, date.fromordinal(719163 + day)): int(count)
        for name, (_, day), count in zip(names, pairs, found.count, strict=True)
    }
