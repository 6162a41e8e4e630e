"""Sessions as fields of rows: how long the session was that a row belongs to, where it began, and so on.

A session holds the rows that share `$session_id`, up to three days before and after the span that a question reads as
well (`Desk.near`), so that all kinds of questions tell the same of it. As in PostHog, it bounced (1, else 0) when it
has a single page view, no click that was captured and lasts less than ten seconds; without any page view it did neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.time import offsets
from callsheet.model.history import Ask, History, Labels, Mark, Moments, Where
from callsheet.store.histories.conditions import PROPERTY, holds, number, text
from callsheet.usage.questions.common import MARGIN, Desk

PREFIX = "session."
KEY = "properties.$session_id"
FIGURES = ("duration", "events", "pageviews", "bounced", "began", "ended")
MOMENTS = ("session.began", "session.ended")
_ENDS = ("entry", "exit")
_ADDRESS = "$current_url"
_TRIES = 3
_SOON = 10_000_000
_SHORT = timedelta(days=2, hours=1)
"""A span up to which sessions are told apart by hours, with the hour more of a day on which clocks go back."""
_ORDERED = ("gt", "gte", "lt", "lte", "between", "not_between")
_ABSENT = ("is_not", "not_contains", "not_regex", "not_set")
_EVER, _LAST = datetime(1970, 1, 2), datetime(2200, 1, 1)
_MARKS = (Mark(), Mark(("$pageview",)), Mark(("$autocapture",)))


@dataclass(frozen=True, slots=True)
class _Visits:
    """Rows by session and moment: `first[i]` is the place of the first row of session i in the sorted rows, `order`
    are their places in the history."""

    ids: tuple[str, ...]
    order: NDArray[np.int64]
    first: NDArray[np.int64]
    session: Labels
    history: History

    @property
    def moments(self) -> Moments:
        """Moments of the sorted rows."""
        return self.history.moment[self.order]

    def counted(self, bit: int) -> NDArray[np.int64]:
        """Return how many rows of each session carry a mark."""
        carry = (self.history.marks >> np.uint64(bit)) & np.uint64(1)
        return np.bincount(self.session, carry.astype(np.float64), len(self.ids)).astype(np.int64)


def check(field: str) -> str:
    """Return what a field tells of a session; BadInput when there is no such thing."""
    name = field.removeprefix(PREFIX)
    if name in FIGURES or name.split(".", 1)[0] in _ENDS:
        return name
    raise BadInput(
        f"There is no field {field!r}.",
        f"Use one of {', '.join(PREFIX + one for one in (*FIGURES, *_ENDS))}, or session.entry.<property>.",
    )


def values(field: str, desk: Desk) -> dict[str, object]:
    """Return what a field tells of each session, by its id; of those around where the desk looks."""
    name = check(field)
    key = ("visits", name, desk.around, desk.histories.version)
    if key not in desk.cache:
        end, _, held = name.partition(".")
        desk.cache[key] = _ends(held or _ADDRESS, end == "exit", desk) if end in _ENDS else _figure(name, desk)
    found: dict[str, object] = desk.cache[key]
    return found


def condition(where: Where, desk: Desk) -> Where:
    """Return a condition on sessions as one on their ids. Rows without a session have none of it."""
    _check_values(where)
    told = values(where.field, desk)
    fits = holds(replace(where, field=PROPERTY + where.field), list(told.values()))
    absent = where.op in _ABSENT
    ids = tuple(one for one, good in zip(told, fits.tolist(), strict=True) if good is not absent)
    return Where(KEY, "is_not" if absent else "is", ids)


def _check_values(where: Where) -> None:
    """BadInput where a figure is compared with what is no number."""
    counted = where.field.removeprefix(PREFIX) in FIGURES[:4]
    if counted and where.op in _ORDERED and any(number(one) is None for one in where.values):
        raise BadInput(f"{where.field} is a number.", f"Give a number to compare it with by `{where.op}`.")


def labelled(history: History, field: str, desk: Desk, in_lines: bool = False) -> History:
    """Return rows that are labelled by their session's id with what the field tells of it instead; `in_lines`: moments
    as local days, or as hours where the span has two days at most."""
    told = values(field, desk)
    texts = [None if (one := told.get(key)) is None else text(one) for key in history.labels]
    if in_lines and field in MOMENTS:
        texts = _in_lines(texts, desk)
    labels = tuple(sorted({one for one in texts if one is not None}))
    places = {one: place for place, one in enumerate(labels)}
    table = np.array([*(-1 if one is None else places[one] for one in texts), -1], np.int32)
    label = np.full(len(history), -1, np.int32) if history.label is None else history.label
    return replace(history, label=table[label], labels=labels)


def _in_lines(texts: list[str | None], desk: Desk) -> list[str | None]:
    """Return the local day or hour of each moment: "2026-11-02", "2026-11-02 13:00"."""
    known = [place for place, one in enumerate(texts) if one is not None]
    if not known:
        return texts
    moments = np.array([texts[place][:-1] for place in known], "datetime64[us]")  # type: ignore[index]
    since, until = moments.min().item(), moments.max().item()
    begins, shifts = zip(*offsets(desk.zone, since, until), strict=True)
    place = np.searchsorted(np.array(begins, "datetime64[us]"), moments, side="right") - 1
    local = moments + np.array(shifts, "timedelta64[us]")[place]
    span = desk.around or (_EVER, _LAST)
    hours = span[1] - span[0] <= 2 * MARGIN + _SHORT
    named = np.char.replace(np.datetime_as_string(local, "h" if hours else "D"), "T", " ").tolist()
    found = dict(zip(known, (f"{one}:00" if hours else one for one in named), strict=True))
    return [found.get(place) for place in range(len(texts))]


def _visits(desk: Desk, label: str = "") -> tuple[_Visits, History | None]:
    """Return all sessions and, where asked for, the same rows labelled by a property."""
    where = (Where(KEY, "set"),)
    ask = Ask(_MARKS, *(desk.around or (_EVER, _LAST)), "person", where, KEY)
    for _ in range(_TRIES):
        found = desk.histories.read(ask)
        more = desk.histories.read(replace(ask, label=label)) if label else None
        desk.cancelled()
        if more is None or same_rows(more, found):
            session = np.zeros(len(found), np.int32) if found.label is None else found.label
            order = np.lexsort((found.moment, session))
            first = np.searchsorted(session[order], np.arange(len(found.labels)))
            return _Visits(found.labels, order, first, session, found), more
    raise Conflict("Events arrive faster than they can be read.", "Ask again in a moment.")


def same_rows(told: History, before: History, rows: NDArray[np.int64] | slice = slice(None)) -> bool:
    """Whether a later reading gave the same rows (of `before`: these): events may have come in, persons been merged."""
    return np.array_equal(told.unit, before.unit[rows]) and np.array_equal(told.moment, before.moment[rows])


def _ends(name: str, last: bool, desk: Desk) -> dict[str, object]:
    """Return the first or last value of a property in each session."""
    every, told = _visits(desk, PROPERTY + name)
    if told is None or told.label is None:
        return {}
    order = every.order[::-1] if last else every.order
    kept = order[told.label[order] >= 0]
    session, first = np.unique(every.session[kept], return_index=True)
    found = {every.ids[one]: told.labels[told.label[kept[at]]] for one, at in zip(session, first, strict=True)}
    return {one: found.get(one) for one in every.ids}


def _figure(name: str, desk: Desk) -> dict[str, object]:
    every, _ = _visits(desk)
    if not every.ids:
        return {}
    moments, last = every.moments, np.append(every.first[1:], len(every.order)) - 1
    begin, end = moments[every.first], moments[last]
    told: dict[str, Callable[[], list[object]]] = {
        "duration": lambda: [_whole(one) for one in ((end - begin) / 1e6).tolist()],
        "events": lambda: every.counted(0).tolist(),
        "pageviews": lambda: every.counted(1).tolist(),
        "bounced": lambda: _bounced(every.counted(1), every.counted(2), end - begin),
        "began": lambda: _written(begin),
        "ended": lambda: _written(end),
    }
    return dict(zip(every.ids, told[name](), strict=True))


def _whole(seconds: float) -> int | float:
    return int(seconds) if seconds.is_integer() else seconds


def _bounced(pages: NDArray[np.int64], clicks: NDArray[np.int64], length: Moments) -> list[object]:
    short = (pages == 1) & (clicks == 0) & (length < _SOON)
    return [int(one) if any_ else None for one, any_ in zip(short.tolist(), (pages > 0).tolist(), strict=True)]


def _written(moments: Moments) -> list[object]:
    return [f"{one}Z" for one in moments.astype("datetime64[us]")]
