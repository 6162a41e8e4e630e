"""People who use the product: the list of them, one of them, and the merges that made them."""

from __future__ import annotations

import json
from typing import Any

import ibis

from callsheet.base.errors import NotFound
from callsheet.metrics import Facts
from callsheet.model.identity import REFUSALS
from callsheet.model.traits import FIELDS
from callsheet.store.identity import People
from callsheet.store.persons import people_of
from callsheet.store.workspace import Workspace
from callsheet.usage.metrics.shared import catalogue, with_feature

SORTS = ("person_id", "name", "email", "account_id", "account_name", "first_at", "last_at", "events", "ids")
LOOKED_IN = ("person_id", "name", "email", "account_id", "account_name")
MOST_TRAITS = 300
BATCH = "imp_"
"""What ids of batches begin with."""
MOST_HISTORY = 2000


def persons(facts: Facts, words: str, sort: str, offset: int, size: int) -> tuple[list[dict[str, Any]], int]:
    """Return a page of persons and how many there are. Colleagues, who have a team, are not among them.

    `words` are looked for in ids, names, addresses and accounts; a person is found by any of its ids. The last active first
    unless `sort` names one of SORTS, with `-` for the largest first.
    """
    ids = facts.table("person_ids")
    by = ids.group_by("person_id").agg(
        first_at=ids.first_at.min(), last_at=ids.last_at.max(), events=ids.events.sum().cast("int64"), ids=ids.count(),
        seen_in=ids.account_id.argmax(ids.account_at),
    )  # fmt: skip
    known = facts.persons.filter(facts.persons.team.isnull())
    absorbed = ids.filter(ids.person_id != ids.distinct_id).select("distinct_id")
    known = known.anti_join(absorbed, known.person_id == absorbed.distinct_id)
    colleagues = facts.persons.filter(facts.persons.team.notnull()).select("person_id")
    by = by.anti_join(colleagues, "person_id")
    both = by.outer_join(known, by.person_id == known.person_id).select(
        person_id=ibis.coalesce(by.person_id, known.person_id), name=known.name, email=known.email,
        account_id=ibis.coalesce(known.account_id, by.seen_in), first_at=by.first_at, last_at=by.last_at,
        events=by.events.fill_null(0), ids=by.ids.fill_null(1),
    )  # fmt: skip
    accounts = facts.accounts.select("account_id", account_name=facts.accounts.name)
    both = both.view().left_join(accounts, "account_id").drop("account_id_right")
    both = both.mutate(account_name=ibis.coalesce(both.account_name, both.account_id))
    for word in words.lower().split():
        named = ids.filter(ids.distinct_id.lower().contains(word)).select("person_id").distinct()
        texts = [both[name].fill_null("").lower().contains(word) for name in LOOKED_IN]
        both = both.filter(ibis.or_(*texts, both.person_id.isin(named.person_id)))
    column = sort.lstrip("-") if sort.lstrip("-") in SORTS else "last_at"
    falling = sort.startswith("-") or not sort
    key = both[column].desc(nulls_first=False) if falling else both[column].asc(nulls_first=False)
    order = [key] if column == "person_id" else [key, both.person_id]
    rows = facts.records(both.order_by(order).limit(size, offset=offset))
    return rows, int(facts.scalar(both.count()) or 0)


def one_person(facts: Facts, people: People, given: str) -> dict[str, Any]:
    """Return a person by any of its ids; NotFound when nothing is known of it."""
    person = people.person_of(given)
    ids = people.ids_of(person)
    rolled = facts.table("person_ids")
    seen = facts.records(rolled.filter(rolled.person_id == person).order_by([rolled.first_at, rolled.distinct_id]))
    cards = facts.records(facts.persons.filter(facts.persons.person_id.isin(ids)).drop("source", "batch"))
    traits = history(facts, "person", ids)
    if not seen and not cards and not traits:
        raise NotFound(f"There is no person {given}.")
    card: dict[str, Any] = dict.fromkeys((*FIELDS["person"], "account_id", "team"))
    for row in sorted(cards, key=lambda row: row["person_id"] != person, reverse=True):
        card |= {name: value for name, value in row.items() if value is not None}
    latest = max((row for row in seen if row["account_id"]), key=lambda row: row["account_at"], default=None)
    card["account_id"] = card["account_id"] or (latest["account_id"] if latest else None)
    account = facts.accounts.filter(facts.accounts.account_id == (card["account_id"] or ""))
    return {
        "person": card | {"person_id": person},
        "account_name": next((row["name"] for row in facts.records(account.select("name"))), None),
        "ids": [{name: row[name] for name in ("distinct_id", "first_at", "last_at", "events")} for row in seen],
        "first_at": min((row["first_at"] for row in seen if row["first_at"]), default=None),
        "last_at": max((row["last_at"] for row in seen if row["last_at"]), default=None),
        "events": sum(row["events"] for row in seen), "traits": standing(traits)[:MOST_TRAITS],
        "features": _features(facts, person), "merges": merges(facts, people, ids),
    }  # fmt: skip


