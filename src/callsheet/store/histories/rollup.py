"""The rollup of activity: for each event, and for any event, on which local days each unit did it and how often.

It is written with the base, from the same rows, and counts as long as the zone is the one it was made for. What came,
moved or went since is counted from rows: all rows of units of which any row moved or is gone, and the tail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from callsheet.base.time import day_start, local_date
from callsheet.store.histories.kernels import Codes, Positions, Wholes, group_rows, picked, rows_of, tally
from callsheet.store.histories.rolling import Days, cut, roll, united
from callsheet.store.histories.rows import EPOCH, MICROSECOND, micros, stretches

if TYPE_CHECKING:
    from callsheet.store.histories.base import Base, Files

KINDS = ("person", "account")
COLUMNS = {"unit": np.uint32, "day": np.int32, "count": np.uint32}
BEGINS, ENDS = datetime(1900, 1, 1), datetime(2200, 1, 1)
"""No question reaches beyond these years, nor does the rollup."""
_FIRST_DAY = date(1970, 1, 1).toordinal()
Pairs = tuple[Codes, Days, Codes]
_NONE: Wholes = np.zeros(0, np.int64)
_AT_ONCE = 1 << 22
PIECE = 1 << 17
"""About how many pairs are walked at once: they stay in the cache of a core."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """Pairs of one kind of unit: those of event e are `[starts[e], starts[e + 1])`, those of any event the last. Code
    0 stands for rows without the unit."""

    zone: str
    unit: Codes
    day: Days
    count: Codes
    starts: Wholes
    _tallies: dict[int, tuple[int, Wholes, Wholes]] = field(default_factory=dict)

    def tally(self, wanted: NDArray[np.bool_], span: tuple[int, int]) -> tuple[Wholes, int]:
        """Return how many rows of the wanted events, and of any unit, there are on each of these days; and how many have
        no unit."""
        counts, left_out = np.zeros(span[1] - span[0], np.int64), 0
        for code in self._codes(wanted):
            first, known, missing = self._tally(code)
            low, high = max(span[0], first), min(span[1], first + len(known))
            if low < high:
                counts[low - span[0] : high - span[0]] += known[low - first : high - first]
                left_out += int(missing[low - first : high - first].sum())
        return counts, left_out

    def _tally(self, code: int) -> tuple[int, Wholes, Wholes]:
        """Return (first day, rows a day, rows without a unit a day) of an event, counted once."""
        if code not in self._tallies:
            rows = slice(int(self.starts[code]), int(self.starts[code + 1]))
            day, count = self.day[rows], self.count[rows]
            nobody, first = int(np.searchsorted(self.unit[rows], 1)), int(day.min()) if len(day) else 0
            ahead, most = day - first, int(day.max()) - first + 1 if len(day) else 0
            missing, known = (np.bincount(ahead[part], count[part], most).astype(np.int64)
                              for part in (slice(nobody), slice(nobody, None)))  # fmt: skip
            self._tallies[code] = (first, known, missing)
        return self._tallies[code]

    def _codes(self, wanted: NDArray[np.bool_]) -> list[int]:
        """Return the places of the wanted events; of all together, where all are wanted."""
        events = len(self.starts) - 2
        return [events] if wanted.all() else [one for one in np.flatnonzero(wanted).tolist() if one < events]

    def units(self, wanted: NDArray[np.bool_], size: int) -> Codes:
        """Return where to cut `size` units so that each piece has about PIECE pairs of the wanted event that has most."""
        starts = max(
            ((int(self.starts[code + 1] - self.starts[code]), code) for code in self._codes(wanted)), default=(0, 0)
        )
        low, high = (int(one) for one in self.starts[starts[1] : starts[1] + 2])
        inner = self.unit[low:high][PIECE::PIECE]
        return np.unique(np.array([0, *inner.tolist(), size], np.uint32))

    def pairs(
        self, wanted: NDArray[np.bool_], span: tuple[int, int], stale: NDArray[np.bool_], units: tuple[int, int]
    ) -> tuple[Pairs, int]:
        """Return the pairs of the wanted events in these days and of these units (the last not included), added up,
        without stale units; and how many rows have no unit."""
        parts, left_out = [], 0
        for code in self._codes(wanted):
            part, missing = self._cut(code, span, stale, units)
            parts.append(part)
            left_out += missing
        return together(parts), left_out

    def _cut(
        self, code: int, span: tuple[int, int], stale: NDArray[np.bool_], units: tuple[int, int]
    ) -> tuple[Pairs, int]:
        all_of = slice(int(self.starts[code]), int(self.starts[code + 1]))
        low, high = (all_of.start + np.searchsorted(self.unit[all_of], np.array(units, np.uint32))).tolist()
        given = self.unit[low:high], self.day[low:high], self.count[low:high]
        unit, day, count = (np.empty(high - low, made) for made in COLUMNS.values())
        pairs, left_out = cut(*given, *span, stale, unit, day, count)
        return (unit[:pairs], day[:pairs], count[:pairs]), left_out


def together(parts: list[Pairs]) -> Pairs:
    """Return sorted lists of pairs as one, two by two."""
    while len(parts) > 1:
        twos = [united(*one, *other) for one, other in zip(parts[::2], parts[1::2], strict=False)]
        parts = [*twos, *parts[len(twos) * 2 :]]
    return parts[0] if parts else (np.zeros(0, np.uint32), np.zeros(0, np.int32), np.zeros(0, np.uint32))


def days_between(since: datetime, until: datetime, zone: str) -> tuple[int, int] | None:
    """Return the numbers of the local days `[first, end)`; None where these are not starts of local days, or lie
    outside the years of the rollup."""
    if not BEGINS + timedelta(days=2) <= since <= until <= ENDS - timedelta(days=2):
        return None
    days = [local_date(one, zone) for one in (since, until)]
    if [day_start(one, zone) for one in days] != [since, until]:
        return None
    return days[0].toordinal() - _FIRST_DAY, days[1].toordinal() - _FIRST_DAY


def write(files: Files, base: Base, events: int, accounts: int, zone: str) -> None:
    """Write the rollups of a base that is not published yet. `events` and `accounts` are how many codes there are.

    Pairs go to files by column, piece by piece and in each piece by event; then the pieces of each event are put
    together. No more than a piece is in memory.
    """
    reach = _reach(files, base, zone)
    for kind in KINDS:
        raws = {name: files.folder / f"raw-{name}" for name in COLUMNS}
        sizes = _spill(files, list(raws.values()), _pieces(files, base, kind, events, accounts, reach), events)
        total = int(sizes.sum())
        for name, made in COLUMNS.items():
            with raws[name].open("rb") as given:
                files.save_pieces(f"days-{kind}-{name}.npy", made, total, _by_event(given, made, sizes))
            raws[name].unlink()
        files.save(f"days-{kind}-starts.npy", np.append(0, np.cumsum(sizes.sum(axis=0))))


def _spill(files: Files, raws: list[Path], pieces: Iterator[tuple[NDArray[Any], ...]], events: int) -> Wholes:
    """Write columns that come in pieces into a file each, each piece by event; return how many pairs there are,
    `[piece, event]`."""
    sizes = [np.zeros(events + 1, np.int64)]
    with ExitStack() as stack:
        outs = [stack.enter_context(file.open("wb")) for file in raws]
        for of, *columns in pieces:
            starts, order = group_rows(of, events + 1)
            for column, out in zip(columns, outs, strict=True):
                picked(order, column).tofile(out)
            sizes.append(np.diff(starts))
            files.let_go()
    return np.stack(sizes)


def _by_event(given: BinaryIO, kind: Any, sizes: Wholes) -> Iterator[NDArray[Any]]:
    """Yield what a file holds by piece and event in the order of events."""
    places = np.cumsum(sizes).reshape(sizes.shape) - sizes
    width = np.dtype(kind).itemsize
    for event in range(sizes.shape[1]):
        for piece in np.flatnonzero(sizes[:, event]).tolist():
            given.seek(int(places[piece, event]) * width)
            yield np.fromfile(given, kind, int(sizes[piece, event]))


def _reach(files: Files, base: Base, zone: str) -> tuple[int, int, Wholes, Wholes]:
    """Return the moments `[low, high)` that are rolled up, and their stretches of constant offset."""
    extremes = []
    for at in range(0, len(base), _AT_ONCE):
        piece = base.moment[at : at + _AT_ONCE]
        extremes += [int(piece.min()), int(piece.max())]
        files.let_go()
    low, high = max(min(extremes, default=0), micros(BEGINS)), min(max(extremes, default=0) + 1, micros(ENDS))
    if low >= high or not extremes:
        return 0, 0, _NONE, _NONE
    return low, high, *stretches(zone, EPOCH + low * MICROSECOND, EPOCH + high * MICROSECOND)


def _pieces(
    files: Files, base: Base, kind: str, events: int, accounts: int, reach: tuple[int, int, Wholes, Wholes]
) -> Iterator[tuple[NDArray[Any], ...]]:
    low, high, starts, shifts = reach
    person = kind == "person"
    ends = np.zeros(0 if person else accounts, np.int64)
    if not person:
        tally(base.account, ends)
        ends = np.cumsum(ends)
        files.let_go()
    for begin, end in pairwise((base.bounds if person else base.account_bounds).tolist()):
        rows = np.arange(begin, end, dtype=np.uint32) if person else base.by_account[begin:end]
        if person:
            whose = base.units[base.key[begin:end]]
        else:
            whose = np.searchsorted(ends, np.arange(begin, end), side="right").astype(np.uint32)
        made = [np.empty(2 * len(rows), one) for one in (np.uint32, *COLUMNS.values())]
        count = roll(rows, whose, base.event, base.moment, starts, shifts, low, high, events, *made)
        yield tuple(column[:count] for column in made)


def open_rollups(files: Files, zone: str) -> dict[str, Rollup]:
    """Map the rollups of a base into memory."""
    return {
        kind: Rollup(zone, *(files.load(f"days-{kind}-{name}.npy") for name in (*COLUMNS, "starts"))) for kind in KINDS
    }


def aside(
    base: Base, kind: str, moved: Positions, dead: NDArray[np.uint8], size: int
) -> tuple[NDArray[np.bool_], Positions]:
    """Return which units (of `size`) the rollup cannot be asked for, and all rows of the base that it counts for them:
    units of which a row is gone, or belongs to somebody else by now."""
    if not len(moved) and not len(dead):
        return np.zeros(0, bool), np.zeros(0, np.uint32)
    keys, owners = (base.key, base.units) if kind == "person" else (base.account, np.arange(size, dtype=np.uint32))
    stale = np.zeros(size, bool)
    stale[owners[keys[moved]]] = True
    if len(dead):
        gone = np.flatnonzero(np.unpackbits(dead, bitorder="little", count=len(base)))
        stale[owners[keys[gone]]] = True
    found = np.empty(len(base), np.uint32)
    return stale, found[: rows_of(keys, stale[owners], found)].copy()
