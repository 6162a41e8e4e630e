"""The ways of all paths, added up: which are shown, and what stands together as other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from callsheet.store.histories.threads import in_order

if TYPE_CHECKING:
    from callsheet.stats.walks.paths import Stops, Tally, Ways

Nodes = NDArray[np.int32]
OTHER = "(other)"
LEFT_OUT = "..."


@dataclass(frozen=True, slots=True)
class Flow:
    """Paths as nodes: `table` is the place in `keys` of each node of the stops. `ways` are all ways between them;
    `shown` the pairs that are drawn, `hidden` is how many there are besides."""

    pieces: list[Stops]
    table: Nodes
    keys: list[tuple[int, str]]
    tally: Tally
    ways: Ways
    shown: set[tuple[int, int]]
    hidden: int


def key_of(node: tuple[int, str]) -> str:
    """Return the key of a node: "<step>_<name>"."""
    return f"{node[0]}_{node[1]}"


def flow(pieces: list[Stops], names: Sequence[str], limit: int, times: tuple[int, int]) -> Flow:
    """Add up. Of the ways taken from `times[0]` to `times[1]` times the `limit` most frequent are shown (equal ones by
    their keys), as far as step 1 leads to them."""
    width = len(names) + 1  # what was cut from the middle is a stop as well
    known = np.flatnonzero(np.logical_or.reduce([one.seen for one in pieces]))
    every = [(int(one // width) + 1, ([*names, LEFT_OUT])[int(one % width)]) for one in known]
    table = np.zeros(len(pieces[0].seen), np.int32)
    table[known] = np.arange(len(known))
    counted, taken = _added(pieces, table, max(len(every), 1))
    edges = dict(zip(zip(taken.source.tolist(), taken.target.tolist(), strict=True), taken.times.tolist(), strict=True))
    often = [edge for edge, count in edges.items() if times[0] <= count <= times[1]]
    often.sort(key=lambda edge: (-edges[edge], key_of(every[edge[0]]), key_of(every[edge[1]])))
    shown = _led_to(often[:limit], every)
    kept = {place for edge in shown for place in edge} | _alone(every, edges, counted.counts, limit)
    keys = [every[place] for place in sorted(kept)]
    place = {old: new for new, old in enumerate(sorted(kept))}
    others = sorted({step for old, (step, _) in enumerate(every) if old not in kept})
    keys += [(step, OTHER) for step in others]
    table[known] = [
        place.get(old, len(kept) + others.index(step) if old not in kept else 0) for old, (step, _) in enumerate(every)
    ]
    drawn = {(place[source], place[target]) for source, target in shown}
    return Flow(pieces, table, keys, *_added(pieces, table, max(len(keys), 1)), drawn, len(edges) - len(shown))


def _added(pieces: list[Stops], table: Nodes, nodes: int) -> tuple[Tally, Ways]:
    """Count stops and ways of all pieces: no unit is in two."""
    from callsheet.stats.walks.paths import Tally, Ways, tallied, ways

    parts = list(in_order(lambda one: (tallied(one, table, nodes), ways(one, table, nodes)), pieces))
    tally = Tally(*(sum(column[1:], column[0]) for column in zip(*(one for one, _ in parts), strict=True)))
    key = np.concatenate([part.source * nodes + part.target for _, part in parts])
    known, place = np.unique(key, return_inverse=True)
    sums = np.zeros((3, len(known)), np.int64)
    for row, column in enumerate(("times", "units", "took")):
        np.add.at(sums[row], place, np.concatenate([getattr(part, column) for _, part in parts]))
    return tally, Ways(known // nodes, known % nodes, *sums)


def _alone(
    every: list[tuple[int, str]], edges: Iterable[tuple[int, int]], counts: NDArray[np.int64], limit: int
) -> set[int]:  # fmt: skip
    """Return the stops that no way leads to or from: whole paths of one stop. The `limit` most frequent keep their
    names, the rest is other."""
    linked = {place for edge in edges for place in edge}
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
