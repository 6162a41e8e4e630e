"""The seven stages of a trace, one composer each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from callsheet.base.text import count, money, number, short_day
from callsheet.experiments.records import Experiment
from callsheet.feedback.records import Request
from callsheet.loop.way import TITLES, Card, Stage, Way
from callsheet.people.records import Delivery
from callsheet.releases.records import Publication
from callsheet.roadmap.records import Initiative
from callsheet.store.book import Base
from callsheet.usage.records import Feature

RECORDS: dict[str, tuple[type[Base], str]] = {
    "initiative": (Initiative, "title"), "request": (Request, "title"), "experiment": (Experiment, "title"),
    "feature": (Feature, "name"), "delivery": (Delivery, "subject"),
}  # fmt: skip
"""Kind -> where its title stands in the book."""
TABLES = {
    "release": ("releases", "release_id", "version"), "work": ("work", "item_id", "title"),
    "feedback": ("feedback", "feedback_id", "title"), "change": ("changes", "change_id", "title"),
}  # fmt: skip
"""Kind -> fact table, key and title."""
SHOWN = 3
"""Cards of one kind before the rest are counted."""


def asked(way: Way) -> Stage:
    """Requests and the feedback behind them."""
    worth = sum({one.account_id: one.revenue for one in way.asked if one.account_id}.values())
    stage = Stage(
        "asked",
        TITLES["asked"],
        count(len(way.asked), "request") + (f" · {money(worth, way.currency)}" if worth else ""),
    )
    for key in way.of("request")[:SHOWN]:
        row = way.reader.book.find(Request, key)
        if row is not None:
            stage.cards.append(_card(way, "request", key, row.title, row.status, f"/feedback/requests/{key}"))
    for one in way.asked[:SHOWN]:
        note = " · ".join(part for part in (one.account or one.name, one.channel, short_day(one.asked_at)) if part)
        href = f"/feedback?item={one.feedback_id}"
        stage.cards.append(_card(way, "feedback", one.feedback_id, f"“{_short(one.title)}”", note, href))
    rest = len(way.asked) - SHOWN
    if rest > 0:
        stage.cards.append(Card("", f"{rest} more", "who asked for the same"))
    if not stage.cards and way.initiatives:
        stage.cards.append(Card("", "Nobody asked", "no request is linked", "/feedback", gap=True))
    return stage


def decided(way: Way) -> Stage:
    """Initiatives."""
    stage = Stage("decided", TITLES["decided"])
    first = min((one.asked_at for one in way.asked if one.asked_at), default=None)
    begun = min((row.started_at for row in way.initiatives if row.started_at), default=None)
    stage.note = _later(first, begun)
    for row in way.initiatives[: SHOWN * 2]:
        when = f"promised {short_day(row.promised_at)}" if row.promised_at else row.stage
        note = f"{row.stage} · {when}" if row.promised_at else when
        stage.cards.append(_card(way, "initiative", row.id, row.title, note, f"/roadmap/initiatives/{row.id}"))
    if not stage.cards and way.of("request"):
        stage.cards.append(Card("", "Not on the roadmap", "no initiative answers it", "/roadmap", gap=True))
    return stage


def built(way: Way) -> Stage:
    """Work items and changes, counted, with what is still open."""
    items, changes = way.facts("work", "item_id", "work"), way.facts("changes", "change_id", "change")
    stage = Stage("built", TITLES["built"], _span(items))
    done = [row for row in items if row["done_at"]]
    if items or changes:
        parts = [count(len(items), "item"), count(len(changes), "change")]
        title = ", ".join(part for part in parts if not part.startswith("no "))
        days = sorted((row["done_at"] - row["started_at"]).total_seconds() / 86400 for row in done if row["started_at"])
        note = (
            f"{len(done)} of {len(items)} done" if items else f"{sum(bool(row['merged_at']) for row in changes)} merged"
        )
        if len(days) >= 5:
            from callsheet.stats.quantile import quantile

            note += f" · cycle 85%: {number(quantile(days, 0.85))} days"
        only = items[0]["item_id"] if len(items) == 1 else ""
        stage.cards.append(
            Card(f"work:{only}" if only else "", title, note, _items_href(way, only), focus=_focus(way, "work", only))
        )
    for row in [row for row in items if not row["done_at"]][:SHOWN]:
        owner = way.named({row["owner"]}) if row["owner"] else []
        note = " · ".join([row["state"] or row["category"] or "open", *owner])
        stage.cards.append(
            _card(
                way, "work", row["item_id"], row["title"] or row["item_id"], note, f"/delivery/items/{row['item_id']}"
            )
        )
    if not stage.cards and any(row.stage in ("now", "done") for row in way.initiatives):
        stage.cards.append(Card("", "No work linked", "nobody knows what is being built", gap=True))
    return stage


def _items_href(way: Way, only: str) -> str:
    if only:
        return f"/delivery/items/{only}"
    initiatives = way.of("initiative")
    return f"/delivery?tab=items&initiative={initiatives[0]}" if initiatives else "/delivery?tab=items"


def tried(way: Way) -> Stage:
    """Experiments."""
    stage = Stage("tried", TITLES["tried"])
    for key in way.of("experiment")[: SHOWN * 2]:
        row = way.reader.book.find(Experiment, key)
        if row is not None:
            verdict = (row.decision or row.state).replace("_", " ")
            stage.cards.append(_card(way, "experiment", key, row.title, verdict, f"/experiments/{key}"))
    stage.note = count(len(stage.cards), "experiment") if stage.cards else ""
    return stage


def released(way: Way) -> Stage:
    """Releases with their notes; incidents tied to them."""
    stage = Stage("released", TITLES["released"], short_day(way.released_at) if way.released_at else "")
    rows = sorted(way.facts("releases", "release_id", "release"), key=lambda row: row["released_at"] or datetime.max)
    for row in rows[: SHOWN * 2]:
        key = row["release_id"]
        note = f"released {short_day(row['released_at'])}"
        stage.cards.append(_card(way, "release", key, row["version"] or key, note, f"/releases/{key}"))
        kept = way.reader.book.find(Publication, key)
        if way.asked and (kept is None or kept.published_at is None):
            stage.cards.append(
                Card(
                    f"release:{key}",
                    "Notes not published",
                    "nobody has been told by them",
                    f"/releases/{key}?tab=notes",
                    gap=True,
                )
            )
    for row in way.facts("incidents", "incident_id", "incident")[:SHOWN]:
        stage.cards.append(
            _card(
                way,
                "incident",
                row["incident_id"],
                row["title"] or row["incident_id"],
                f"incident {short_day(row['started_at'])}",
                "/delivery?tab=incidents",
            )
        )
    if len(rows) > SHOWN * 2:
        stage.cards.append(Card("", f"{len(rows) - SHOWN * 2} more releases", ""))
    return stage


def used(way: Way) -> Stage:
    """Features and how they are used since."""
    stage = Stage("used", TITLES["used"])
    known = {}
    if way.reader.has("usage.adoption"):
        known = {row["feature"]: row for row in way.reader.report("usage.adoption").rows}
    for key in way.of("feature")[: SHOWN * 2]:
        row, adoption = way.reader.book.find(Feature, key), known.get(key)
        name = row.name if row else key
        stage.cards.append(_used_card(way, key, name, adoption))
        hours = adoption.get("first_use_hours") if adoption else None
        if hours is not None and not stage.note:
            stage.note = f"first use after {number(hours)} h"
    return stage


def _used_card(way: Way, key: str, name: str, adoption: dict[str, Any] | None) -> Card:
    href = f"/usage/features/{key}"
    if adoption is None or adoption.get("tried_share") is None:
        return _card(way, "feature", key, name, "no usage known", href)
    predicted = f" · predicted {adoption['predicted_share']:.0%}" if adoption.get("predicted_share") is not None else ""
    title = f"{name}: {adoption['tried_share']:.0%} of accounts"
    kept = f" · kept {adoption['kept']}" if adoption.get("kept") is not None else ""
    return _card(way, "feature", key, title, f"tried {adoption['tried']}{kept}{predicted}", href)


def told(way: Way) -> Stage:
    """Requesters who were told, and the gap."""
    stage = Stage("told", TITLES["told"])
    if way.start.kind == "delivery":
        one = way.reader.book.find(Delivery, way.start.id)
        if one is not None:
            stage.cards.append(
                _card(
                    way,
                    "delivery",
                    one.id,
                    one.subject,
                    f"{one.state} · {one.name or one.email}",
                    "/people?tab=deliveries",
                )
            )
    if not way.asked or not way.released_at:
        return stage
    done, missing = way.told, way.untold
    stage.note = f"{len(done)} of {len(way.asked)}"
    if done:
        read = sum(way.states[one.person_id].state == "read" for one in done)
        href = f"/people?tab=deliveries&q={way.of('release')[0]}" if way.of("release") else "/people?tab=deliveries"
        stage.cards.append(Card("", count(len(done), "requester"), f"{read} read" if read else "sent", href))
    if missing:
        held = sum(one.person_id in way.states for one in missing)
        stage.cards.append(
            Card("", f"{len(missing)} not told", f"{held} under way" if held else "notes are not published", gap=True)
        )
    return stage


def name_of(way: Way) -> str:
    """Return the title of the object where the trace began."""
    kind, key = way.start.kind, way.start.id
    if kind in RECORDS:
        record, column = RECORDS[kind]
        found: Any = way.reader.book.find(record, key)
        return str(getattr(found, column)) if found is not None else key
    if kind in TABLES:
        table, identity, title = TABLES[kind]
        rows = [row for row in way.facts(table, identity, kind) if row[identity] == key]
        return str(rows[0][title] or key) if rows else key
    return key


def _card(way: Way, kind: str, key: str, title: str, note: str, href: str) -> Card:
    return Card(f"{kind}:{key}", title, note, href, focus=_focus(way, kind, key))


def _focus(way: Way, kind: str, key: str) -> bool:
    return way.start.kind == kind and way.start.id == key


def _short(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "no words"
    return line if len(line) <= 60 else f"{line[:58]}…"


def _later(first: datetime | None, then: datetime | None) -> str:
    if first is None or then is None or then < first:
        return ""
    return f"{count((then - first).days, 'day')} later"


def _span(items: list[dict[str, Any]]) -> str:
    begins = [row["started_at"] for row in items if row["started_at"]]
    ends = [row["done_at"] for row in items if row["done_at"]]
    return f"over {count((max(ends) - min(begins)).days, 'day')}" if begins and ends and max(ends) > min(begins) else ""


COMPOSERS: dict[str, Callable[[Way], Stage]] = {
    "asked": asked, "decided": decided, "built": built, "tried": tried, "released": released, "used": used, "told": told,
}  # fmt: skip
