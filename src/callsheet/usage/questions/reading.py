"""Rows of the histories with what one reading of them cannot tell: labels of several fields, traits as numbers, and
how far back they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from callsheet.base.errors import Conflict
from callsheet.base.time import day_start
from callsheet.model.history import Amounts, Ask, History, Labels, Mark
from callsheet.store.histories.conditions import amount
from callsheet.usage.questions import visits
from callsheet.usage.questions.common import Breakdown, Clean, Desk
from callsheet.usage.questions.paths_names import renamed

TRIES = 3
TRAITS = ("person.", "account.", visits.PREFIX)
"""Fields of a row's owner or session: their numbers are those of labels."""
BETWEEN = " :: "
"""Stands between what several fields say."""
NONE = "none"
"""Stands for a field that says nothing, beside others that do."""
_FIRST = date(1970, 1, 2)


def read(desk: Desk, ask: Ask, by: Breakdown | None = None, second: str = "") -> History:
    """Return the rows of an ask. `by` is the breakdown that its label belongs to: with `also`, rows are labelled by these
    fields too, "pro :: Spain", what is missing being `none`; with `clean`, by what is left of their values. A
    `value` that is a trait (`person.age`) is that of the row's owner or session; `second` is a field whose values are
    told apart beside the label. Conflict where events arrive between the readings again and again."""
    trait = ask.value if ask.value.startswith(TRAITS) else ""
    if second and not ask.label and not trait:
        found = _labelled(desk, replace(ask, label=second))
        return replace(found, second=_label(found), label=None, labels=())
    ask, also = replace(ask, value="" if trait else ask.value), by.also if by else ()
    fields = (*also, *filter(None, (trait, second)))
    for _ in range(TRIES):
        found = _labelled(desk, ask, by is not None)
        more = [_labelled(desk, replace(ask, label=field, value=""), field in also) for field in fields]
        desk.cancelled()
        if not all(visits.same_rows(one, found) for one in more):
            continue
        found = replace(found, value=_numbers(more[len(also)])) if trait else found
        found = replace(found, second=_label(more[-1])) if second else found
        told = [_cleaned(one, by.clean) if by and by.clean else one for one in (found, *more[: len(also)])]
        return _joined(told[0], told[1:]) if also else told[0]
    raise Conflict("Events arrive faster than they can be read.", "Ask again, or ask for a span that is over.")


def _labelled(desk: Desk, ask: Ask, in_lines: bool = False) -> History:
    """Return the rows of an ask, also where they are labelled by what is told of their session: `in_lines`, moments as
    days or hours."""
    if not ask.label.startswith(visits.PREFIX):
        return desk.histories.read(ask)
    visits.check(ask.label)
    desk = desk if desk.around else desk.near(ask.since, ask.until)
    return visits.labelled(desk.histories.read(replace(ask, label=visits.KEY)), ask.label, desk, in_lines)


def _numbers(told: History) -> Amounts:
    """Return the numbers that labels are, NaN for what is none."""
    table = np.array([*map(amount, told.labels), np.nan], np.float64)
    return np.asarray(table[_label(told)], np.float64)


def _joined(first: History, more: list[History]) -> History:
    """Return the rows labelled by what all readings say; rows of which none says anything have no label."""
    every = [first, *more]
    code = np.zeros(len(first), np.int64)
    for one in every:
        code = code * (len(one.labels) + 1) + _label(one) + 1
    known, place = np.unique(code, return_inverse=True)
    texts = [_text(int(one), every) for one in known]
    labels = tuple(sorted({text for text in texts if text}))
    places = {text: i for i, text in enumerate(labels)}
    table = np.array([places.get(text, -1) for text in texts], np.int32)
    return replace(first, label=table[place.reshape(-1)], labels=labels)


def _cleaned(found: History, clean: tuple[Clean, ...]) -> History:
    """Return the rows with what is left of their labels; those of which nothing is left have none."""
    label, names = renamed(_label(found), list(found.labels), clean, ())
    if "" in names:
        label = np.where(label == names.index(""), np.int32(-1), label)
    return replace(found, label=label, labels=tuple(names))


def _text(code: int, every: list[History]) -> str:
    """Return the words for one combination of labels; "" when all are missing."""
    found = []
    for one in reversed(every):
        code, place = divmod(code, len(one.labels) + 1)
        found.append(one.labels[place - 1] if place else "")
    return BETWEEN.join(text or NONE for text in reversed(found)) if any(found) else ""


def _label(one: History) -> Labels:
    return np.full(len(one), -1, np.int32) if one.label is None else one.label


def ever(zone: str) -> datetime:
    """Return a moment before all history: the first days of 1970."""
    return day_start(_FIRST, zone)


def first_day(desk: Desk, unit: str) -> int | None:
    """Return the number of the local day of the very first event of any unit; None when there are no events."""
    key = ("first day", unit, desk.zone, desk.histories.version)
    if key not in desk.cache:
        until = day_start((desk.now + timedelta(days=2)).date(), desk.zone)
        days = desk.histories.activity(Mark(), ever(desk.zone), until, desk.zone, unit).day
        desk.cache[key] = int(days.min()) if len(days) else None
    first: int | None = desk.cache[key]
    return first
