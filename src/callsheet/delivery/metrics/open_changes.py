"""Changes that are still open."""

from __future__ import annotations

from callsheet.delivery.metrics.slow_repositories import open_at
from callsheet.delivery.metrics.spans import until_now
from callsheet.metrics import Column, Facts, Period, Report, report

MOST = 200


@report(
    "delivery.open_changes", title="Oldest open changes", scopes=("team", "product"), source="DORA (dora.dev)",
    columns=(
        Column("change_id", "Change"), Column("title", "Title"), Column("repo", "Repository"),
        Column("team", "Team", ref="team"),
        Column("author", "Author", ref="person"), Column("age", "Open for", "days"), Column("waits_for", "Waits for"),
        Column("item_id", "Item", href="/delivery/items/{item_id}"), Column("url", "Address", "url"),
    ),
)  # fmt: skip
def open_changes(facts: Facts, period: Period) -> Report:
    """The 200 changes that have been open longest at the end of the period, and what they wait for.

    Where no review was ever recorded for the repository's changes, what an open change waits for is not known.
    """
    waiting = open_at(facts, until_now(facts, period))
    seen = facts.changes.filter(facts.changes.first_review_at.notnull()).select("repo").distinct()
    reviewed = {row["repo"] for row in facts.records(seen)}
    names = ("change_id", "title", "repo", "team", "author", "age", "item_id", "url", "first_review_at")
    rows = facts.records(waiting.order_by(waiting.age.desc()).select(*names), MOST)
    for row in rows:
        first = row.pop("first_review_at")
        row["waits_for"] = "merge" if first else "first review" if row["repo"] in reviewed else None
    return facts.report(rows, sample=waiting.count())
