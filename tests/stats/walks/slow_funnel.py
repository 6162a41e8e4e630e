"""A funnel by trying every chain: slow, plain, and written from the definition, not from the walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

NONE = -(2**63)


@dataclass(frozen=True)
class Row:
    """One event: when, which steps it may serve (numbers from 1), whether it is excluded, and its label."""

    moment: int
    steps: frozenset[int] = frozenset()
    excluded: bool = False
    label: int = -1


def chains(rows: list[Row], count: int, window: int, strict: bool = False) -> Iterator[tuple[int, ...]]:
    """Yield every chain as the places of its rows: one row a step, moments never falling, inside the window."""

    def extend(chain: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if chain:
            yield chain
        if len(chain) == count:
            return
        for place, row in enumerate(rows):
            if place in chain or len(chain) + 1 not in row.steps:
                continue
            if chain and not _follows(rows, chain, place, window, strict):
                continue
            yield from extend((*chain, place))

    yield from extend(())


def _follows(rows: list[Row], chain: tuple[int, ...], place: int, window: int, strict: bool) -> bool:
    first, last, now = rows[chain[0]].moment, rows[chain[-1]].moment, rows[place].moment
    if now < last or now - first > window:
        return False
    between = (row for row in alone(rows) if last < row.moment < now)
    return not strict or all(len(chain) in row.steps for row in between)


def alone(rows: list[Row]) -> list[Row]:
    """Rows at whose moment nothing of another kind happened."""
    found: list[Row] = []
    for _, same in groupby(rows, key=lambda row: row.moment):
        together = list(same)
        if len({(row.steps, row.excluded) for row in together}) == 1:
            found += together
    return found


def furthest(rows: list[Row], count: int, window: int, strict: bool = False) -> tuple[int, int, int]:
    """Return the furthest step, the first moment at which it is reached, and the latest start that gets there then."""
    every = list(chains(rows, count, window, strict))
    if not every:
        return 0, NONE, NONE
    reach = max(map(len, every))
    ends = {(rows[chain[-1]].moment, rows[chain[0]].moment) for chain in every if len(chain) == reach}
    end = min(moment for moment, _ in ends)
    return reach, end, max(start for moment, start in ends if moment == end)


def is_clean(rows: list[Row], chain: tuple[int, ...], begin: int, end: int) -> bool:
    """Whether no exclusion stands between steps `begin` and `end` of a chain."""
    low, high = rows[chain[begin - 1]].moment, rows[chain[end - 1]].moment
    return not any(row.excluded and low <= row.moment <= high for row in rows)


def in_any_order(rows: list[Row], count: int, window: int) -> int:
    """Return the most steps that distinct rows serve within one window; each row serves one step at most."""
    best = 0
    for start in rows:
        inside = [row for row in rows if start.moment <= row.moment <= start.moment + window]
        best = max(best, _matched(inside, count))
    return best


def _matched(rows: list[Row], count: int, step: int = 1) -> int:
    if step > count:
        return 0
    found = _matched(rows, count, step + 1)
    for i, row in enumerate(rows):
        if step in row.steps:
            found = max(found, 1 + _matched(rows[:i] + rows[i + 1 :], count, step + 1))
    return found
