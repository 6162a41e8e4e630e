"""The ways of all paths, added up: which are shown, and what stands together as other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from callsheet.stats.walks.paths import Walked

Ints = NDArray[np.int64]
CUT = -2
"""As in `stats.walks.paths`, which is imported late."""
OTHER = "(other)"
LEFT_OUT = "..."


@dataclass(frozen=True, slots=True)
class Flow:
    """Paths as nodes: `node` is the place in `keys` of each walked stop; edges join a row to the one before it
    (`joined`). `shown` are the edges (pairs of nodes) that are drawn; `hidden` is how many there are besides.
    `ended` marks rows after which nothing followed."""

    walked: Walked
    keys: list[tuple[int, str]]
    node: Ints
    joined: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    shown: set[tuple[int, int]]
    hidden: int

    def pairs(self) -> tuple[Ints, Ints]:
        """Return the source and the target of every way taken."""
        rows = np.flatnonzero(self.joined)
        return self.node[rows - 1], self.node[rows]


def key_of(node: tuple[int, str]) -> str:
    """Return the key of a node: "<step>_<name>"."""
    return f"{node[0]}_{node[1]}"


def flow(walked: Walked, names: Sequence[str], limit: int, steps: int, end: int) -> Flow:
    """Add up. The `limit` most frequent ways are shown (equal ones by their keys), as far as step 1 leads to them."""
    width = len(names) + 1
    raw = walked.place * width + np.where(walked.stop == CUT, len(names), walked.stop)
    known, node = np.unique(raw, return_inverse=True)
    every = [(int(one // width) + 1, ([*names, LEFT_OUT])[int(one % width)]) for one in known]
    joined = walked.place > 0
    edges = _counted(node, joined, len(every))
    first = sorted(edges, key=lambda edge: (-edges[edge], key_of(every[edge[0]]), key_of(every[edge[1]])))[:limit]
    shown = _led_to(first, every)
    kept = {place for edge in shown for place in edge}
    keys = [every[place] for place in sorted(kept)]
    place = {old: new for new, old in enumerate(sorted(kept))}
    others = sorted({step for old, (step, _) in enumerate(every) if old not in kept})
    keys += [(step, OTHER) for step in others]
    table = [
        place.get(old, len(kept) + others.index(step) if old not in kept else 0) for old, (step, _) in enumerate(every)
    ]
    ended = np.ones(len(node), np.bool_)
    ended[:-1] = walked.path[1:] != walked.path[:-1]
    ended &= (walked.place + 1 < steps) & (walked.stop != end)
    drawn = {(place[source], place[target]) for source, target in shown}
    mapped = np.array(table, np.int64)[node] if len(node) else node.astype(np.int64)
    return Flow(walked, keys, mapped, joined, ended, drawn, len(edges) - len(shown))


def _counted(node: Ints, joined: NDArray[np.bool_], nodes: int) -> dict[tuple[int, int], int]:
    rows = np.flatnonzero(joined)
    pairs, counts = np.unique(node[rows - 1] * max(nodes, 1) + node[rows], return_counts=True)
    return {(int(one) // nodes, int(one) % nodes): int(count) for one, count in zip(pairs, counts, strict=True)}


def _led_to(edges: list[tuple[int, int]], every: list[tuple[int, str]]) -> list[tuple[int, int]]:
    """Leave out edges whose source no shown edge leads to, step by step."""
    reached: set[int] = set()
    found = []
    for source, target in sorted(edges, key=lambda edge: every[edge[0]][0]):
        if every[source][0] == 1 or source in reached:
            reached.add(target)
            found.append((source, target))
    return found
