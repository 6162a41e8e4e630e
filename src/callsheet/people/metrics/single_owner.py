"""Components that hang on one person, or on none."""

from __future__ import annotations

from collections import defaultdict

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report

OWNING = ("accountable", "responsible")


@report(
    "people.single_owner",
    title="Components with one owner or none",
    source="Accountable and responsible people as the tools and this workspace know them",
    columns=(
        Column("name", "Component", href="/trace/component:{component}"),
        Column("owners", "Owners", unit="people"),
        Column("people", "Who"),
        Column("team", "Team", ref="team"),
        Column("repo", "Repository"),
    ),
    scopes=("team", "product"),
)
def single_owner(facts: Facts, period: Period) -> Report:
    """Components in use that nobody, or one person only, is accountable or responsible for; none first.

    The sample is all components in use. Retired ones are left out.
    """
    moment = min(period.until, facts.now)
    owners = _owners(facts, moment)
    decided = {row["ref"]: row["owners"] for row in facts.read.report("people.ownership", period).rows}
    table = facts.components
    found = facts.records(table.select("component_id", "name", "team", "repo", "active"))
    used = [row for row in found if row["active"] is not False]
    rows = []
    for row in used:
        ref = f"component:{row['component_id']}"
        who = sorted(owners.get(ref, set()) | set(decided.get(ref, [])))
        if len(who) < 2:
            rows.append({
                "component": row["component_id"], "name": row["name"] or row["component_id"], "owners": len(who),
                "people": who, "team": row["team"] or "", "repo": row["repo"] or "",
            })  # fmt: skip
    rows.sort(key=lambda row: (row["owners"], row["name"]))
    return facts.report(rows, sample=len(used), left_out=len(found) - len(used), why="retired")


def _owners(facts: Facts, moment: object) -> dict[str, set[str]]:
    table = facts.ownership
    open_now = (table.until_at.isnull() | (table.until_at > moment)) & (
        table.since_at.isnull() | (table.since_at <= moment)
    )
    kept = table.filter(open_now & table.role.isin(OWNING) & table.object_ref.startswith("component:"))
    found: dict[str, set[str]] = defaultdict(set)
    for row in facts.records(kept.select("object_ref", "person_id")):
        found[row["object_ref"]].add(row["person_id"])
    return found