def known(workspace: Workspace, given: str) -> str:
    """Return the person of an id; NotFound when nothing is known of it."""
    people = people_of(workspace)
    ids = people.ids_of(people.person_of(given))
    tables = workspace.facts.tables()
    for table, key in (("person_ids", "distinct_id"), ("persons", "person_id"), ("traits", "unit_id")):
        if workspace.facts.run(tables[table].filter(tables[table][key].isin(ids)).select(key), 1).num_rows:
            return people.person_of(given)
    raise NotFound(f"There is no person {given}.")


def _features(facts: Facts, person: str) -> list[dict[str, Any]]:
    own = with_feature(facts.events.filter(facts.events.person_id == person), catalogue(facts))
    used = own.filter(own.used.notnull())
    by = used.group_by("used").agg(uses=used.count(), first_at=used.occurred_at.min(), last_at=used.occurred_at.max())
    names = {feature.id: feature.name for feature in catalogue(facts)}
    return [
        {"title": names.get(row["used"], row["used"]), **row} for row in facts.records(by.order_by(by.last_at.desc()))
    ]


def history(facts: Facts, unit: str, ids: list[str]) -> list[dict[str, Any]]:
    """Return what was said of a unit, oldest first: name, value, since when, by which source, and whether `once`."""
    table = facts.table("traits")
    own = table.filter((table.unit == unit) & table.unit_id.isin(ids))
    rows = _by_name(facts, facts.records(own.order_by([own.since_at.desc(), own.seq.desc()]), limit=MOST_HISTORY))
    return [{**row, "value": _value(row["value"])} for row in reversed(rows)]


def _by_name(facts: Facts, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what was said, of batches with the name of their file or source in place of their id."""
    if not any(row["source"] and row["source"].startswith(BATCH) for row in rows):
        return rows
    names = {one.id: one.file or one.source for one in facts.workspace.facts.batches()}
    return [{**row, "source": names.get(row["source"], row["source"])} for row in rows]


def standing(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the traits as they stand, by name, each with since when and by whom; those taken back are left out."""
    found: dict[str, dict[str, Any]] = {}
    for row in said:
        before = found.get(row["name"])
        kept = before is not None and row["once"] and before["value"] is not None
        if kept or (before is not None and before["value"] == row["value"] and not before["once"]):
            continue
        found[row["name"]] = row
    return sorted((row for row in found.values() if row["value"] is not None), key=lambda row: str(row["name"]))


def merges(
    facts: Facts, people: People, ids: list[str] | None = None, refused: bool | None = None
) -> list[dict[str, Any]]:
    """Return merges, newest first: of these ids, or all; `refused` True for those not taken, False for the others."""
    table = facts.table("merges")
    if ids is not None:
        table = table.filter(table.from_id.isin(ids) | table.into_id.isin(ids))
    codes = people.refusals()
    if refused is not None:
        listed = table.merge_id.isin(list(codes) or [""])
        table = table.filter(listed if refused else ~listed)
    told = facts.records(table.order_by([table.merged_at.desc(), table.merge_id]), limit=MOST_HISTORY)
    rows = _by_name(facts, told)
    return [
        {**row, "refused": codes.get(row["merge_id"], ""), "why": REFUSALS.get(codes.get(row["merge_id"], ""), "")}
        for row in rows
    ]


def _value(text: str | None) -> Any:
    try:
        return json.loads(text) if text is not None else None
    except ValueError:
        return text
