"""Who asked for what is released, and who of them has been told. The one definition of "requester"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.model.link import Ref
from callsheet.people.records import Delivery
from callsheet.store.book import Book
from callsheet.store.links import Links
from callsheet.store.warehouse import Warehouse

TOLD = ("sent", "read")


@dataclass(frozen=True, slots=True)
class Requester:
    """A person who asked, with the first time they did and what they asked for."""

    person_id: str
    name: str
    email: str
    account_id: str
    account: str
    revenue: float
    account_owner: str
    asked_at: datetime
    title: str
    channel: str
    feedback_id: str


def requesters(facts: Warehouse, feedback_ids: Iterable[str]) -> list[Requester]:
    """Return the persons behind feedback, each once with their earliest item, the earliest first.

    Feedback without a person counts as one requester a feedback item, since nobody else can be told.
    """
    tables, ids = facts.tables(), sorted(set(feedback_ids))
    if not ids:
        return []
    said, people, accounts = tables["feedback"], tables["persons"], tables["accounts"]
    rows = _in_chunks(facts, said, "feedback_id", ids)
    persons = {row["person_id"]: row for row in _in_chunks(facts, people, "person_id", _keys(rows, "person_id"))}
    firms = {row["account_id"]: row for row in _in_chunks(facts, accounts, "account_id", _keys(rows, "account_id"))}
    found: dict[str, Requester] = {}
    for row in sorted(rows, key=lambda row: row["given_at"] or datetime.max):
        key = row["person_id"] or row["feedback_id"]
        if key not in found:
            person, firm = persons.get(row["person_id"] or "", {}), firms.get(row["account_id"] or "", {})
            found[key] = _requester(key, row, person, firm)
    return list(found.values())


def _requester(key: str, row: dict[str, Any], person: dict[str, Any], firm: dict[str, Any]) -> Requester:
    return Requester(
        person_id=key, name=person.get("name") or key, email=person.get("email") or "",
        account_id=row["account_id"] or "", account=firm.get("name") or "", revenue=firm.get("revenue") or 0.0,
        account_owner=firm.get("owner") or "", asked_at=row["given_at"], title=row["title"] or row["body"] or "",
        channel=row["channel"] or "", feedback_id=row["feedback_id"],
    )  # fmt: skip


def _keys(rows: list[dict[str, Any]], name: str) -> list[str]:
    return sorted({row[name] for row in rows if row[name]})


def _in_chunks(facts: Warehouse, table: Any, column: str, ids: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for begin in range(0, len(ids), 2000):
        rows += facts.run(table.filter(table[column].isin(ids[begin : begin + 2000]))).to_pylist()
    return rows


@dataclass(frozen=True, slots=True)
class Asked:
    """An initiative with the feedback that asked for it and the releases that carry it."""

    initiative: str
    feedback: tuple[str, ...]
    releases: tuple[str, ...]


def asked_for(links: Links) -> list[Asked]:
    """Return every initiative that someone asked for, by the joints asks_for, answered_by and ships_in."""
    asks: dict[str, list[str]] = {}
    answers: dict[str, set[str]] = {}
    ships: dict[str, list[str]] = {}
    for link in links.all("asks_for", "answered_by", "ships_in"):
        if link.kind == "asks_for":
            asks.setdefault(link.to_ref.id, []).append(link.from_ref.id)
        elif link.kind == "answered_by":
            answers.setdefault(link.to_ref.id, set()).add(link.from_ref.id)
        elif link.from_ref.kind == "initiative":
            ships.setdefault(link.from_ref.id, []).append(link.to_ref.id)
    return [
        Asked(
            initiative=key, releases=tuple(ships.get(key, ())),
            feedback=tuple(dict.fromkeys(one for request in sorted(requests) for one in asks.get(request, ()))),
        )
        for key, requests in sorted(answers.items())
    ]  # fmt: skip


def carried_by(links: Links, release_id: str) -> list[str]:
    """Return the initiatives that a release carries.

    Those joined to it directly; else those whose work ships in it, none of it open any more, and which are
    joined to no other release directly. A release with a part of the work does not carry the initiative.
    """
    behind = links.touching([Ref("release", release_id)], ("ships_in",))
    direct = [link.from_ref.id for link in behind if link.from_ref.kind == "initiative"]
    if direct:
        return sorted(set(direct))
    changes = [link.from_ref for link in behind if link.from_ref.kind == "change"]
    work = [link.from_ref for link in behind if link.from_ref.kind == "work"]
    work += [link.from_ref for link in links.touching(changes, ("done_in",)) if link.from_ref.kind == "work"]
    built = {link.from_ref for link in links.touching(work, ("built_by",)) if link.from_ref.kind == "initiative"}
    elsewhere = {link.from_ref for link in links.touching(built, ("ships_in",)) if link.to_ref.kind == "release"}
    return sorted(ref.id for ref in built - elsewhere if _finished(links, ref))


def _finished(links: Links, initiative: Ref) -> bool:
    """Whether no work of an initiative is open."""
    items = [link.to_ref.id for link in links.touching([initiative], ("built_by",)) if link.from_ref == initiative]
    work = links.facts.tables()["work"]
    dropped = work.category.fill_null("") == "dropped"
    open_now = work.filter(work.item_id.isin(items) & work.done_at.isnull() & ~dropped)
    return bool(links.facts.run(open_now, limit=1).num_rows == 0)


def deliveries_about(book: Book, refs: Iterable[str]) -> list[Delivery]:
    """Return the deliveries about these objects, oldest first."""
    names = sorted(set(refs))
    return book.all(select(Delivery).where(Delivery.ref.in_(names)).order_by(Delivery.created_at)) if names else []


def state_by_person(deliveries: Iterable[Delivery]) -> dict[str, Delivery]:
    """Return for each person the delivery that counts: one that arrived, else the newest."""
    found: dict[str, Delivery] = {}
    for one in deliveries:
        kept = found.get(one.person_id)
        if kept is None or kept.state not in TOLD:
            found[one.person_id] = one
    return found
