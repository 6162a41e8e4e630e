"""How few people hold the knowledge of a part of the product."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from callsheet import charts
from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Column, Report, report
from callsheet.people.rules import absence_factor

YEAR = timedelta(days=365)


def absence_chart(found: Report) -> dict[str, Any]:
    """Lying bars, the lowest factors first."""
    rows = found.rows[:15]
    values = [float(row["absence_factor"]) for row in rows]
    return charts.bar([row["repo"] for row in rows], {"people": values}, title="Contributor absence factor",
                      unit="people", horizontal=True)  # fmt: skip


@report(
    "people.absence_factor",
    title="Contributor absence factor",
    source="CHAOSS, Contributor Absence Factor: fewest contributors who make half of the contributions",
    columns=(
        Column("repo", "Repository"),
        Column("absence_factor", "Absence factor", unit="people"),
        Column("contributors", "Contributors", unit="people"),
        Column("commits", "Commits"),
        Column("top_share", "Most from one person", unit="%"),
    ),
    scopes=("team", "product"),
    chart=absence_chart,
)
def absence(facts: Facts, period: Period) -> Report:
    """Fewest people who together made half of the commits of a repository in the 365 days up to the period's end.

    Merge commits count for nobody. Commits without an author are left out.
    """
    until = min(period.until, facts.now)
    table = facts.commits
    year = table.filter((table.committed_at >= until - YEAR) & (table.committed_at < until))
    plain = year.filter(year.parents.isnull() | (year.parents < 2))
    signed = plain.filter(plain.author.notnull() & (plain.author != ""))
    made: dict[str, dict[str, int]] = defaultdict(dict)
    for row in facts.records(signed.group_by("repo", "author").agg(n=signed.count())):
        made[row["repo"] or "(no name)"][row["author"]] = row["n"]
    rows: list[dict[str, Any]] = [
        {
            "repo": repo, "absence_factor": absence_factor(authors), "contributors": len(authors),
            "commits": sum(authors.values()), "top_share": round(100 * max(authors.values()) / sum(authors.values()), 1),
        }
        for repo, authors in made.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["absence_factor"], -row["commits"]))
    total, counted = facts.scalar(plain.count()), sum(row["commits"] for row in rows)
    return facts.report(rows, sample=counted, left_out=total - counted, why="no author is known")
