"""Who has not been told of what they asked for."""

from __future__ import annotations

from typing import Any

from callsheet.loop.asked import TOLD, asked_for, deliveries_about, requesters, state_by_person
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.records import Initiative


@report(
    "loop.untold", title="Requesters told", source="Callsheet: requesters by feedback, deliveries by ledger",
    columns=(
        Column("title", "Initiative", href="/trace/initiative:{initiative}"),
        Column("version", "Release", href="/releases/{release}"), Column("released_at", "Released", "time"),
        Column("asked", "Asked", "requesters"), Column("told", "Told", "requesters"),
        Column("untold", "Not told", "requesters"), Column("accounts", "Accounts not told", "accounts"),
        Column("revenue", "Revenue not told", "money"),
    ),
)  # fmt: skip
def untold(facts: Facts, period: Period) -> Report:
    """Released initiatives that someone asked for: how many of the requesters have been told.

    A requester is a person behind feedback that asks for a request which the initiative answers; told means
    that a delivery about the release was sent to them. The newest first.
    Initiatives that are not released are left out.
    """
    rows, waiting = [], 0
    releases = {row["release_id"]: row for row in facts.records(facts.releases)}
    for one in asked_for(facts.links):
        carried = [
            releases[key] for key in one.releases if key in releases and releases[key]["released_at"] <= facts.now
        ]
        if not carried:
            waiting += 1
            continue
        if one.feedback:
            first = min(carried, key=lambda row: row["released_at"])
            rows.append(_row(facts, one.initiative, one.feedback, first))
    rows.sort(key=lambda row: row["released_at"], reverse=True)
    return facts.report(rows, sample=sum(row["asked"] for row in rows), left_out=waiting, why="not released yet")


def _row(facts: Facts, initiative: str, feedback: tuple[str, ...], release: dict[str, Any]) -> dict[str, Any]:
    asked = requesters(facts.workspace.facts, feedback)
    states = state_by_person(deliveries_about(facts.book, [f"release:{release['release_id']}"]))
    left = [one for one in asked if one.person_id not in states or states[one.person_id].state not in TOLD]
    kept = facts.book.find(Initiative, initiative)
    firms = {one.account_id: one.revenue for one in left if one.account_id}
    return {
        "initiative": initiative, "title": kept.title if kept else initiative, "release": release["release_id"],
        "version": release["version"] or release["release_id"], "released_at": release["released_at"],
        "asked": len(asked), "told": len(asked) - len(left), "untold": len(left), "accounts": len(firms),
        "revenue": sum(firms.values()), "owner": kept.owner if kept else "", "team": kept.team if kept else "",
    }  # fmt: skip
