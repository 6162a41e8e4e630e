"""How many releases were announced."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.base.time import Period
from callsheet.metrics.facts import Facts
from callsheet.metrics.registry import Value, metric
from callsheet.releases.metrics.table import releases_of
from callsheet.releases.records import Publication


@metric(
    "releases.announced_share",
    title="Releases announced",
    unit="%",
    better="higher",
    source="Share of final releases with published notes here, or a notice in a connected tool",
    scopes=("product", "team"),
)
def announced_share(facts: Facts, period: Period) -> Value:
    """Final releases of the period that were announced: published here, or named by a notice.

    Silent releases (tier 4) and prereleases are left out. No release: None.
    """
    decided = {one.release_id: one for one in facts.book.all(select(Publication))}
    noticed = _noticed(facts)
    found = releases_of(facts, period.until, period.since)
    silent = {key for key, one in decided.items() if one.tier == 4}
    rows = [
        {"release": row["release_id"], "released_at": row["released_at"], "announced": _told(row, decided, noticed)}
        for row in found
        if not row["prerelease"] and row["release_id"] not in silent
    ]
    share = 100 * sum(row["announced"] for row in rows) / len(rows) if rows else None
    left = len(found) - len(rows)
    return facts.value(share, sample=len(rows), left_out=left, why="prereleases and silent releases", rows=rows)


def _told(row: dict[str, object], decided: dict[str, Publication], noticed: set[str]) -> bool:
    key = str(row["release_id"])
    return key in noticed or bool(key in decided and decided[key].published_at)


def _noticed(facts: Facts) -> set[str]:
    table = facts.notices
    named = {row["release_id"] for row in facts.records(table.filter(table.release_id.notnull()).select("release_id"))}
    return named | {link.from_ref.id for link in facts.links.all("announced_by")}
