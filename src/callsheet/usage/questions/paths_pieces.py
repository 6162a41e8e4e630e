"""Paths walked piece by piece: of the rows, no more than a few pieces are in memory, and all cores walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Ask, History
from callsheet.stats.walks.paths import NOWHERE, Ints, Limits, Stops, coded, walk
from callsheet.store.histories.threads import in_order
from callsheet.usage.questions.common import Clean, Desk
from callsheet.usage.questions.paths_names import bare, kept, renamed

Places = NDArray[np.int32]
_AT_ONCE = 1 << 19


class Asks(Protocol):
    """What of a question about paths matters here."""

    @property
    def start_at(self) -> str:
        """The stop that paths begin with, if any."""

    @property
    def end_at(self) -> str:
        """The stop that paths end with, if any."""

    @property
    def steps(self) -> int:
        """How many stops of a path are walked."""

    @property
    def pause(self) -> int:
        """Seconds without anything that begin a new path."""

    @property
    def clean(self) -> tuple[Clean, ...]:
        """What of names is replaced."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Names that are taken together."""

    @property
    def exclude(self) -> tuple[str, ...]:
        """Stops that are passed over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Paths, piece by piece, and what their stops are called; `sample` is how many rows were read."""

    pieces: list[Stops]
    names: list[str]
    sample: int
    left_out: int
    ids: Callable[[Iterable[int]], list[str]]


@dataclass(frozen=True, slots=True)
class Way:
    """How rows are walked: what their stops are called, and what of a path counts."""

    names: list[str]
    limits: Limits

    @classmethod
    def of(cls, question: Asks, names: list[str]) -> Way:
        """Return the way that a question asks for among stops of these names."""
        places = {name: place for place, name in enumerate(names)}
        start, end = (
            places.get(bare(one), len(names)) if one else NOWHERE for one in (question.start_at, question.end_at)
        )
        return cls(names, Limits(start, end, question.steps, question.pause * 1_000_000))

    def whole(self, history: History, stop: Places) -> Taken:
        """Walk rows that were read at once, many units at a time; `stop` is that of each, -1 for none."""
        near = np.arange(_AT_ONCE, len(stop), _AT_ONCE)
        cuts = [0, *np.unique(np.searchsorted(history.unit, history.unit[near])).tolist(), len(stop)]

        def one(span: tuple[int, int]) -> Stops:
            here = slice(*span)
            return self.walked(history.unit[here], history.moment[here], stop[here])

        pieces = list(in_order(one, pairwise(cuts)))
        return Taken(pieces, self.names, len(history), history.left_out, history.names)

    def walked(self, unit: NDArray[np.uint32], moment: Ints, stop: Places) -> Stops:
        """Walk rows of whole units."""
        return coded(walk(unit, moment, stop, self.limits), len(self.names) + 1, self.limits.steps, self.limits.end)

    @staticmethod
    def pieces(question: Asks, ask: Ask, desk: Desk) -> Taken:
        """Walk rows that are labelled by their stops, piece by piece."""

        @lru_cache(maxsize=1)
        def way(labels: tuple[str, ...]) -> tuple[Way, Places]:
            every = np.arange(len(labels), dtype=np.int32)
            stop, names = renamed(every, list(labels), question.clean, question.groups)
            return Way.of(question, names), np.append(kept(names, question.exclude)[stop], np.int32(-1))

        def one(history: History) -> Taken:
            desk.cancelled()
            here, table = way(history.labels)
            stop = table[history.label] if history.label is not None else np.zeros(0, np.int32)
            stops = here.walked(history.unit, history.moment, stop)
            return Taken([stops], here.names, len(history), history.left_out, history.names)

        every = desk.histories.walked(ask, one)
        pieces = [stops for taken in every for stops in taken.pieces]
        sample, left_out = sum(taken.sample for taken in every), sum(taken.left_out for taken in every)
        return Taken(pieces, every[0].names, sample, left_out, every[0].ids)
