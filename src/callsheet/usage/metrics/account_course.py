"""What an account was at any moment: plan, revenue, segment and owner over time, and who said so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.metrics import Facts
from callsheet.model.traits import facts_of
from callsheet.store.persons import account_versions
from callsheet.usage.metrics.persons import history, standing

FIELDS = ("name", "plan", "segment", "revenue", "owner")


def account_course(facts: Facts, account_id: str) -> list[dict[str, Any]]:
    """Return every change of FIELDS, oldest first: name, value, since when, and which source said so.

    As with the facts of today, what an import says wins from its landing on, and traits fill what imports leave
    empty, by the time of their events.
    """
    said = history(facts, "account", [account_id])
    versions = account_versions(facts.workspace, account_id)
    moments = sorted({row["since_at"] for row in said} | {row["landed_at"] for row in versions})
    course: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for moment in moments:
        now = _values(said, versions, moment)
        changed = [name for name in FIELDS if now.get(name, (None,))[0] != before.get(name, (None,))[0]]
        for name in changed:
            value, source = now.get(name, (None, ""))
            course.append({"name": name, "value": value, "since_at": moment, "source": source})
        before = now
    return course


def _values(said: list[dict[str, Any]], versions: list[dict[str, Any]], moment: datetime) -> dict[str, tuple[Any, str]]:
    """Return the value of each field at a moment, with who said it."""
    told = {row["name"]: row for row in standing([row for row in said if row["since_at"] <= moment])}
    by = max(told.values(), key=lambda row: row["since_at"], default={"source": ""})["source"]
    found = {
        name: (value, told[name]["source"] if name in told else by)
        for name, value in facts_of("account", {name: row["value"] for name, row in told.items()}).items()
    }
    for row in versions:
        if row["landed_at"] <= moment:
            given = [name for name in row["given"] or FIELDS if name in FIELDS and row[name] is not None]
            found |= {name: (row[name], row["source"]) for name in given}
    return found


def account_then(course: list[dict[str, Any]], moment: datetime) -> dict[str, Any]:
    """Return the fields as they were at a moment; null what nobody had said by then."""
    then: dict[str, Any] = dict.fromkeys(FIELDS)
    for row in course:
        if row["since_at"] <= moment:
            then[row["name"]] = row["value"]
    return then
