"""Repositories by how long their changes take to merge."""

from __future__ import annotations

from datetime import timedelta

import ibis

from callsheet.delivery.metrics.spans import elapsed, until_now
from callsheet.metrics import Column, Facts, Period, Report, report

DAYS = 90
MOST = 500


@report(
    "delivery.slow_repositories", title="Repositories by time to merge", scopes=("team", "product"),
    source="DORA (dora.dev): lead time split, opened to merged; the median",
    columns=(
        Column("repo", "Repository"), Column("changes", "Merged", "changes"), Column("median_days", "Median to merge", "days"),
        Column("p85_days", "85%", "days"), Column("open", "Open now", "changes"), Column("oldest_days", "Oldest open", "days"),
    ),
)  # fmt: skip
def slow_repositories(facts: Facts, period: Period) -> Report:
    """Repositories with the median and 85% days from opening to merge, of changes merged in at least 90 days.

    Slowest first; repositories with fewer than 5 merged changes come after the others. Changes merged before they
    were opened are left out and counted. Open changes are those open at the end of the period.
    """
    end = until_now(facts, period)
    since = min(period.since, end - timedelta(days=DAYS))
    changes = facts.changes
    merged = changes.filter((changes.merged_at >= since) & (changes.merged_at < end))
    merged = merged.mutate(days=elapsed(merged.created_at, merged.merged_at))
    good = merged.filter(merged.days >= 0)
    by_repo = good.group_by("repo").agg(
        changes=good.count(), median_days=good.days.quantile(0.5), p85_days=good.days.quantile(0.85)
    )
    waiting = open_at(facts, end)
    opened = waiting.group_by("repo").agg(open=waiting.count(), oldest_days=waiting.age.max())
    both = by_repo.outer_join(opened, "repo")
    both = both.mutate(name=both.repo.coalesce(both.repo_right), thin=ibis.coalesce(both.changes, 0) < 5)
    shown = both.order_by(both.thin, both.median_days.desc(nulls_first=False), both.name)
    rows = [
        {"repo": row["name"], "changes": row["changes"] or 0, "median_days": row["median_days"], "p85_days": row["p85_days"],
         "open": row["open"] or 0, "oldest_days": row["oldest_days"]}
        for row in facts.records(shown, MOST)
    ]  # fmt: skip
    number = int(facts.scalar(good.count()))
    wrong = int(facts.scalar(merged.count())) - number
    return facts.report(rows, sample=number, left_out=wrong, why="merged before opened, or opening unknown")


def open_at(facts: Facts, moment):  # type: ignore[no-untyped-def]
    """Return the changes that are open at a moment, with their `age` in days."""
    changes = facts.changes
    ended = changes.merged_at.coalesce(changes.closed_at)
    stands = (changes.created_at < moment) & (ended.isnull() | (ended >= moment))
    unknown = ended.isnull() & changes.state.isin(("merged", "closed"))
    kept = changes.filter(stands & ~unknown.fill_null(False))
    return kept.mutate(age=elapsed(kept.created_at, ibis.literal(moment, "timestamp(6)")))
