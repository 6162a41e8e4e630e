"""Histories in plain Python, for known answers and for comparing with brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from callsheet.model.history import Activity, Ask, History, Mark, Moments, Where
from callsheet.usage.questions.buckets import micros
from callsheet.usage.questions.common import Desk

T = TypeVar("T")
NOW = datetime(2026, 4, 20, 12, 0)


@dataclass(frozen=True)
class Event:
    """One event; `when` is naive UTC."""

    who: str
    when: datetime
    event: str = "use"
    properties: dict[str, Any] = field(default_factory=dict)
    account: str = ""


def said(text: str, event: str = "use", year: int = 2026) -> list[Event]:
    """Read "ann 03-01 03-02T09:30, bob 03-04" as events of ann and bob."""
    found = []
    for part in text.split(","):
        who, *moments = part.split()
        found += [Event(who, datetime.fromisoformat(f"{year}-{one}"), event) for one in moments]
    return found


def _piece(rows: History, low: int, high: int) -> History:
    """Some of the rows; what was left out stands with the first of them."""
    return replace(
        rows, unit=rows.unit[low:high], moment=rows.moment[low:high], marks=rows.marks[low:high],
        label=None if rows.label is None else rows.label[low:high],
        value=None if rows.value is None else rows.value[low:high], left_out=rows.left_out if low == 0 else 0,
    )  # fmt: skip


class MadeHistories:
    """`Histories` over a list; conditions know `is` and `set` on properties only."""

    version = (0, 0)

    def __init__(self, events: Iterable[Event], created: dict[str, datetime] | None = None) -> None:
        self.events_ = list(events)
        self.created_ = created or {}
        self.codes = {
            "person": sorted({one.who for one in self.events_} | set(self.created_)),
            "account": sorted({one.account for one in self.events_ if one.account}),
        }

    def close(self) -> None:
        """Nothing is held."""

    def owner(self, one: Event, unit: str) -> str:
        """Whose event it is."""
        return one.who if unit == "person" else one.account

    def read(self, ask: Ask) -> History:
        """See `Histories.read`."""
        names = self.codes[ask.unit]
        rows, left_out = [], 0
        for order, one in enumerate(self.events_):
            bits = sum(1 << k for k, mark in enumerate(ask.marks) if carries(one, mark))
            if not bits or not ask.since <= one.when < ask.until or not fits(one, ask.where):
                continue
            if not self.owner(one, ask.unit):
                left_out += 1
                continue
            rows.append((names.index(self.owner(one, ask.unit)), one.when, order, bits, one))
        rows.sort(key=lambda row: row[:3])
        labels = sorted({str(x) for row in rows if (x := told(row[4], ask.label)) is not None})
        label = [labels.index(str(x)) if (x := told(row[4], ask.label)) is not None else -1 for row in rows]
        value = [number(row[4].properties.get(ask.value)) for row in rows]
        return History(
            np.array([row[0] for row in rows], np.uint32), np.array([micros(row[1]) for row in rows], np.int64),
            np.array([row[3] for row in rows], np.uint64), lambda codes: [names[code] for code in codes], len(names),
            np.array(label, np.int32) if ask.label else None, tuple(labels),
            np.array(value, np.float64) if ask.value else None, left_out,
        )  # fmt: skip

    def walked(self, ask: Ask, walk: Callable[[History], T]) -> list[T]:
        """Each unit alone."""
        rows = self.read(ask)
        cuts = [0, *(np.flatnonzero(rows.unit[1:] != rows.unit[:-1]) + 1).tolist(), len(rows)]
        return [walk(_piece(rows, low, high)) for low, high in pairwise(cuts)]

    def days_walked(
        self, mark: Mark, since: datetime, until: datetime, zone: str, walk: Callable[[Activity], T],
        unit: str = "person", where: tuple[Where, ...] = (),
    ) -> list[T]:  # fmt: skip
        """Each unit alone."""
        found = self.activity(mark, since, until, zone, unit, where)
        cuts = [0, *(np.flatnonzero(found.unit[1:] != found.unit[:-1]) + 1).tolist(), len(found)]
        return [
            walk(replace(
                found, unit=found.unit[low:high], day=found.day[low:high], count=found.count[low:high],
                left_out=0 if low else found.left_out,
            ))
            for low, high in pairwise(cuts)
        ]  # fmt: skip

    def activity(
        self, mark: Mark, since: datetime, until: datetime, zone: str, unit: str = "person",
        where: tuple[Where, ...] = (), together: bool = False,
    ) -> Activity:  # fmt: skip
        """See `Histories.activity`."""
        history = self.read(Ask((mark,), since, until, unit, where))
        found: dict[tuple[int, int], int] = {}
        for code, moment in zip(history.unit.tolist(), history.moment.tolist(), strict=True):
            day = local(datetime(1970, 1, 1) + timedelta(microseconds=moment), zone).date()
            key = (0 if together else code, (day - date(1970, 1, 1)).days)
            found[key] = found.get(key, 0) + 1
        keys = sorted(found)
        return Activity(
            np.array([code for code, _ in keys], np.uint32), np.array([day for _, day in keys], np.int32),
            np.array([found[key] for key in keys], np.uint32), history.names, history.size, history.left_out,
        )  # fmt: skip

    def created(self, unit: str = "person") -> Moments:
        """See `Histories.created`."""
        found = []
        for name in self.codes[unit]:
            first = min(
                (one.when for one in self.events_ if self.owner(one, unit) == name), default=datetime(2200, 1, 1)
            )
            found.append(micros(self.created_.get(name, first)))
        return np.array(found, np.int64)

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(name)


def carries(one: Event, mark: Mark) -> bool:
    """Whether an event carries a mark."""
    return (not mark.events or one.event in mark.events) and fits(one, mark.where)


def fits(one: Event, where: Iterable[Where]) -> bool:
    """Whether an event satisfies all conditions."""
    for condition in where:
        value = told(one, condition.field)
        if value is None or (condition.op == "is" and value not in condition.values):
            return False
    return True


def told(one: Event, name: str) -> Any:
    """The value of a field."""
    if name in ("person_id", "account_id"):
        return (one.who if name == "person_id" else one.account) or None
    return one.properties.get(name.removeprefix("properties.")) if name else None


def number(value: Any) -> float:
    """A number, or NaN."""
    return float(value) if isinstance(value, int | float) else float("nan")


def desk(events: Iterable[Event], zone: str = "UTC", now: datetime = NOW, created: Any = None) -> Desk:
    """A desk over made-up events."""
    return Desk(MadeHistories(events, created), now, zone, lambda _: ())


def local(moment: datetime, zone: str) -> datetime:
    """The wall clock at a naive UTC moment."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def interval_of(moment: datetime, interval: str, zone: str) -> date:
    """The first local day of the day, ISO week or month a moment falls in."""
    day = local(moment, zone).date()
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[interval]


ZONES = ("UTC", "Europe/Madrid", "Asia/Kolkata", "America/New_York", "Pacific/Auckland")
intervals = st.sampled_from(("day", "week", "month"))
zones = st.sampled_from(ZONES)


@st.composite
def happenings(draw: st.DrawFn, names: tuple[str, ...] = ("use", "buy")) -> list[Event]:
    """Up to 40 events of up to four persons around the change of clocks in March 2026, with ties."""
    hour = st.integers(0, 24 * 40).map(lambda h: datetime(2026, 3, 8) + timedelta(hours=h))
    one = st.builds(
        Event, st.sampled_from("abcd"), hour, st.sampled_from(names),
        st.fixed_dictionaries({}, optional={
            "plan": st.sampled_from(("free", "pro", "team")), "amount": st.integers(-3, 9),
        }),
        st.sampled_from(("", "x", "y")),
    )  # fmt: skip
    return draw(st.lists(one, max_size=40))
