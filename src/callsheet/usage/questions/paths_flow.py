"""The ways of all paths, added up: which are shown, and what stands together as other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.threads import in_order

if TYPE_CHECKING:
    from callsheet.stats.walks.paths import Walked, Ways

Nodes = NDArray[np.int32]
OTHER = "(other)"
LEFT_OUT = "..."
_AT_ONCE = 1 << 19


@dataclass(frozen=True, slots=True)
class Flow:
    """Paths as nodes: `node` is the place in `keys` of each walked stop, `ended` marks those after which nothing
    followed. `ways` are all ways between nodes; `shown` the pairs of nodes that are drawn, `hidden` is how many there
    are besides."""

    walked: Walked
    keys: list[tuple[int, str]]
    node: Nodes
    ended: NDArray[np.bool_]
    ways: Ways
    shown: set[tuple[int, int]]
    hidden: int


def key_of(node: tuple[int, str]) -> str:
    """Return the key of a node: "<step>_<name>"."""
    return f"{node[0]}_{node[1]}"


def flow(
    walked: Walked, names: Sequence[str], limit: int, steps: int, end: int, times: tuple[int, int]
) -> Flow:  # fmt: skip
    """Add up. Of the ways taken from `times[0]` to `times[1]` times the `limit` most frequent are shown (equal ones by
    their keys), as far as step 1 leads to them."""
    from callsheet.stats.walks.paths import nodes_of

    width = len(names) + 1
    known, node = nodes_of(walked, width, steps + 1)  # what was cut from the middle is a stop as well
    every = [(int(one // width) + 1, ([*names, LEFT_OUT])[int(one % width)]) for one in known]
    taken = _ways(walked, node, max(len(every), 1))
    edges = dict(zip(zip(taken.source.tolist(), taken.target.tolist(), strict=True), taken.times.tolist(), strict=True))
    often = [edge for edge, count in edges.items() if times[0] <= count <= times[1]]
    often.sort(key=lambda edge: (-edges[edge], key_of(every[edge[0]]), key_of(every[edge[1]])))
    shown = _led_to(often[:limit], every)
    kept = {place for edge in shown for place in edge} | _alone(every, edges, node, limit)
    keys = [every[place] for place in sorted(kept)]
    place = {old: new for new, old in enumerate(sorted(kept))}
    others = sorted({step for old, (step, _) in enumerate(every) if old not in kept})
    keys += [(step, OTHER) for step in others]
    table = [
        place.get(old, len(kept) + others.index(step) if old not in kept else 0) for old, (step, _) in enumerate(every)
    ]
    ended = np.ones(len(node), np.bool_)
    ended[:-1] = walked.place[1:] == 0
    ended &= (walked.place < steps - 1) & (walked.stop != end)
    drawn = {(place[source], place[target]) for source, target in shown}
    mapped = np.take(np.array(table, np.int32), node, out=node, mode="clip") if len(node) else node
    return Flow(walked, keys, mapped, ended, _ways(walked, mapped, max(len(keys), 1)), drawn, len(edges) - len(shown))


def _ways(walked: Walked, node: Nodes, nodes: int) -> Ways:
    """Count the ways of all stops, many at a time: no unit is in two pieces."""
    from callsheet.stats.walks.paths import Walked, Ways, ways

    opens = np.flatnonzero(walked.unit[1:] != walked.unit[:-1]) + 1 if len(node) > _AT_ONCE else np.zeros(0, np.int64)
    near = np.searchsorted(opens, np.arange(_AT_ONCE, len(node), _AT_ONCE))
    cuts = [0, *np.unique(opens[near[near < len(opens)]]).tolist(), len(node)]

    def one(span: tuple[int, int]) -> Ways:
        here = slice(*span)
        piece = Walked(walked.unit[here], walked.place[here], walked.stop[here], walked.took[here])
        return ways(piece, node[here], nodes)

    parts = list(in_order(one, pairwise(cuts)))
    key = np.concatenate([part.source * nodes + part.target for part in parts])
    known, place = np.unique(key, return_inverse=True)
    sums = np.zeros((3, len(known)), np.int64)
    for row, column in enumerate(("times", "units", "took")):
        np.add.at(sums[row], place, np.concatenate([getattr(part, column) for part in parts]))
    return Ways(known // nodes, known % nodes, *sums)


def _alone(
    every: list[tuple[int, str]], edges: Iterable[tuple[int, int]], node: Nodes, limit: int
) -> set[int]:  # fmt: skip
    """Return the stops that no way leads to or from: whole paths of one stop. The `limit` most frequent keep their
    names, the rest is other."""
    linked = {place for edge in edges for place in edge}
    counts = np.bincount(node, minlength=len(every))
    alone = [place for place in range(len(every)) if place not in linked]
    return set(sorted(alone, key=lambda place: (-counts[place], key_of(every[place])))[:limit])


def _led_to(edges: list[tuple[int, int]], every: list[tuple[int, str]]) -> list[tuple[int, int]]:
    """Leave out edges whose source no shown edge leads to, step by step."""
    reached: set[int] = set()
    found = []
    for source, target in sorted(edges, key=lambda edge: every[edge[0]][0]):
        if every[source][0] == 1 or source in reached:
            reached.add(target)
            found.append((source, target))
    return found
