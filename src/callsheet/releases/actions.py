"""What people do with releases: write notes, check lines off, publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import new_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.releases import rules
from callsheet.releases.records import ChecklistItem, Publication
from callsheet.store.book import Book
from callsheet.store.permissions import require

LONGEST_NOTES = 50_000


def _publication(book: Book, release_id: str) -> Publication:
    found = book.find(Publication, release_id)
    return found or book.add(Publication(release_id=release_id, tier=3, notes={}, predicted={}))


def require_writer(actor: Actor, release_id: str) -> None:
    """Raise NotAllowed unless the actor may write about a release."""
    require(actor, "write_notes", Ref("release", release_id))


def checklist(book: Book, release_id: str) -> list[ChecklistItem]:
    """Return the lines of a release's checklist, by due date."""
    query = select(ChecklistItem).where(ChecklistItem.release_id == release_id)
    return book.all(query.order_by(ChecklistItem.position))


def draft_notes(
    book: Book, release_id: str, title: str, items: Iterable[Mapping[str, Any]], actor: Actor
) -> Publication:
    """Compose notes for each audience from the release's items, for a person to edit.

    What was written already stays: only audiences without notes get a draft.
    """
    require(actor, "write_notes", Ref("release", release_id))
    found = _publication(book, release_id)
    fresh = rules.draft(title, items)
    if not any(fresh.values()):
        raise Conflict(
            f"Nothing is known of what release {release_id} contains.",
            "Import its changelog or its merged changes, or write the notes yourself.",
        )
    kept = {audience: text for audience, text in found.notes.items() if text.strip()}
    return _write(book, found, fresh | kept, title if not found.title else found.title, "release.notes_drafted", actor)


def write_notes(book: Book, release_id: str, notes: Mapping[str, str], actor: Actor, title: str = "") -> Publication:
    """Keep the notes as a person wrote them; audiences that are not given keep theirs."""
    require(actor, "write_notes", Ref("release", release_id))
    unknown = [audience for audience in notes if audience not in rules.AUDIENCES]
    if unknown:
        raise BadInput(f"There is no audience {unknown[0]!r}.", f"Use {', '.join(rules.AUDIENCES)}.")
    if any(len(text) > LONGEST_NOTES for text in notes.values()):
        raise BadInput(f"Notes are longer than {LONGEST_NOTES:,} characters.", "Shorten them; link to the details.")
    found = _publication(book, release_id)
    merged = found.notes | dict(notes)
    if found.published_at and not merged.get("customers", "").strip():
        raise Conflict("Published notes cannot be emptied.", "Take the publication back first.")
    return _write(book, found, merged, title.strip() or found.title, "release.notes_written", actor)


def _write(book: Book, found: Publication, notes: dict[str, str], title: str, verb: str, actor: Actor) -> Publication:
    found.notes, found.title = notes, title
    found.written_at, found.written_by, found.reviewed_by = book.now, actor.name, ""
    audiences = [audience for audience in rules.AUDIENCES if notes.get(audience)]
    book.log(verb, Ref("release", found.release_id), actor, audiences=audiences)
    return found


def publish(book: Book, release_id: str, actor: Actor, note: str = "") -> Publication:
    """Say that a release is out and its notes hold. Requesters and subscribers are told as a consequence.

    Needs notes for customers, unless the release is silent (tier 4). A major release with open lines
    needs a `note` that says why it goes out anyway; the note is kept in the log as the go decision.
    """
    require(actor, "publish", Ref("release", release_id))
    found = _publication(book, release_id)
    if found.published_at:
        raise Conflict(f"Release {release_id} was published on {found.published_at:%d %B %Y}.", "Reload to see it.")
    if found.tier < 4 and not found.notes.get("customers", "").strip():
        raise Conflict(f"Release {release_id} has no notes for customers.", "Draft them, read them, then publish.")
    done, total = ready(book, release_id)
    if found.tier == 1 and done < total and not note.strip():
        raise Conflict(
            f"{total - done} of {total} lines of this major release are open.",
            "Finish them, or give a note that says why it goes out anyway.",
        )
    found.published_at, found.published_by, found.note = book.now, actor.name, note.strip()
    found.reviewed_by = actor.name if actor.name != found.written_by else ""
    book.log(
        "release.published", Ref("release", release_id), actor, title=found.title, tier=found.tier, ready=done,
        of=total, note=found.note,
    )  # fmt: skip
    return found


