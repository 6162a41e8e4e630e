"""The trace: from any object up to who asked, and down to what came of it and who was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callsheet.base.text import count, money, short_day
from callsheet.loop.asked import TOLD, Requester, deliveries_about, requesters, state_by_person
from callsheet.loop.walk import MOST, around, narrowed, refs_of
from callsheet.metrics.reader import Reader
from callsheet.model.link import STAGES, Ref
from callsheet.people.records import Delivery
from callsheet.roadmap.records import Initiative
from callsheet.store.links import Links

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


@dataclass(frozen=True, slots=True)
class Contact:
    """A requester and whether they were told: sent, read, held, queued, failed, bounced or none."""

    ref: str
    name: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Rows that the trace rests on."""

    label: str
    href: str = ""


@dataclass(slots=True)
class Trace:
    """The whole way."""

    ref: str
    title: str
    headline: str
    sub: str
    stages: list[Stage]
    untold: list[Contact]
    told: list[Contact]
    rests_on: list[Basis]


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


def follow(reader: Reader, start: Ref) -> Trace:
    """Return the trace of an object."""
    from callsheet.loop.stages import COMPOSERS, name_of

    way = _way(reader, start)
    stages = []
    for key in STAGES:
        stage = COMPOSERS[key](way)
        stages.append(stage)
    title = name_of(way)
    return Trace(
        ref=str(start), title=title, headline=_headline(way), sub=_sub(way, title), stages=stages,
        untold=[_contact(way, one) for one in way.untold] if way.released_at else [],
        told=[_contact(way, one) for one in way.told], rests_on=_basis(way),
    )  # fmt: skip


def _way(reader: Reader, start: Ref) -> Way:
    links = Links(reader.workspace.facts, reader.book)
    passed, cut = around(links, start)
    ids = refs_of(start, narrowed(start, passed))
    deliveries = deliveries_about(reader.book, [f"release:{key}" for key in ids.get("release", [])])
    asked = requesters(reader.workspace.facts, ids.get("feedback", []))
    if start.kind == "delivery":
        deliveries = [one for one in deliveries if one.id == start.id]
    way = Way(reader, start, ids, cut, asked, state_by_person(deliveries))
    kept = [reader.book.find(Initiative, key) for key in ids.get("initiative", [])]
    way.initiatives = [row for row in kept if row is not None]
    return way


def _headline(way: Way) -> str:
    asked, told = len(way.asked), len(way.told)
    if way.asked and way.released_at:
        return f"From {count(asked, 'request')} to {count(told, 'person', 'people')} told"
    if way.asked:
        return f"{count(asked, 'person asks', 'people ask')}, nothing released yet"
    if way.released_at:
        return "Released, and nobody is known to have asked for it"
    return "Not yet part of the loop" if len(way.ids) == 1 else "On its way"


def _sub(way: Way, title: str) -> str:
    parts = [title]
    owners = {row.owner for row in way.initiatives if row.owner}
    if owners:
        parts.append(f"owner {', '.join(sorted(way.named(owners)))}")
    first = min((one.asked_at for one in way.asked if one.asked_at), default=None)
    if first:
        parts.append(f"first asked {short_day(first)}")
    if way.released_at:
        days = f" ({(way.released_at - first).days} days)" if first and way.released_at > first else ""
        parts.append(f"released {short_day(way.released_at)}{days}")
    return " · ".join(parts)


def _contact(way: Way, one: Requester) -> Contact:
    state = way.states.get(one.person_id)
    note = f"asked {short_day(one.asked_at)}" + (f" · {one.channel}" if one.channel else "")
    if state is not None and state.reason:
        note += f" · {state.reason}"
    worth = f" · {money(one.revenue, way.currency)}" if one.revenue else ""
    return Contact(f"person:{one.person_id}", one.account or one.name, note + worth, state.state if state else "none")


def _basis(way: Way) -> list[Basis]:
    found = [
        Basis(count(len(way.of("feedback")), "feedback row"), f"/feedback?trace={way.start}"),
        Basis(count(len(way.of("work")), "work item")), Basis(count(len(way.of("change")), "change")),
        Basis(count(len(way.of("release")), "release")),
    ]  # fmt: skip
    if way.cut:
        found.append(Basis(f"cut after {MOST:,} objects"))
    return [one for one in found if not one.label.startswith("no ")]
