"""Work items as a list and one by one: searched, sorted and cut in the warehouse."""

from __future__ import annotations

from typing import Any

import ibis

from callsheet.base.errors import BadInput, NotFound
from callsheet.delivery.metrics.spans import timed
from callsheet.delivery.rules import begun_at, days_between, time_in, visits
from callsheet.metrics import Facts
from callsheet.model.link import Ref

COLUMNS = (
    "item_id", "title", "kind", "team", "state", "category", "owner", "created_at", "begun_at", "done_at", "due_at",
    "unplanned", "url",
)  # fmt: skip
SORTS = (*COLUMNS, "days")
Row = dict[str, Any]


def listed(
    facts: Facts, *, page: int, size: int, sort: str, q: str, category: str, initiative: str
) -> tuple[list[Row], int]:
    """Return a page of work items and how many there are in all; newest first unless sorted otherwise."""
    work = timed(facts)
    days = work.done_at.coalesce(ibis.literal(facts.now, "timestamp(6)")).delta(work.begun_at, unit="second") / 86400.0
    work = work.select(*COLUMNS, days=days)
    if category:
        work = work.filter(work.category.isin(category.split(",")))
    if initiative:
        own = [link.to_ref.id for link in facts.links.all("built_by") if link.from_ref == Ref("initiative", initiative)]
        work = work.filter(work.item_id.isin(own or [""]))
    for word in q.lower().split():
        text = work.title.fill_null("") + " " + work.item_id + " " + work.owner.fill_null("")
        work = work.filter(text.lower().contains(word))
    name = sort.lstrip("-") or "created_at"
    if name not in SORTS:
        raise BadInput(f"Work cannot be sorted by {name}.", f"Sort by one of {', '.join(SORTS)}.")
    down = sort.startswith("-") or not sort
    order = work[name].desc(nulls_first=False) if down else work[name].asc(nulls_first=False)
    total = int(facts.scalar(work.count()))
    rows = facts.records(work.order_by(order, work.item_id).limit(size, offset=(page - 1) * size))
    return rows, total


def one(facts: Facts, item_id: str) -> Row:
    """Return an item with its history, its time in each state, its changes and its links."""
    found = facts.records(facts.work.filter(facts.work.item_id == item_id), 1)
    if not found:
        raise NotFound(f"There is no work item {item_id}.", "See the list under Delivery, Items.")
    row = found[0]
    steps = facts.records(facts.transitions.filter(facts.transitions.item_id == item_id).order_by("occurred_at"))
    stays = visits(row["created_at"], steps, row["done_at"] or facts.now)
    begun = begun_at(steps) if any(step["to_category"] in ("doing", "waiting") for step in steps) else row["started_at"]
    ref = Ref("work", item_id)
    links = facts.links.touching([ref])
    own = [link.to_ref.id for link in links if link.kind == "done_in" and link.from_ref == ref]
    changes = facts.changes
    mine = changes.filter((changes.item_id == item_id) | changes.change_id.isin(own or [""]))
    return {
        **{name: row[name] for name in row if name not in ("source", "batch")}, "begun_at": begun,
        "days": days_between(begun, row["done_at"] or facts.now), "transitions": steps,
        "visits": [{"state": stay.state, "category": stay.category, "since": stay.since, "until": stay.until,
                    "days": stay.days} for stay in stays],
        "time_in_state": [{"state": state, "days": days} for state, days in time_in(stays).items()],
        "changes": facts.records(mine.order_by("created_at")),
        "links": [{"kind": link.kind, "from_ref": str(link.from_ref), "to_ref": str(link.to_ref)} for link in links],
        "history": bool(steps),
    }  # fmt: skip
