"""Sorting more rows than should be in memory: group by group, in ranges of groups that are small enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.kernels import group_rows, sort_groups, tally

PIECE = 1 << 20
AT_ONCE = 4 << 20
"""Rows sorted in memory at a time; a group of more rows than that is sorted at once all the same."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A column in a file, read piece by piece, so that it never is in memory as a whole."""

    file: Path
    kind: Any
    count: int

    def piece(self, at: int, size: int = PIECE) -> NDArray[Any]:
        """Return the rows from `at` on. What stands before the column in the file is passed over."""
        if at >= self.count:
            return np.zeros(0, self.kind)
        width = np.dtype(self.kind).itemsize
        ahead = self.file.stat().st_size - self.count * width
        return np.fromfile(self.file, self.kind, min(size, self.count - at), offset=ahead + at * width)


def rows_in_order(
    groups: Callable[[int], NDArray[np.uint32]], size: int, moment: Stored, seq: Stored
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[Any]]]:
    """Yield rows by group, moment and order of arrival, with their moments and numbers. `groups(at)` gives the groups
    of the piece from `at` on."""
    counts = np.zeros(size, np.int64)
    for at in range(0, moment.count, PIECE):
        tally(groups(at), counts)
    for first, end in _ranges(counts):
        rows, codes, moments, seqs = [], [], [], []
        for at in range(0, moment.count, PIECE):
            piece = groups(at)
            held = np.flatnonzero((piece >= first) & (piece < end))
            rows.append((held + at).astype(np.uint32))
            codes.append(piece[held] - np.uint32(first))
            moments.append(moment.piece(at)[held])
            seqs.append(seq.piece(at)[held])
        starts, order = group_rows(np.concatenate(codes), end - first)
        moments_, seqs_ = np.concatenate(moments), np.concatenate(seqs)
        sort_groups(order, starts, moments_, seqs_)
        yield np.concatenate(rows)[order], moments_[order], seqs_[order]


def _ranges(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut the groups into ranges of at most AT_ONCE rows, or of one group."""
    upto = np.append(0, np.cumsum(counts))
    first = 0
    while upto[first] < upto[-1]:
        end = max(int(np.searchsorted(upto, upto[first] + AT_ONCE, side="right")) - 1, first + 1)
        yield first, end
        first = end
