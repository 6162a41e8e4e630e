"""Where teams depend on one another without working in one another's code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

from callsheet.delivery.metrics.spans import items
from callsheet.metrics import Column, Facts, Period, Report, report

DAYS = 90
Row = dict[str, Any]


@report(
    "delivery.silos", title="Dependencies across teams", scopes=("product",),
    source="Share of blocking links that cross teams, beside contribution across team borders (CHAOSS)",
    columns=(
        Column("team", "Team", ref="team"), Column("other", "Other team", ref="team"),
        Column("crossing", "Blocking links between them"), Column("links", "Links of both"),
        Column("share", "Of their links", "share"), Column("contributors", "People who work in the other's code"),
        Column("contributions", "Their changes"), Column("changes", "Changes of both"),
    ),
)  # fmt: skip
def silos(facts: Facts, period: Period) -> Report:
    """For each pair of teams: blocking links between their items, and how many people contribute across the border.

    `links` are all blocking links that touch either team, `crossing` those between the two, for items created or
    finished in the last 180 days or open. Contributions are changes of the last 90 days whose author's team is one and
    whose repository's team is the other. Many links and no contribution is what a silo looks like.
    """
    blocks = _blocking(facts)
    changes = _contributions(facts)
    teams = sorted({team for pair in blocks for team in pair} | {team for row in changes for team in row[:2]})
    rows: list[Row] = []
    for team, other in combinations(teams, 2):
        both = {team, other}
        links = sum(bool(both & set(pair)) for pair in blocks)
        crossing = sum(set(pair) == both for pair in blocks)
        over = [author for writer, owner, author in changes if {writer, owner} == both]
        rows.append({
            "team": team, "other": other, "links": links, "crossing": crossing,
            "share": crossing / links if links else None, "contributors": len(set(over)), "contributions": len(over),
            "changes": sum(writer in both for writer, _, _ in changes),
        })  # fmt: skip
    rows.sort(key=lambda row: (-row["crossing"], row["contributions"]))
    return facts.report(rows, sample=len(blocks))


def _blocking(facts: Facts) -> list[tuple[str, str]]:
    """Return the pair of teams of each blocking link, of work that is open or recent."""
    work = items(facts)
    since = facts.now - timedelta(days=2 * DAYS)
    live = work.filter(work.team.notnull() & (work.done_at.isnull() | (work.done_at >= since)))
    team_of = {f"work:{row['item_id']}": row["team"] for row in facts.records(live.select("item_id", "team"))}
    return [
        (team_of[str(link.from_ref)], team_of[str(link.to_ref)])
        for link in facts.links.all("blocks")
        if str(link.from_ref) in team_of and str(link.to_ref) in team_of
    ]


def _contributions(facts: Facts) -> list[tuple[str, str, str]]:
    """Return (author's team, repository's team, author) of recent changes where both teams are known."""
    table: Callable[[str], Any] = facts.workspace.facts.tables().__getitem__
    owners = {row["repo"]: row["team"] for row in facts.records(table("components").select("repo", "team"))}
    people = {row["person_id"]: row["team"] for row in facts.records(
        table("persons").filter(lambda t: t.team.notnull() & (t.team != "")).select("person_id", "team"))}  # fmt: skip
    changes = facts.changes
    recent = changes.filter(
        (changes.created_at >= facts.now - timedelta(days=DAYS)) & (changes.created_at <= facts.now)
    )
    found = []
    for row in facts.records(recent.select("repo", "author", "team")):
        writer, owner = people.get(row["author"]) or row["team"], owners.get(row["repo"])
        if writer and owner and row["author"]:
            found.append((writer, owner, row["author"]))
    return found
