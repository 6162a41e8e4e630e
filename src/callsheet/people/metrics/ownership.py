"""Who answers for what."""

from __future__ import annotations

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.people.metrics import objects

COLUMNS = (
    Column("title", "What", href="/trace/{ref}"),
    Column("kind", "Kind"),
    Column("owner_name", "Accountable"),
    Column("state", "State", doc="owned, none, gone (the owner left) or many"),
    Column("since", "Since", unit="time"),
    Column("team", "Team", ref="team"),
    Column("source", "From"),
)


@report(
    "people.ownership",
    title="Ownership",
    source="CODEOWNERS and catalogues as imported, overridden by what is decided here",
    columns=COLUMNS,
    scopes=("team",),
)
def ownership(facts: Facts, period: Period) -> Report:
    """Active initiatives, features, components and tools with whoever is accountable at the end of the period.

    Gaps come first. Kinds of which no tool and nobody here says who owns them are left out.
    """
    rows = objects.ownership(facts, min(period.until, facts.now))
    team = facts.scope.get("team")
    rows = [row for row in rows if not team or row["team"] == team]
    known = [row for row in rows if row["known"]]
    known.sort(key=lambda row: (row["state"] == "owned", row["kind"], row["title"].lower()))
    return facts.report(known, left_out=len(rows) - len(known), why="nothing says who owns things of this kind")
