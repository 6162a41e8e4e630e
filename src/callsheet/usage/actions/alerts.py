"""What people decide about alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.actions import shelf
from callsheet.usage.questions import kinds
from callsheet.usage.questions.alerts import Watched, check
from callsheet.usage.records import Alert


def add_alert(book: Book, name: str, question: Any, watched: Any, actor: Actor, *, line: str = "") -> Alert:
    """Watch a line of a trend."""
    require(actor, "add_alert", Ref("alert", name or "new"))
    title = shelf.named(name, "alert")
    asked, rule = _checked(question, watched)
    key = shelf.key_for(book, Alert, title)
    row = Alert(
        id=key, name=title, line=line, question=asked, watched=rule, owner=actor.id, created_at=book.now,
        changed_at=book.now,
    )  # fmt: skip
    book.add(row)
    book.log("alert.added", Ref("alert", key), actor, name=title)
    return row


def change_alert(book: Book, alert_id: str, actor: Actor, **changes: Any) -> Alert:
    """Change the name, the line, the owner, the question or what is watched of it."""
    require(actor, "change_alert", Ref("alert", alert_id))
    row = shelf.live(book, Alert, alert_id, "alert")
    if "name" in changes:
        changes["name"] = shelf.named(changes["name"], "alert")
    if "question" in changes or "watched" in changes:
        asked, rule = _checked(changes.get("question", row.question), changes.get("watched", row.watched))
        changes |= {"question": asked, "watched": rule}
    return shelf.change(book, Alert, alert_id, "alert", actor, changes)


def snooze_alert(book: Book, alert_id: str, until: datetime, actor: Actor) -> Alert:
    """Keep an alert quiet until a moment; it is judged all the same."""
    require(actor, "snooze_alert", Ref("alert", alert_id))
    if until <= book.now:
        raise BadInput("The moment to snooze until has passed.", "Choose a later one.")
    row = shelf.live(book, Alert, alert_id, "alert")
    book.update(Alert, alert_id, snoozed_until=until)
    book.log("alert.snoozed", Ref("alert", alert_id), actor, until=until)
    return row


def wake_alert(book: Book, alert_id: str, actor: Actor) -> Alert:
    """End a snooze."""
    require(actor, "snooze_alert", Ref("alert", alert_id))
    row = shelf.live(book, Alert, alert_id, "alert")
    book.update(Alert, alert_id, snoozed_until=None)
    book.log("alert.woken", Ref("alert", alert_id), actor)
    return row


def _checked(question: Any, watched: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        rule = Watched.model_validate(watched)
    except ValidationError as why:
        raise BadInput(*kinds.wrong(why)) from why
    asked = kinds.parse(question)
    check(asked, rule)
    return kinds.plain(asked), rule.model_dump(mode="json")
