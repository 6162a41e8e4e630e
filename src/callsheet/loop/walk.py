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


def narrowed(start: Ref, passed: list[Link]) -> list[Link]:
    """Leave out releases that carry only a part of an initiative's work, and what follows from them.

    Where initiatives on the way are joined to releases or features directly, those joints count; the
    releases of single changes do not. A trace that begins at a release keeps it, and only the initiatives
    that it carries.
    """
    kept = _only_direct(passed, "ships_in", "release", start)
    kept = _only_direct(kept, "delivers", "feature", start)
    met = {start} | {ref for link in kept for ref in (link.from_ref, link.to_ref) if link.kind != "caused"}
    return [link for link in kept if link.kind not in ("caused", "announced_by") or link.from_ref in met]


def _only_direct(passed: list[Link], kind: str, target: str, start: Ref) -> list[Link]:
    direct = {link.to_ref for link in passed if link.kind == kind and link.from_ref.kind == "initiative"}
    if not direct:
        return passed
    allowed = direct | {start}
    dropped = {link.to_ref for link in passed if link.to_ref.kind == target} - allowed
    kept = [link for link in passed if link.to_ref not in dropped and link.from_ref not in dropped]
    if start.kind != target:
        return kept
    into = [link.from_ref for link in passed if link.kind == kind and link.to_ref == start]
    carried = {ref for ref in into if ref.kind == "initiative"}
    if not carried:
        return kept
    others = {link.from_ref for link in kept if link.from_ref.kind == "initiative"} - carried
    return _without(kept, others)


def _without(passed: list[Link], others: set[Ref]) -> list[Link]:
    """Leave out initiatives with the requests and feedback that lead only to them."""
    kept = [link for link in passed if link.from_ref not in others and link.to_ref not in others]
    requests = {link.from_ref for link in kept if link.kind == "answered_by"}
    return [link for link in kept if link.kind != "asks_for" or link.to_ref in requests]
