"""The joints of the loop, those from tools and those drawn here, read together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select

from callsheet.model.link import Link, Ref
from callsheet.store.book import Book, LinkRow
from callsheet.store.warehouse import Warehouse

_CHUNK = 500


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
        table = self.facts.tables()["links"]
        known = table.filter(table.from_ref.isin(names) | table.to_ref.isin(names))
        for row in self.facts.run(known).to_pylist():
            link = (Ref.parse(row["from_ref"]), row["kind"], Ref.parse(row["to_ref"]))
            yield Link(*link, row["confidence"] or 1.0, row["why"] or "")

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
