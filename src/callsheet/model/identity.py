"""Who is who: distinct ids joined by merges into persons, as a pure function of the merges that are known.

Merges are looked at in the order of their own time, not of their arrival, and each is taken unless a guard
refuses it. So the persons are the same whatever order the merges came in, a late merge is fitted in where it
belongs, and undoing one leaves exactly what would be there had it never come: merges that were refused only
because of it are taken then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from callsheet.base.ids import stable_id
from callsheet.model.intake import Merge

MOST_IDS = 500
"""A person of more distinct ids than this is most likely a shared device or a faulty client."""

SENT = "$sent_distinct_id"
"""The property that keeps the id of a row of a file where another one says whose it is."""

FORBIDDEN = frozenset({
    "", "0", "00000000-0000-0000-0000-000000000000", "[object object]", "anonymous", "anonymous-user", "backend",
    "distinct_id", "distinctid", "email", "false", "guest", "id", "none", "not_authenticated", "null", "system", "true",
    "undefined", "user",
})  # fmt: skip
"""What clients send when they have no id; everybody would become one person. The ids that PostHog's ingestion and
version 1 of its capture refuse."""

REFUSALS = {
    "forbidden_id": "One of the ids is a placeholder such as null or guest, which many people share.",
    "both_identified": "Both ids belong to users who were identified already. Merge them by alias or by hand.",
    "too_many_ids": "Together they would have more ids than one person can have.",
}
Key: TypeAlias = tuple[datetime, str, str, str]
Rank: TypeAlias = tuple[int, datetime, str]


def forbidden(distinct_id: str) -> bool:
    """Whether an id is a placeholder that names nobody; quotes around it and capitals do not matter, but that Nan is a
    name."""
    plain = distinct_id.strip().strip("\"'`")
    return plain.lower() in FORBIDDEN or plain in ("NaN", "nan")


def merge_key(merge: Merge) -> str:
    """Return the id of a merge. What SDKs repeat at every sign-in is one merge, so that undoing it lasts;
    what a person does by hand is new each time."""
    told = merge.event_id if merge.how == "manual" else ""
    return f"mrg_{stable_id(merge.from_id, merge.into_id, merge.how, told)}"


@dataclass(slots=True)
class Edge:
    """A known merge: whether it was undone, and why it is not taken (empty when it is)."""

    id: str
    from_id: str
    into_id: str
    how: str
    merged_at: datetime
    undone: bool = False
    refused: str = ""

    @property
    def key(self) -> Key:
        """Its place in the order."""
        return (self.merged_at, self.from_id, self.into_id, self.id)


@dataclass(slots=True)
class _Group:
    """A person under construction: the ids, whom they are called by, and whether an SDK named them as a user."""

    ids: list[str]
    rank: Rank | None = None
    identified: bool = False

    def call(self, rank: Rank, identified: bool) -> None:
        self.rank = rank if self.rank is None else min(self.rank, rank)
        self.identified = self.identified or identified


@dataclass(slots=True)
class _Region:
    """Merges that hang together, refused ones included: what must be gone through again for a late one."""

    ids: list[str]
    edges: list[Edge]
    newest: Key | None = None


class Graph:
    """Persons by their ids. A person is called by the id that an identify or alias first made its own (`into_id`,
    ties by id), else by that of its first merge by hand; an id that was never merged is its own person."""

    def __init__(self, most_ids: int = MOST_IDS) -> None:
        self.most_ids = most_ids
        self.edges: dict[str, Edge] = {}
        self._person: dict[str, str] = {}
        self._groups: dict[str, _Group] = {}
        self._regions: dict[str, _Region] = {}

    def person_of(self, distinct_id: str) -> str:
        """Return the person that an id belongs to."""
        return self._person.get(distinct_id, distinct_id)

    @property
    def mapping(self) -> Mapping[str, str]:
        """Distinct id -> person, only where they differ; a live view."""
        return MappingProxyType(self._person)

    def ids_of(self, person_id: str) -> list[str]:
        """Return all ids of the person that an id belongs to, sorted."""
        group = self._groups.get(person_id)
        return sorted(group.ids) if group else [person_id]

    def add(self, edge: Edge) -> set[str]:
        """Take a merge in and return the ids whose person changed. A merge that is known moves to the earlier of
        its times, and stays undone if it was."""
        known = self.edges.get(edge.id)
        if known is not None and known.merged_at <= edge.merged_at:
            return set()
        if known is not None:
            known.merged_at = edge.merged_at
            return self._replay(self._regions[known.from_id]) if known.from_id in self._regions else set()
        if edge.from_id == edge.into_id:
            return set()
        self.edges[edge.id] = edge
        if edge.how != "manual" and (forbidden(edge.from_id) or forbidden(edge.into_id)):
            edge.refused = "forbidden_id"
            return set()
        region = self._region(edge)
        late = region.newest is not None and edge.key < region.newest
        region.newest = edge.key if region.newest is None else max(region.newest, edge.key)
        return self._replay(region) if late else self._apply(edge)

    def mark(self, merge_id: str, undone: bool) -> set[str]:
        """Undo a merge, or take it up again; return the ids whose person changed."""
        edge = self.edges[merge_id]
        if edge.undone == undone:
            return set()
        edge.undone = undone
        return self._replay(self._regions[edge.from_id]) if edge.from_id in self._regions else set()

    def forget(self, ids: Iterable[str]) -> None:
        """Drop ids and every merge that names them."""
        gone = set(ids)
        for edge in [one for one in self.edges.values() if one.from_id in gone or one.into_id in gone]:
            self.mark(edge.id, True)
            del self.edges[edge.id]
            region = self._regions.get(edge.from_id)
            if region is not None and edge.refused != "forbidden_id":
                region.edges.remove(edge)
        for one in gone & self._regions.keys():
            self._regions.pop(one).ids.remove(one)
            self._person.pop(one, None)
            self._groups.pop(one, None)

    def _region(self, edge: Edge) -> _Region:
        """Return the region of both ends, joined when there were two."""
        found = [self._regions.get(one) or _Region([one], []) for one in (edge.from_id, edge.into_id)]
        small, large = sorted(found, key=lambda region: len(region.ids))
        if small is not large:
            large.ids += small.ids
            large.edges += small.edges
            newest = [key for key in (small.newest, large.newest) if key is not None]
            large.newest = max(newest, default=None)
            for one in (*small.ids, edge.from_id, edge.into_id):
                self._regions[one] = large
        large.edges.append(edge)
        return large

    def _apply(self, edge: Edge) -> set[str]:
        edge.refused = ""
        if edge.undone:
            return set()
        one, other = (self._groups.get(end) or _Group([end]) for end in (edge.from_id, edge.into_id))
        if one is not other:
            edge.refused = self._guard(edge, one, other)
        rank = (1 if edge.how == "manual" else 0, edge.merged_at, edge.into_id)
        if edge.refused == "both_identified":
            return self._unite(other, other, rank, True)  # an SDK named a user all the same
        return set() if edge.refused else self._unite(one, other, rank, edge.how != "manual")

    def _guard(self, edge: Edge, one: _Group, other: _Group) -> str:
        if edge.how == "identify" and one.identified:
            return "both_identified"
        return "too_many_ids" if len(one.ids) + len(other.ids) > self.most_ids else ""

    def _unite(self, one: _Group, other: _Group, rank: Rank, identified: bool) -> set[str]:
        small, large = sorted((one, other), key=lambda group: len(group.ids))
        before = large.rank
        if small is not large:
            if small.rank is not None:
                large.call(small.rank, small.identified)
            large.ids += small.ids
        large.call(rank, identified)
        named = large.rank
        assert named is not None  # noqa: S101 - just called
        for member in small.ids:
            self._groups[member] = large
        if before is None:
            for member in large.ids:
                self._groups[member] = large
        moved = large.ids if before is None or before[2] != named[2] else small.ids
        return {member for member in moved if self._call(member, named[2])}

    def _call(self, member: str, person: str) -> bool:
        """Write down whose an id is; whether that is news."""
        before = self._person.get(member, member)
        if person == member:
            self._person.pop(member, None)
        else:
            self._person[member] = person
        return before != person

    def _replay(self, region: _Region) -> set[str]:
        before = {one: self._person.pop(one, one) for one in region.ids}
        for one in region.ids:
            self._groups.pop(one, None)
        region.edges.sort(key=lambda edge: edge.key)
        region.newest = region.edges[-1].key if region.edges else None
        for edge in region.edges:
            self._apply(edge)
        return {one for one in region.ids if self._person.get(one, one) != before[one]}
