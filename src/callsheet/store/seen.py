"""Which events were taken lately: 64-bit hashes in sorted arrays, looked up by the group.

Hashes are put into slices of time. Inside a slice, arrays of similar size are merged, so that there are few of them and
each hash is moved a few times only. A slice is forgotten as a whole when the last of it is older than the span, so what
is known reaches back over the span and at most one slice more. It takes 8 bytes an event; when more than `most` hashes
are held in memory, the longest arrays go into unnamed files, which the system keeps in memory while it has some to
spare.

Two different ids have the same hash with a chance of 2^-64: among 100 million known ids, one new event in
184 thousand million is taken for a known one. The hash is Python's own, keyed anew in each process, so nobody can
choose ids that collide. Time is the monotonic clock: setting the clock forgets nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
SLICES = 4
MOST = 32_000_000
"""Hashes held in memory of the process itself: 256 MB."""
_GROWTH = 4


def hashes_of(ids: Sequence[str]) -> Hashes:
    """Return the hash of each id; the same in this process, not in another."""
    return np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)).view(np.uint64)


@dataclass(slots=True)
class _Slice:
    """Hashes taken in one stretch of time: first arrays in files, then those in memory, the longest first."""

    filed: list[Hashes] = field(default_factory=list)
    held: list[Hashes] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, (*self.filed, *self.held)))

    def add(self, hashes: Hashes) -> None:
        """Add sorted hashes; the last arrays are merged while they are not much longer than what comes after them."""
        self.held.append(hashes)
        while len(self.held) > 1 and len(self.held[-2]) < _GROWTH * len(self.held[-1]):
            self.merge(len(self.held) - 2)

    def merge(self, begin: int = 0) -> None:
        """Make the arrays in memory from `begin` on one; runs that are sorted already are what this sort is quick at."""
        if len(self.held) - begin < 2:
            return
        together = np.concatenate(self.held[begin:])
        together.sort(kind="stable")
        self.held[begin:] = [together]

    def file(self, folder: Path | None) -> None:
        """Move the arrays into a file; they stay when the disk is full."""
        self.merge()
        with suppress(OSError), tempfile.TemporaryFile(dir=folder) as file:
            self.held[0].tofile(file)
            file.flush()
            self.filed.append(np.memmap(file, dtype=np.uint64, mode="r"))
            self.held = []


class Seen:
    """The hashes of one span of seconds. Not for several threads at once."""

    def __init__(self, span: float, folder: Path | None = None, most: int = MOST) -> None:
        self._width = span / SLICES
        self._folder, self._most = folder, most
        self._slices: dict[int, _Slice] = {}

    def __len__(self) -> int:
        return sum(map(len, self._slices.values()))

    def new(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return for each hash whether it is neither known nor stands earlier in the same array."""
        first = np.argsort(hashes)
        sorted_ = hashes[first]
        if (sorted_[1:] == sorted_[:-1]).any():
            sorted_, first = np.unique(hashes, return_index=True)
        known = np.zeros(len(sorted_), dtype=bool)
        for slice_ in self._slices.values():
            for array in (*slice_.filed, *slice_.held):
                place = np.searchsorted(array, sorted_)
                np.minimum(place, len(array) - 1, out=place)
                known |= array[place] == sorted_
        fresh = np.zeros(len(hashes), dtype=bool)
        fresh[first[~known]] = True
        return fresh

    def add(self, hashes: Hashes, moment: float) -> None:
        """Know these hashes from now on; `moment` is seconds of a clock that never goes back."""
        number = int(moment // self._width)
        if self._slices and number > max(self._slices):
            for old in [one for one in self._slices if one < number - SLICES]:
                del self._slices[old]
            for slice_ in self._slices.values():
                slice_.merge()
        if len(hashes):
            self._slices.setdefault(number, _Slice()).add(np.sort(hashes))
            self._bound()

    def load(self, hashes: Hashes, moments: NDArray[np.float64], now: float) -> None:
        """Know the hashes of earlier moments as well, in any order; what lies after `now` counts as of now."""
        numbers = np.minimum(moments, now) // self._width
        for number in np.unique(numbers):
            if number >= now // self._width - SLICES:
                self._slices.setdefault(int(number), _Slice()).add(np.sort(hashes[numbers == number]))
        self._bound()

    def _bound(self) -> None:
        """Move what is longest out of memory while more is held there than may be."""
        slices = sorted(self._slices.values(), key=lambda one: sum(map(len, one.held)), reverse=True)
        held = sum(len(array) for one in slices for array in one.held)
        for one in slices:
            if held <= self._most:
                return
            held -= sum(map(len, one.held))
            one.file(self._folder)
