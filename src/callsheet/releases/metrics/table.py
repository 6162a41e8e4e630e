"""Releases with everything that is known of each: contents, readiness, publication, incidents."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.metrics.facts import Facts
from callsheet.model.link import Ref
from callsheet.releases import rules
from callsheet.releases.records import ChecklistItem, Publication


def releases_of(facts: Facts, until: datetime, since: datetime | None = None) -> list[dict[str, Any]]:
    """Return the release facts of `[since, until)`, newest first; those without a moment are left out."""
    table = facts.releases
    kept = table.filter(table.released_at < until)
    if since is not None:
        kept = kept.filter(kept.released_at >= since)
    names = ("release_id", "version", "line", "title", "product", "released_at", "prerelease", "url")
    return facts.records(kept.select(*names).order_by(kept.released_at.desc(), kept.release_id.desc()))


def rows_of(facts: Facts, until: datetime, since: datetime | None = None) -> list[dict[str, Any]]:
    """Return one row a release; see `releases.recent` for the columns."""
    found = releases_of(facts, until, since)
    ids = [row["release_id"] for row in found]
    items, initiatives = _items(facts), initiatives_of(facts, ids)
    incidents = Counter(row["release_id"] for row in tied(facts)[0])
    published = {one.release_id: one for one in facts.book.all(select(Publication))}
    lines = _lines(facts)
    return [
        _row(row, items.get(row["release_id"], 0), initiatives.get(row["release_id"], []), incidents,
             published.get(row["release_id"]), lines.get(row["release_id"], []))
        for row in found
    ]  # fmt: skip


def _row(
    row: dict[str, Any], items: int, initiatives: list[str], incidents: Counter[str], told: Publication | None,
    lines: list[ChecklistItem],
) -> dict[str, Any]:  # fmt: skip
    tier = told.tier if told else None
    done = sum(rules.is_green(tier or 3, line.done_at, line.evidence, line.checked_by) for line in lines)
    return {
        "release": row["release_id"], "version": row["version"] or row["release_id"], "line": row["line"] or "",
        "title": (told.title if told and told.title else "") or row["title"] or "", "product": row["product"] or "",
        "released_at": row["released_at"], "prerelease": bool(row["prerelease"]), "items": items,
        "initiatives": initiatives, "tier": tier, "state": _state(told), "url": row["url"] or "",
        "published_at": told.published_at if told else None, "ready": f"{done} of {len(lines)}" if lines else "",
        "ready_done": done, "ready_total": len(lines), "incidents": incidents.get(row["release_id"], 0),
    }  # fmt: skip


def _state(told: Publication | None) -> str:
    if told is None:
        return "none"
    if told.published_at:
        return "published"
    return "draft" if any(told.notes.values()) else "none"


def _items(facts: Facts) -> dict[str, int]:
    table = facts.release_items
    return {row["release_id"]: row["n"] for row in facts.records(table.group_by("release_id").agg(n=table.count()))}


def _lines(facts: Facts) -> dict[str, list[ChecklistItem]]:
    found: dict[str, list[ChecklistItem]] = defaultdict(list)
    for line in facts.book.all(select(ChecklistItem)):
        found[line.release_id].append(line)
    return found


def initiatives_of(facts: Facts, ids: list[str]) -> dict[str, list[str]]:
    """Return release id -> ids of the initiatives it carries, by `ships_in` links of their own or of their work."""
    ships = facts.links.touching([Ref("release", each) for each in ids], ("ships_in",))
    found: dict[str, dict[str, None]] = defaultdict(dict)
    through: dict[str, list[str]] = defaultdict(list)
    for link in ships:
        if link.from_ref.kind == "initiative":
            found[link.to_ref.id][link.from_ref.id] = None
        elif link.from_ref.kind == "work":
            through[link.from_ref.id].append(link.to_ref.id)
    for link in facts.links.touching([Ref("work", each) for each in through], ("built_by",)):
        for release in through.get(link.to_ref.id, []) if link.from_ref.kind == "initiative" else []:
            found[release][link.from_ref.id] = None
    return {release: list(ids) for release, ids in found.items()}


def tied(facts: Facts, *, by_time: bool = False) -> tuple[list[dict[str, Any]], int]:
    """Return incidents with the release each is tied to, and how many incidents are tied to none.

    `by_time` also ties an incident of another product, with a quarter of the confidence: only the moment
    speaks for it.
    """
    releases = [
        rules.Out(row["release_id"], row["product"] or "", row["released_at"])
        for row in reversed(releases_of(facts, facts.now))
        if not row["prerelease"]
    ]
    table = facts.incidents
    names = ("incident_id", "title", "service", "severity", "started_at", "resolved_at", "product", "url")
    rows, loose = [], 0
    for row in facts.records(table.filter(table.started_at.notnull()).select(*names).order_by("started_at")):
        same = rules.last_before(releases, row["product"] or "", row["started_at"])
        match = same or (rules.last_before(releases, "", row["started_at"]) if by_time else None)
        if match is None:
            loose += 1
            continue
        rows.append(_tie(row, match, rules.confidence(match[1]) * (1 if same else rules.OTHER_PRODUCT), bool(same)))
    return rows, loose


def _tie(row: dict[str, Any], match: tuple[rules.Out, float], confidence: float, same: bool) -> dict[str, Any]:
    return {
        "incident": row["incident_id"], "title": row["title"], "severity": row["severity"] or "",
        "service": row["service"] or "", "started_at": row["started_at"], "resolved_at": row["resolved_at"],
        "release_id": match[0].id, "release": match[0].id, "days_after": round(match[1], 2),
        "confidence": round(confidence, 2), "why": "same product" if same else "by time only, another product",
        "url": row["url"] or "",
    }  # fmt: skip
