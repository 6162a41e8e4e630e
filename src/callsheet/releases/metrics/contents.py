"""What stands around one release: its entries, who asked for it, what is used of it, what broke after it."""

from __future__ import annotations

from typing import Any

from callsheet.base.text import spelled
from callsheet.metrics.facts import Facts
from callsheet.metrics.reader import Reader
from callsheet.model.link import Ref
from callsheet.releases.metrics.table import tied
from callsheet.releases.rules import GROUPS


def items_of(reader: Reader, release_id: str) -> list[dict[str, Any]]:
    """Return a release's entries in their order."""
    table = reader.workspace.facts.tables()["release_items"]
    names = ("entry_id", "kind", "text", "item_id", "change_id", "author")
    found = table.filter(table.release_id == release_id).select(*names).order_by("entry_id")
    rows: list[dict[str, Any]] = reader.workspace.facts.run(found).to_pylist()
    return rows


def around(reader: Reader, release_id: str, initiatives: list[str]) -> dict[str, Any]:
    """Return entries by kind, initiatives, features, requests with requesters, incidents and adoption."""
    facts = Facts(reader.workspace, reader, {})
    links = facts.links
    here = Ref("release", release_id)
    features = {link.to_ref.id for link in links.touching([here], ("delivers",)) if link.from_ref == here}
    names = [Ref("initiative", each) for each in initiatives]
    delivered = links.touching(names, ("delivers",)) if names else []
    features |= {link.to_ref.id for link in delivered if link.from_ref in names}
    requests = (
        [link.from_ref for link in links.touching(names, ("answered_by",)) if link.to_ref in names] if names else []
    )
    askers = _askers(facts, requests)
    named = _titles(reader, (("roadmap.portfolio", "initiative"), ("feedback.requests", "request")))
    return {
        "groups": _groups(items_of(reader, release_id)),
        "carries": [{"ref": str(name), "title": named.get(name) or _title(facts, name)} for name in names],
        "features": sorted(features),
        "requests": [
            {"ref": str(one), "title": named.get(one) or spelled(one.id), "requesters": len(askers[one])}
            for one in requests
        ],
        "incident_rows": [row for row in tied(facts)[0] if row["release"] == release_id],
        "adoption": _adoption(reader, features),
        "requesters": len(set().union(*askers.values())) if askers else 0,
        "subscribers": _subscribers(reader, release_id),
    }


def _groups(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for kind, title in GROUPS.items():
        entries = [item for item in items if (item["kind"] or "changed") == kind]
        if entries:
            found.append({"kind": kind, "title": title, "entries": entries})
    return found


def _titles(reader: Reader, lists: tuple[tuple[str, str], ...]) -> dict[Ref, str]:
    """Return the titles that other domains' lists give to initiatives and requests."""
    found = {}
    for report, kind in lists:
        for row in reader.report(report).rows if reader.has(report) else []:
            if row.get(kind) and row.get("title"):
                found[Ref(kind, str(row[kind]))] = str(row["title"])
    return found


def _title(facts: Facts, ref: Ref) -> str:
    table = facts.work
    found = facts.records(table.filter(table.item_id == ref.id).select("title"), limit=1)
    return str(found[0]["title"]) if found and found[0]["title"] else spelled(ref.id)


def _askers(facts: Facts, requests: list[Ref]) -> dict[Ref, set[str]]:
    """Return request -> the people (or accounts, or pieces of feedback where nobody is named) who asked."""
    if not requests:
        return {}
    links = [link for link in facts.links.touching(requests, ("asks_for",)) if link.to_ref in requests]
    given = sorted({link.from_ref.id for link in links})
    table = facts.feedback
    names = ("feedback_id", "person_id", "account_id")
    rows = facts.records(table.filter(table.feedback_id.isin(given)).select(*names)) if given else []
    who = {row["feedback_id"]: row["person_id"] or row["account_id"] or row["feedback_id"] for row in rows}
    found: dict[Ref, set[str]] = {one: set() for one in requests}
    for link in links:
        found[link.to_ref].add(who.get(link.from_ref.id, link.from_ref.id))
    return found


def _adoption(reader: Reader, features: set[str]) -> list[dict[str, Any]]:
    if not features or not reader.has("usage.adoption"):
        return []
    return [row for row in reader.report("usage.adoption").rows if row.get("feature") in features]


def _subscribers(reader: Reader, release_id: str) -> int:
    if not reader.has("people.subscriptions"):
        return 0
    topics = {"release", f"release:{release_id}"}
    return sum(row["subscribers"] for row in reader.report("people.subscriptions").rows if row["topic"] in topics)
