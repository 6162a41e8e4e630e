"""Colleagues."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.people.metrics import objects
from callsheet.people.records import Delivery


@report(
    "people.directory",
    title="Directory",
    source="Colleagues as the tools know them",
    columns=(
        Column("name", "Name", href="/people/{person}"),
        Column("team", "Team", ref="team"),
        Column("role", "Role"),
        Column("objects", "Answers for", unit="objects"),
        Column("deliveries", "Messages", unit="messages"),
    ),
    scopes=("team",),
)
def directory(facts: Facts, period: Period) -> Report:
    """Colleagues who are here, with what they answer for and how many messages they got.

    Those who left are left out.
    """
    people = objects.persons(facts)
    load = objects.load(facts.read.report("people.ownership", period).rows)
    query: Any = select(Delivery.person_id, func.count()).where(Delivery.state.in_(("sent", "read")))
    told = {row[0]: row[1] for row in facts.book.rows(query.group_by(Delivery.person_id))}
    team = facts.scope.get("team")
    here = [
        row for row in people.values()
        if (not team or row["team"] == team) and (row["left_at"] is None or row["left_at"] >= facts.now)
    ]  # fmt: skip
    rows = [
        {
            "person": row["person_id"], "name": row["name"] or row["person_id"], "email": row["email"] or "",
            "team": row["team"] or "", "role": row["role"] or "", "objects": load.get(row["person_id"], 0),
            "deliveries": told.get(row["person_id"], 0),
        }
        for row in sorted(here, key=lambda row: (row["team"] or "", row["name"] or row["person_id"]))
    ]  # fmt: skip
    gone = sum(row["left_at"] is not None and row["left_at"] < facts.now for row in people.values())
    return facts.report(rows, left_out=gone, why="have left")
