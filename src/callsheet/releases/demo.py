"""Releases of the sample company: one a week, with contents, announcements and decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from callsheet.model.sample import PRODUCT, Company, Plan
from callsheet.releases import actions
from callsheet.releases.rules import GROUPS, plain

if TYPE_CHECKING:
    from callsheet.model.actor import Actor
    from callsheet.store.book import Book

Rows = list[dict[str, Any]]
ROUTINE = {
    "added": (
        "Boards can be copied with their columns", "Comments can be linked to", "A shortcut opens the last board",
        "Reports can be sent every Monday", "Two-factor codes can be printed", "Cards show who moved them last",
    ),
    "changed": (
        "Search shows the newest match first", "Invitations say who sent them", "The weekly mail is shorter",
        "Dates follow the reader's own time zone", "Lists keep their place after going back",
        "Settings are grouped by what they are for",
    ),
    "fixed": (
        "Pasted tables keep their line breaks", "A card moved twice no longer appears twice",
        "Totals agree with the rows they add up", "Password reset works in private windows",
        "Uploads over a slow line no longer stop at 99%", "Reminders stop when a card is done",
        "Names with accents are found", "The trial banner goes away after paying",
    ),
    "removed": ("The old calendar view is gone; the timeline does its work",),
    "security": ("Sign-out now ends the sessions of all devices",),
    "internal": ("Index rebuilds run at night", "Tests of the editor run in parallel", "Logs carry a request number"),
}  # fmt: skip
FIRST = (
    "{title} is here for every account", "{title}: administrators switch it on under Settings", "{title}: works on phones too",
    "{title}: every step can be undone", "{title}: the help page shows it in two minutes",
)  # fmt: skip
ALREADY = 11
"""Lines of the newest release's checklist that are done, in the story."""


def facts(company: Company) -> Iterator[tuple[str, Rows]]:
    """Yield releases, their contents, announcements and links."""
    carried = {entry[0]: plan for plan in company.plans if (entry := company.release_of(plan))}
    contents = {version: _items(company, version, carried.get(version)) for version, _ in company.releases}
    yield "releases", [_release(version, moment, contents[version]) for version, moment in company.releases]
    yield "release_items", [item for items in contents.values() for item in items]
    yield "notices", [_notice(version, moment, contents[version]) for version, moment in _announced(company)]
    yield "links", [*_links(company), *_announcements(company)]


def _release(version: str, moment: datetime, items: Rows) -> dict[str, Any]:
    notes = "\n".join(f"- {item['text']}" for item in items if item["kind"] != "internal")
    return {
        "release_id": version, "product": PRODUCT, "team": None, "version": version, "line": "main",
        "title": f"Northlight {version}", "released_at": moment, "commit_id": None, "notes": notes,
        "prerelease": False, "url": f"https://northlight.example/releases/{version}",
    }  # fmt: skip


def _items(company: Company, version: str, plan: Plan | None) -> Rows:
    """Two to nine entries; the work of an initiative comes first, with its item ids."""
    rng = company.rng(f"release-{version}")
    kinds = list(ROUTINE)
    rows = []
    if plan is not None:
        texts = [first.format(title=plan.title) for first in FIRST]
        rows = [_entry(version, n, "added", text, f"{plan.id}-{n}") for n, text in enumerate(texts, 1)]
    wanted = int(rng.integers(2, 10 - len(rows)))
    chosen = rng.choice(len(kinds), size=wanted, p=[0.2, 0.26, 0.36, 0.02, 0.02, 0.14])
    drawn: dict[str, str] = {}
    for index in chosen:
        kind = kinds[int(index)]
        drawn[ROUTINE[kind][int(rng.integers(len(ROUTINE[kind])))]] = kind
    return rows + [_entry(version, len(rows) + n, kind, text, None) for n, (text, kind) in enumerate(drawn.items(), 1)]


def _entry(version: str, number: int, kind: str, text: str, item: str | None) -> dict[str, Any]:
    return {
        "release_id": version, "entry_id": f"{version}-{number}", "kind": kind, "text": plain(text),
        "change_id": f"chg-{item}" if item else None, "item_id": item, "author": None,
    }  # fmt: skip


def _announced(company: Company) -> list[tuple[str, datetime]]:
    """All releases; not the newest when nobody was told of it."""
    return company.releases[:-1] if company.has("untold_requesters") else company.releases


def _notice(version: str, moment: datetime, items: Rows) -> dict[str, Any]:
    parts = [f"{GROUPS[item['kind']]}: {item['text']}" for item in items if item["kind"] != "internal"]
    return {
        "notice_id": f"note-{version}", "published_at": moment + timedelta(hours=2), "kind": "note",
        "title": f"What is new in Northlight {version}", "audience": "customers", "body": "\n".join(parts),
        "url": f"https://northlight.example/news/{version}", "product": PRODUCT, "release_id": version,
    }  # fmt: skip


def _links(company: Company) -> Rows:
    found = []
    for plan in company.plans:
        found.append(_link(f"initiative:{plan.id}", "delivers", f"feature:{plan.feature}"))
        release = company.release_of(plan)
        if release is not None:
            found.append(_link(f"initiative:{plan.id}", "ships_in", f"release:{release[0]}"))
            found.append(_link(f"release:{release[0]}", "delivers", f"feature:{plan.feature}"))
    return found


def _announcements(company: Company) -> Rows:
    return [_link(f"release:{version}", "announced_by", f"notice:note-{version}") for version, _ in _announced(company)]


def _link(from_ref: str, kind: str, to_ref: str) -> dict[str, Any]:
    return {"from_ref": from_ref, "kind": kind, "to_ref": to_ref, "confidence": 1.0, "why": "stated in the release"}


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Publish every release on its day; in the story the newest waits, ready but for one line."""
    carried = {entry[0]: plan for plan in company.plans if (entry := company.release_of(plan))}
    newest = company.releases[-1][0]
    for version, moment in company.releases:
        plan = carried.get(version)
        waits = version == newest and company.has("untold_requesters")
        day = type(book)(book.session, moment - timedelta(days=1))  # the decision is written on its own day
        if plan is not None or waits:
            actions.set_tier(day, version, 2, moment, actor, owner=plan.owner if plan else "yuki")
            _work_off(day, version, ALREADY if waits else None, actor)
        title = plan.title if plan else f"Northlight {version}"
        actions.draft_notes(day, version, title, _items(company, version, plan), actor)
        if not waits:
            actions.publish(type(book)(book.session, moment + timedelta(hours=1)), version, actor)


def _work_off(book: Book, version: str, number: int | None, actor: Actor) -> None:
    for line in actions.checklist(book, version)[:number]:
        actions.check_item(book, line.id, f"https://northlight.example/launch/{version}/{line.track}", actor)
