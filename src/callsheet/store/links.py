"""The joints of the loop, those from tools and those drawn here, read together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import or_, select

from callsheet.model.link import Link, Ref
from callsheet.store.book import Book, LinkRow
from callsheet.store.warehouse import Warehouse

_CHUNK = 500
MOST = 50_000
"""Links of tools that are kept in memory."""


@dataclass(frozen=True, slots=True)
class Links:
    """Reads links of both stores. `kinds` empty means all."""

    facts: Warehouse
    book: Book

    def touching(self, refs: Iterable[Ref], kinds: tuple[str, ...] = ()) -> list[Link]:
        """Return every link that begins or ends at one of the refs, each once."""
        found: dict[tuple[str, str, str], Link] = {}
        names = sorted({str(ref) for ref in refs})
        for begin in range(0, len(names), _CHUNK):
            for link in self._touching(names[begin : begin + _CHUNK]):
                if not kinds or link.kind in kinds:
                    found.setdefault((str(link.from_ref), link.kind, str(link.to_ref)), link)
        return list(found.values())

    def _touching(self, names: list[str]) -> Iterator[Link]:
        for row in self.book.all(select(LinkRow).where(or_(LinkRow.from_ref.in_(names), LinkRow.to_ref.in_(names)))):
            yield Link(Ref.parse(row.from_ref), row.kind, Ref.parse(row.to_ref), row.confidence, row.why)
        for told in self._known(names):
            link = (Ref.parse(told["from_ref"]), told["kind"], Ref.parse(told["to_ref"]))
            yield Link(*link, told["confidence"] or 1.0, told["why"] or "")

    def _known(self, names: list[str]) -> Iterable[dict[str, Any]]:
        """Rows of the tools' links at these ends: from memory where they are few, else asked for."""
        index = _index(self.facts)
        if index is not None:
            return (row for name in names for row in index.get(name, ()))
        table = self.facts.tables()["links"]
        rows: list[dict[str, Any]] = self.facts.run(
            table.filter(table.from_ref.isin(names) | table.to_ref.isin(names))
        ).to_pylist()
        return rows

    def all(self, *kinds: str) -> list[Link]:
        """Return all links of these kinds."""
        rows = self.book.all(select(LinkRow).where(LinkRow.kind.in_(kinds)))
        found = {
            (row.from_ref, row.kind, row.to_ref): Link(
                Ref.parse(row.from_ref), row.kind, Ref.parse(row.to_ref), row.confidence, row.why
            )
            for row in rows
        }
        table = self.facts.tables()["links"]
        for row in self.facts.run(table.filter(table.kind.isin(kinds))).to_pylist():
            key = (row["from_ref"], row["kind"], row["to_ref"])
            link = Link(Ref.parse(key[0]), key[1], Ref.parse(key[2]), row["confidence"] or 1.0, row["why"] or "")
            found.setdefault(key, link)
        return list(found.values())


_Index: TypeAlias = dict[str, list[dict[str, Any]]]
_KEPT: WeakKeyDictionary[Warehouse, tuple[int, _Index | None]] = WeakKeyDictionary()


def _index(facts: Warehouse) -> _Index | None:
    """Return the tools' links by either end, read once for each version of the facts; None when they are many.

    A walk asks for a few ends at each step, and compiling a question costs more than reading some thousand links.
    """
    version = facts.version
    kept = _KEPT.get(facts)
    if kept is None or kept[0] != version:
        rows = facts.run(facts.tables()["links"], limit=MOST + 1).to_pylist()
        kept = _KEPT[facts] = (version, _by_end(rows) if len(rows) <= MOST else None)
    return kept[1]


def _by_end(rows: list[dict[str, Any]]) -> _Index:
    index: _Index = {}
    for row in rows:
        for end in {row["from_ref"], row["to_ref"]}:
            index.setdefault(end, []).append(row)
    return index
