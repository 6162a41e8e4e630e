"""What needs an owner, and who has it: one row an object."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.base.text import spelled
from callsheet.metrics.facts import Facts
from callsheet.model.link import Ref
from callsheet.people.records import OwnershipDecision
from callsheet.people.rules import OWNED_KINDS, Claim, standing

LISTS = (("roadmap.portfolio", "initiative"), ("usage.adoption", "feature"), ("stack.inventory", "tool"))
"""Reports of other domains that list objects, with the kind that they list. Their `owner` counts where
neither a tool nor anyone here says more."""


def ownership(facts: Facts, moment: datetime) -> list[dict[str, Any]]:
    """Return every active object with its standing at `moment`; `known` is False where its kind has no claims."""
    claims = _claims(facts)
    people = persons(facts)
    left = {key: row["left_at"] for key, row in people.items() if row["left_at"]}
    objects = _objects(facts, claims)
    for ref, one in objects.items():
        if one.get("owner") and ref not in claims:
            claims[ref] = [Claim(one["owner"], None, None)]
    kinds = {Ref.parse(ref).kind for ref in claims}
    return [_row(ref, one, claims.get(ref, []), moment, people, left, kinds) for ref, one in sorted(objects.items())]


def _row(
    ref: str, one: dict[str, str], claims: list[Claim], moment: datetime, people: dict[str, dict[str, Any]],
    left: dict[str, datetime], kinds: set[str],
) -> dict[str, Any]:  # fmt: skip
    found = standing(claims, moment, left)
    kind = Ref.parse(ref).kind
    owner = found.owners[0] if found.state == "owned" else ""
    return {
        "ref": ref, "kind": kind, "title": one["title"], "owner": owner or None, "owner_name": _name(people, owner),
        "owners": list(found.owners), "owner_names": [_name(people, each) for each in found.owners],
        "since": found.since if found.state == "owned" else None, "since_at": found.since, "source": found.source,
        "state": found.state, "last_owner": _name(people, found.last_owner), "team": one["team"] or _team(people, found),
        "known": kind in kinds,
    }  # fmt: skip


def _name(people: dict[str, dict[str, Any]], person: str) -> str:
    return str(people.get(person, {}).get("name") or person)


def _team(people: dict[str, dict[str, Any]], found: Any) -> str:
    who = found.owners[0] if found.owners else found.last_owner
    return str(people.get(who, {}).get("team") or "")


def _claims(facts: Facts) -> dict[str, list[Claim]]:
    table = facts.ownership
    found: dict[str, list[Claim]] = defaultdict(list)
    for row in facts.records(table.filter(table.role == "accountable")):
        found[row["object_ref"]].append(Claim(row["person_id"] or "", row["since_at"], row["until_at"]))
    query = select(OwnershipDecision).where(OwnershipDecision.role == "accountable")
    for one in facts.book.all(query):
        found[one.object_ref].append(Claim(one.person_id, one.since, one.until, decided=True))
    return {ref: claims for ref, claims in found.items() if ref.partition(":")[0] in OWNED_KINDS}


def _objects(facts: Facts, claims: dict[str, list[Claim]]) -> dict[str, dict[str, str]]:
    """Components that are not retired, what other domains list as active, and whatever someone claims."""
    found: dict[str, dict[str, str]] = {}
    components = facts.components
    retired: set[str] = set()
    for row in facts.records(components.select("component_id", "name", "team", "active")):
        ref = f"component:{row['component_id']}"
        if row["active"] is False:
            retired.add(ref)
        else:
            found[ref] = {"title": row["name"] or row["component_id"], "team": row["team"] or ""}
    for name, kind in LISTS:
        for row in facts.read.report(name).rows if facts.read.has(name) else []:
            _list(found, retired, kind, row)
    for ref in claims:
        if ref not in retired:
            found.setdefault(ref, {"title": spelled(Ref.parse(ref).id), "team": ""})
    return found


def _list(found: dict[str, dict[str, str]], retired: set[str], kind: str, row: dict[str, Any]) -> None:
    key = str(row.get(kind) or "").removeprefix(f"{kind}:")
    if not key:
        return
    if row.get("open") is False:
        retired.add(f"{kind}:{key}")
        return
    words = str(row.get("title") or row.get("name") or spelled(key))
    owner = str(row.get("owner") or "").removeprefix("person:")
    found[f"{kind}:{key}"] = {"title": words, "team": str(row.get("team") or ""), "owner": owner}


def persons(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return colleagues (persons without an account) by id."""
    table = facts.workspace.facts.tables()["persons"]
    names = ("person_id", "name", "email", "team", "role", "left_at")
    kept = table.filter(table.account_id.isnull() | (table.account_id == ""))
    return {row["person_id"]: row for row in facts.records(kept.select(*names))}


def load(rows: list[dict[str, Any]]) -> Counter[str]:
    """Return person -> number of objects they alone answer for."""
    return Counter(row["owner"] for row in rows if row["owner"])
