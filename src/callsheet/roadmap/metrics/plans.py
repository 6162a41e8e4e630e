"""What the figures of this domain share: initiatives in scope, and forecasts and demand by initiative."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.metrics import Facts, Period
from callsheet.roadmap.records import Initiative, PromiseChange
from callsheet.roadmap.rules import OPEN

ORDER = {"now": 0, "next": 1, "later": 2, "done": 3, "dropped": 4}


def initiatives(facts: Facts) -> list[Initiative]:
    """Return the initiatives of the scope, in the order of the board."""
    rows = facts.book.all(select(Initiative).order_by(Initiative.position, Initiative.id))
    wanted = {key: value for key, value in facts.scope.items() if key in ("team", "product")}
    kept = [row for row in rows if all(getattr(row, key) == value for key, value in wanted.items())]
    return sorted(kept, key=lambda row: ORDER.get(row.stage, 9))


def open_at(row: Initiative, moment: datetime) -> bool:
    """Whether the initiative was on the board and not done at this moment; dropped ones are off it."""
    if row.created_at >= moment or row.stage == "dropped":
        return False
    return row.stage in OPEN or (row.done_at is not None and row.done_at >= moment)


def forecasts(facts: Facts) -> dict[str, dict[str, Any]]:
    """Return the rows of `delivery.initiatives` by initiative; nothing where there is no such report."""
    if not facts.read.has("delivery.initiatives"):
        return {}
    return {row["initiative"]: row for row in facts.read.report("delivery.initiatives").rows}


def demands(facts: Facts, period: Period) -> dict[str, dict[str, Any]]:
    """Return the rows of `feedback.demand` by initiative; nothing where there is no such report."""
    if not facts.read.has("feedback.demand"):
        return {}
    return {row["initiative"]: row for row in facts.read.report("feedback.demand", period).rows}


def promise_changes(facts: Facts) -> dict[str, list[PromiseChange]]:
    """Return every change of a promised date, oldest first, by initiative."""
    found: dict[str, list[PromiseChange]] = {}
    for row in facts.book.all(select(PromiseChange).order_by(PromiseChange.changed_at, PromiseChange.id)):
        found.setdefault(row.initiative, []).append(row)
    return found


def imported(facts: Facts) -> list[dict[str, Any]]:
    """Return the work items that are initiatives in the tool they come from."""
    work = facts.work
    columns = ("item_id", "title", "team", "product", "state", "category", "created_at", "started_at", "done_at",
               "due_at", "owner", "url")  # fmt: skip
    return facts.records(work.filter(work.kind == "initiative").select(*columns).order_by("created_at", "item_id"))