def unpublish(book: Book, release_id: str, actor: Actor) -> Publication:
    """Take a publication back: the notes leave feeds and pages. Mail that went out stays sent."""
    require(actor, "publish", Ref("release", release_id))
    found = book.get(Publication, release_id)
    if not found.published_at:
        raise Conflict(f"Release {release_id} is not published.", "Reload to see its state.")
    before, found.published_at, found.published_by = found.published_at, None, ""
    book.log("release.unpublished", Ref("release", release_id), actor, published_at=before)
    return found


def ready(book: Book, release_id: str) -> tuple[int, int]:
    """Return how many lines of the checklist count as done, and how many there are."""
    found = book.find(Publication, release_id)
    lines = checklist(book, release_id)
    tier = found.tier if found else 3
    green = [rules.is_green(tier, line.done_at, line.evidence, line.checked_by) for line in lines]
    return sum(green), len(lines)


def set_tier(
    book: Book, release_id: str, tier: int, released_at: datetime, actor: Actor, owner: str = ""
) -> Publication:
    """Give a release its tier and the checklist that goes with it; what was done already is kept."""
    require(actor, "set_tier", Ref("release", release_id))
    wanted = rules.steps(tier)
    found = _publication(book, release_id)
    before, found.tier = found.tier, tier
    lines = {line.title: line for line in checklist(book, release_id)}
    for line in lines.values():
        if line.done_at is None and line.title not in {step.title for step in wanted}:
            book.remove(line)
    for position, step in enumerate(wanted):
        if step.title in lines:
            lines[step.title].position = position
            continue
        book.add(ChecklistItem(
            id=new_id("chk"), release_id=release_id, position=position, track=step.track, title=step.title,
            owner=owner, due_at=released_at + timedelta(days=step.days), evidence="", done_by="", checked_by="",
        ))  # fmt: skip
    book.log("release.tier_set", Ref("release", release_id), actor, before=before, tier=tier)
    return found


def check_item(book: Book, item_id: str, evidence: str, actor: Actor) -> ChecklistItem:
    """Call a line done, with evidence that others can look at."""
    require(actor, "check_item", Ref("release", item_id))
    line = book.get(ChecklistItem, item_id)
    line.evidence = rules.check_evidence(evidence)
    line.done_at, line.done_by, line.checked_by = book.now, actor.name, ""
    book.log("release.item_checked", Ref("release", line.release_id), actor, line=line.title, evidence=line.evidence)
    return line


def confirm_item(book: Book, item_id: str, actor: Actor) -> ChecklistItem:
    """Confirm as a second person that a line is done."""
    require(actor, "check_item", Ref("release", item_id))
    line = book.get(ChecklistItem, item_id)
    if line.done_at is None:
        raise Conflict("This line is not done yet.", "It needs evidence first.")
    if line.done_by == actor.name:
        raise Conflict("A second person has to confirm it.", "Ask a colleague to look at the evidence.")
    line.checked_by = actor.name
    book.log("release.item_confirmed", Ref("release", line.release_id), actor, line=line.title)
    return line


def open_item(book: Book, item_id: str, actor: Actor) -> ChecklistItem:
    """Call a line open again; its evidence stays readable in the log."""
    require(actor, "check_item", Ref("release", item_id))
    line = book.get(ChecklistItem, item_id)
    before, line.done_at, line.evidence, line.done_by, line.checked_by = line.evidence, None, "", "", ""
    book.log("release.item_opened", Ref("release", line.release_id), actor, line=line.title, evidence=before)
    return line


def predict(book: Book, release_id: str, metric: str, low: float, high: float, days: int, actor: Actor) -> Publication:
    """Write down what the release is expected to bring, before it is known."""
    require(actor, "predict", Ref("release", release_id))
    if not metric.strip() or low > high or days < 1:
        raise BadInput("A prediction names a metric, a range from low to high, and days from 1.")
    found = _publication(book, release_id)
    if found.published_at:
        raise Conflict(f"Release {release_id} is out already.", "Predictions are made before a release.")
    found.predicted = {"metric": metric.strip(), "low": low, "high": high, "days": days}
    book.log("release.predicted", Ref("release", release_id), actor, **found.predicted)
    return found
