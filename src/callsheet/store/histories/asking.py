"""What both kinds of histories do alike with an ask, and with rows of a timeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa

from callsheet.base.errors import BadInput
from callsheet.model.history import MOST_MARKS, UNITS, Activity, Ask, History, Seen
from callsheet.store.histories.conditions import PROPERTY, check, check_field, decoded
from callsheet.store.histories.rows import EPOCH, MICROSECOND, days_of, moments_of

SEEN = (
    "event_id", "occurred_at", "event", "distinct_id", "person_id", "account_id", "source", "properties",
)  # fmt: skip


def seen(table: pa.Table) -> list[Seen]:
    """Return rows of the columns SEEN as lines of a timeline."""
    found = []
    moments = moments_of(table["occurred_at"])
    for row, moment in zip(table.to_pylist(), moments, strict=True):
        told = decoded(row["properties"])
        plain = {name: row[name] or "" for name in ("event", "distinct_id", "person_id", "account_id", "source")}
        when = EPOCH + int(moment) * MICROSECOND
        found.append(Seen(row["event_id"], when, **plain, properties=told if isinstance(told, dict) else {}))
    return found


def check_ask(ask: Ask) -> None:
    """BadInput for what cannot be asked."""
    if not 1 <= len(ask.marks) <= MOST_MARKS:
        raise BadInput(f"A question has 1 to {MOST_MARKS} marks, this one {len(ask.marks)}.")
    check_unit(ask.unit)
    for where in (*ask.where, *(one for mark in ask.marks for one in mark.where)):
        check(where)
    if ask.label:
        check_field(ask.label)


def check_unit(unit: str) -> None:
    """BadInput for a unit that is neither person nor account."""
    if unit not in UNITS:
        raise BadInput(f"There is no unit {unit!r}.", f"Use one of {', '.join(UNITS)}.")


def fields_of(ask: Ask) -> set[str]:
    """Return every field that an ask reads."""
    wheres = (*ask.where, *(one for mark in ask.marks for one in mark.where))
    extra = {ask.label} if ask.label else set()
    if ask.value:
        extra.add(PROPERTY + ask.value.removeprefix(PROPERTY))
    return {one.field for one in wheres} | extra


def active(history: History, zone: str, since: datetime, until: datetime) -> Activity:
    """Return the distinct (unit, local day) pairs of a history, with their numbers of rows."""
    days = days_of(history.moment, zone, since, until)
    fresh = np.ones(len(history), bool)
    fresh[1:] = (history.unit[1:] != history.unit[:-1]) | (days[1:] != days[:-1])
    starts = np.flatnonzero(fresh)
    counts = np.diff(np.append(starts, len(history))).astype(np.uint32)
    return Activity(
        history.unit[starts], days[starts], counts, history.names, history.size, history.left_out
    )  # fmt: skip


def as_one(found: Activity) -> Activity:
    """Return an activity with all units together, under code 0."""
    days, places = np.unique(found.day, return_inverse=True)
    counts = np.bincount(places, found.count, len(days)).astype(np.uint32)
    return replace(found, unit=np.zeros(len(days), np.uint32), day=days, count=counts)


def most_frequent(values: list[str], limit: int, counts: list[int] | None = None) -> list[str]:
    """Return distinct texts, most frequent first, ties by text."""
    total: dict[str, int] = {}
    for place, one in enumerate(values):
        total[one] = total.get(one, 0) + (1 if counts is None else counts[place])
    return sorted(total, key=lambda one: (-total[one], one))[:limit]
