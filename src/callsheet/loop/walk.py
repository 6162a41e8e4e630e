"""Walking the joints of the loop, one level at a time, forward or back."""

from __future__ import annotations

from callsheet.model.link import Link, Ref
from callsheet.store.links import Links

MOST = 5_000
"""Objects after which a walk stops; the trace then says that it was cut."""
SIDE = ("blocks", "serves")
"""Kinds that are shown beside the loop but not followed: they join neighbours, not cause and effect."""


def walk(links: Links, start: Ref, forward: bool) -> tuple[list[Link], bool]:
    """Return the links passed on the way from `start`, and whether the walk was cut.

    Forward answers "what came of it", back answers "who asked". Kinds in SIDE are passed once and not
    followed further.
    """
    passed: dict[tuple[Ref, str, Ref], Link] = {}
    seen, frontier = {start}, {start}
    while frontier and len(seen) < MOST:
        following: set[Ref] = set()
        for link in links.touching(frontier):
            here, there = (link.from_ref, link.to_ref) if forward else (link.to_ref, link.from_ref)
            if here not in frontier:
                continue
            passed[link.from_ref, link.kind, link.to_ref] = link
            if there not in seen and link.kind not in SIDE:
                following.add(there)
        seen |= following
        frontier = following
    return list(passed.values()), len(seen) >= MOST


def around(links: Links, start: Ref) -> tuple[list[Link], bool]:
    """Return everything before and after `start`."""
    ahead, cut_ahead = walk(links, start, forward=True)
    behind, cut_behind = walk(links, start, forward=False)
    return [*behind, *ahead], cut_ahead or cut_behind


def refs_of(start: Ref, passed: list[Link]) -> dict[str, list[str]]:
    """Return the ids of the objects met, by kind, each once, `start` among them."""
    found: dict[str, dict[str, None]] = {start.kind: {start.id: None}}
    for link in passed:
        for ref in (link.from_ref, link.to_ref):
            found.setdefault(ref.kind, {})[ref.id] = None
    return {kind: list(ids) for kind, ids in found.items()}
