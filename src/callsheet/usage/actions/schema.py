"""What people say of events and their properties."""

from __future__ import annotations

from typing import Any

from callsheet.base.errors import BadInput
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.drift import STATES, TYPES
from callsheet.usage.records import EventNote, PropertyNote

MOST_TEXT = 2_000
_EVENT = frozenset({"owner", "description", "state"})
_PROPERTY = _EVENT | {"type"}


def describe_event(book: Book, event: str, actor: Actor, **changes: str) -> EventNote:
    """Say who owns an event, what it means and whether it is planned; it need not have been seen."""
    ref = Ref("event", event)
    require(actor, "describe_event", ref)
    checked = _checked(changes, _EVENT, event)
    note = book.find(EventNote, event) or EventNote(event=event, owner="", description="", state="", changed_by="")
    _write(book, note, checked, ref, actor)
    return note


def describe_property(book: Book, event: str, name: str, actor: Actor, **changes: str) -> PropertyNote:
    """The same for a property of an event, with the type that it should have."""
    ref = Ref("event", event)
    require(actor, "describe_event", ref)
    checked = _checked(changes, _PROPERTY, event, name)
    note = book.find(PropertyNote, (event, name)) or PropertyNote(
        event=event, property=name, owner="", description="", state="", type="", changed_by=""
    )
    _write(book, note, checked, ref, actor, property=name)
    return note


def _write(
    book: Book, note: EventNote | PropertyNote, checked: dict[str, str], ref: Ref, actor: Actor, **details: str
) -> None:
    before = {name: getattr(note, name) for name in checked if getattr(note, name) != checked[name]}
    if not before:
        return
    for name, value in checked.items():
        setattr(note, name, value)
    note.changed_at, note.changed_by = book.now, actor.id
    book.session.add(note)
    book.session.flush()
    book.log("event.described", ref, actor, before=before, after={name: checked[name] for name in before}, **details)


def _checked(given: dict[str, Any], names: frozenset[str], *keys: str) -> dict[str, str]:
    unknown = sorted(set(given) - names)
    if unknown:
        raise BadInput(f"There is no {', '.join(unknown)} to be said.", f"Say: {', '.join(sorted(names))}.")
    if any("\x00" in key for key in keys) or not keys[0]:
        raise BadInput("A name that is empty or holds a NUL cannot be described.", "Rename it by a rule.")
    told = {name: str(value).replace("\x00", "").strip() for name, value in given.items()}
    if told.get("state", "") not in STATES:
        raise BadInput(f"There is no state {told['state']!r}.", f"States: {', '.join(filter(None, STATES))}, or empty.")
    if told.get("type", "") not in ("", *TYPES):
        raise BadInput(f"There is no type {told['type']!r}.", f"Types: {', '.join(TYPES)}, or empty for any.")
    if any(len(value) > MOST_TEXT for value in told.values()):
        raise BadInput(f"That is too long: at most {MOST_TEXT:,} characters.")
    return told
