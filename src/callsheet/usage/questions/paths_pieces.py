"""Paths walked piece by piece: of the rows, no more than a few pieces are in memory, and all cores walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from callsheet.model.history import Ask, History
from callsheet.stats.walks.paths import NOWHERE, Limits, Walked, walk
from callsheet.store.histories.threads import give_back
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.paths_names import Clean, bare, kept, renamed

Stops = NDArray[np.int32]
LARGE = 10_000_000
"""Rows from which on memory is given back as soon as it is free."""


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
    """Paths, what their stops are called, and which stop ends them; `sample` is how many rows were read."""

    walked: Walked
    names: list[str]
    end: int
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

    def walked(self, history: History, stop: Stops) -> Taken:
        """Walk rows; `stop` is that of each, -1 for none."""
        found = walk(history.unit, history.moment, stop, self.limits)
        return Taken(found, self.names, self.limits.end, len(history), history.left_out, history.names)

    @staticmethod
    def pieces(question: Asks, ask: Ask, desk: Desk) -> Taken:
        """Walk rows that are labelled by their stops, piece by piece."""

        @lru_cache(maxsize=1)
        def way(labels: tuple[str, ...]) -> tuple[Way, Stops]:
            every = np.arange(len(labels), dtype=np.int32)
            stop, names = renamed(every, list(labels), question.clean, question.groups)
            return Way.of(question, names), np.append(kept(names, question.exclude)[stop], np.int32(-1))

        def one(history: History) -> Taken:
            desk.cancelled()
            here, table = way(history.labels)
            return here.walked(history, table[history.label] if history.label is not None else np.zeros(0, np.int32))

        return _joined(desk.histories.walked(ask, one))


def _joined(pieces: list[Taken]) -> Taken:
    """Return the pieces as one."""
    first, sample, left_out = pieces[0], sum(one.sample for one in pieces), sum(one.left_out for one in pieces)
    columns = [list(column) for column in zip(*(one.walked for one in pieces), strict=True)]
    pieces.clear()  # as large again as the whole
    whole = []
    for _ in range(len(columns)):
        whole.append(np.concatenate(columns.pop(0)))
        if sample >= LARGE:
            give_back()
    walked = Walked(whole[0], whole[1], whole[2], whole[3])
    return Taken(walked, first.names, first.end, sample, left_out, first.ids)
