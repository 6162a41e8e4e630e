"""Small histories, written as text or drawn by chance, as the walks take them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from callsheet.model.history import History
from callsheet.stats.walks.funnel import Rules
from callsheet.stats.walks.funnel_runs import Attribution, Reached, walk
from tests.stats.walks.slow_funnel import Row


def history(units: list[list[Row]], count: int) -> History:
    """Rows of several units as a History; an excluded row carries the mark after the steps, every row the last."""
    rows = [(unit, row) for unit, given in enumerate(units) for row in given]
    marks = [sum(1 << (step - 1) for step in row.steps) | row.excluded << count | 1 << (count + 1) for _, row in rows]
    names = sorted({row.label for _, row in rows} - {-1})
    return History(
        np.array([unit for unit, _ in rows], np.uint32),
        np.array([row.moment for _, row in rows], np.int64),
        np.array(marks, np.uint64),
        lambda codes: [f"u{code}" for code in codes],
        len(units),
        label=np.array([row.label for _, row in rows], np.int32),
        labels=tuple(map(str, range(max(names, default=-1) + 1))),
    )


def rules(
    count: int, window: int, *, strict: bool = False, optional: int = 0, spoils: int = 0, named: int = 0
) -> Rules:
    """Rules with one exclusion, which spoils chains at the steps of the mask `spoils`."""
    return Rules(count, window, strict, optional, np.array([spoils, 0], np.int64), named)


def walked(
    units: list[list[Row]], given: Rules, attribution: Attribution = "", *, any_order: bool = False,
    bounds: list[int] | None = None,
) -> Reached:  # fmt: skip
    """Walk some units."""
    edges = None if bounds is None else np.array(bounds, np.int64)
    return walk(history(units, given.steps), given, attribution, any_order=any_order, bounds=edges)


def reach(done: Reached, place: int = 0) -> list[int]:
    """Return the steps that a run took."""
    return [k + 1 for k in range(done.times.shape[1]) if done.bits[place] >> k & 1]


def written(text: str, **named: set[int]) -> list[Row]:
    """Read "a1 b2 x3": an event and its moment; a letter is a step by its place in the alphabet, x an exclusion, z
    nothing. `named` gives other letters. After a slash stands a label."""
    found = []
    for word in text.split():
        what, _, label = word.partition("/")
        letter, moment = what[0], int(what[1:])
        steps = named.get(letter, set() if letter in "xz" else {ord(letter) - ord("a") + 1})
        found.append(Row(moment, frozenset(steps), letter == "x", int(label) if label else -1))
    return found


def rows(count: int, several: bool = True, latest: int = 9, excluded: bool = False) -> st.SearchStrategy[list[Row]]:
    """Up to seven rows in time order, with ties."""
    steps = st.frozensets(st.integers(1, count), max_size=count if several else 1)
    made = st.builds(lambda moment, some: Row(moment, some), st.integers(0, latest), steps)
    if excluded:
        made |= st.builds(lambda moment: Row(moment, excluded=True), st.integers(0, latest))
    return st.lists(made, max_size=7).map(lambda some: sorted(some, key=lambda row: row.moment))
