"""What a trace met on its way, read once, and the parts its stages are written with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callsheet.loop.asked import TOLD, Requester
from callsheet.metrics.reader import Reader
from callsheet.model.link import Ref
from callsheet.people.records import Delivery
from callsheet.roadmap.records import Initiative

TITLES = {
    "asked": "Asked", "decided": "Decided", "built": "Built", "tried": "Tried", "released": "Released", "used": "Used",
    "told": "Told",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """An object, or several of a kind, in a stage. `gap` marks what is missing; `focus` where the trace began."""

    ref: str
    title: str
    note: str
    href: str = ""
    gap: bool = False
    focus: bool = False


@dataclass(slots=True)
class Stage:
    """A stage of the loop with its cards."""

    key: str
    title: str
    note: str = ""
    cards: list[Card] = field(default_factory=list)


@dataclass(slots=True)
class Way:
    """What was met on the way, read once; the stages are written from it."""

    reader: Reader
    start: Ref
    ids: dict[str, list[str]]
    cut: bool
    asked: list[Requester]
    states: dict[str, Delivery]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    initiatives: list[Initiative] = field(default_factory=list)

    @property
    def currency(self) -> str:
        """Sign of sums."""
        return self.reader.workspace.config.workspace.currency

    def of(self, kind: str) -> list[str]:
        """Ids of a kind."""
        return self.ids.get(kind, [])

    def facts(self, table: str, column: str, kind: str) -> list[dict[str, Any]]:
        """Rows of a fact table for the objects of a kind."""
        if table not in self.rows:
            source = self.reader.workspace.facts
            expr = source.tables()[table]
            wanted = self.of(kind)
            self.rows[table] = source.run(expr.filter(expr[column].isin(wanted))).to_pylist() if wanted else []
        return self.rows[table]

    def named(self, persons: set[str]) -> list[str]:
        """Names of colleagues; an id that the directory does not know stays."""
        table = self.reader.workspace.facts.tables()["persons"]
        wanted = table.filter(table.person_id.isin(list(persons))).select("person_id", "name")
        known = {row["person_id"]: row["name"] for row in self.reader.workspace.facts.run(wanted).to_pylist()}
        return [known.get(one) or one for one in persons]

    @property
    def told(self) -> list[Requester]:
        """Requesters who were told."""
        return [one for one in self.asked if one.person_id in self.states and self.states[one.person_id].state in TOLD]

    @property
    def untold(self) -> list[Requester]:
        """Requesters who were not."""
        told = {one.person_id for one in self.told}
        return [one for one in self.asked if one.person_id not in told]

    @property
    def released_at(self) -> datetime | None:
        """When the first of the releases met came out."""
        moments = [row["released_at"] for row in self.facts("releases", "release_id", "release") if row["released_at"]]
        return min(moments) if moments else None
