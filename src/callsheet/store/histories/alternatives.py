"""Conditions of which one suffices: a mark with them becomes several marks with plain conditions, of which any counts.

Tables of codes tell each column apart, so they can say that all conditions hold, but not that one of several does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice, product

import numpy as np

from callsheet.base.errors import BadInput
from callsheet.model.history import MOST_MARKS, Ask, Either, History, Mark, Where
from callsheet.store.histories.conditions import text

Lists = tuple[tuple[Where, ...], ...]


def unfolded(ask: Ask) -> tuple[Ask, tuple[int, ...]]:
    """Return the ask with plain conditions only, and for each of its marks the place of the one it stands for; no
    places where the ask was plain before. BadInput when that makes too many marks."""
    if not any(isinstance(one, Either) for mark in ask.marks for one in (*ask.where, *mark.where)):
        return ask, ()
    both = _lists(ask.where)
    marks, places = list[Mark](), list[int]()
    for place, mark in enumerate(ask.marks):
        for general, own in islice(product(both, _lists(mark.where)), MOST_MARKS + 1):
            marks.append(_named(mark, (*general, *own)))
            places.append(place)
    if len(marks) > MOST_MARKS:
        raise too_many()
    return replace(ask, marks=tuple(marks), where=()), tuple(places)


def _lists(where: Iterable[Where]) -> Lists:
    """Return lists of plain conditions, of which one has to hold."""
    return combined(one.of if isinstance(one, Either) else ((one,),) for one in where)


def combined(every: Iterable[Lists]) -> Lists:
    """Return the lists that say: of each of these groups of lists, one holds. BadInput when they are too many."""
    found: Lists = ((),)
    for lists in every:
        if len(found) * len(lists) > MOST_MARKS:
            raise too_many()
        found = tuple((*one, *other) for one, other in product(found, lists))
    return found


def too_many() -> BadInput:
    """Return the error for more alternatives than can be told apart."""
    return BadInput(
        f"The conditions have more than {MOST_MARKS} alternatives.",
        "Name several values in one condition instead of several conditions, or ask in parts.",
    )


def _named(mark: Mark, where: tuple[Where, ...]) -> Mark:
    """Return a mark with these conditions; one that names events lets only their rows be looked at."""
    named = next((one for one in where if one.field == "event" and one.op == "is"), None)
    if mark.events or named is None:
        return Mark(mark.events, where)
    return Mark(tuple(map(text, named.values)) or ("",), tuple(one for one in where if one is not named))


def folded(history: History, places: tuple[int, ...]) -> History:
    """Return rows with the marks of the ask as it was before it was unfolded."""
    if not places:
        return history
    marks = np.zeros(len(history), np.uint64)
    for bit, place in enumerate(places):
        marks |= (history.marks >> np.uint64(bit) & np.uint64(1)) << np.uint64(place)
    return replace(history, marks=marks)
