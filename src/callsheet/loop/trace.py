"""The trace: from any object up to who asked, and down to what came of it and who was told."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.base.text import count, money, short_day
from callsheet.loop.asked import Requester, deliveries_about, requesters, state_by_person
from callsheet.loop.stages import COMPOSERS, name_of
from callsheet.loop.walk import MOST, around, narrowed, refs_of
from callsheet.loop.way import Stage, Way
from callsheet.metrics.reader import Reader
from callsheet.model.link import STAGES, Ref
from callsheet.roadmap.records import Initiative
from callsheet.store.links import Links


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


def follow(reader: Reader, start: Ref) -> Trace:
    """Return the trace of an object."""
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
        return f"From {count(asked, 'request')} to {count(told, 'person', 'people') if told else 'nobody'} told"
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
