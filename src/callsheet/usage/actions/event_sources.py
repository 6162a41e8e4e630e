"""What people decide about sources of events and the rules on them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import new_id, slug_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.records import EventRule, EventSource
from callsheet.usage.wire.gathering import MOST_NAME
from callsheet.usage.wire.ruling import ACTIONS, OPS
from callsheet.usage.wire.webhook import FIELDS

KINDS = ("segment", "posthog", "webhook", "browser", "any")
MOST_OVERLAP = 365 * 24
DEFAULTS: dict[str, Any] = {"event": "*", "op": "set", "share": 1.0, "enabled": True}
_RESERVED = frozenset({"stream", "source"})
_NEEDS_TARGET = frozenset({"drop_property", "hash_property", "set_property"})
_SOURCE = frozenset({"name", "kind", "rate", "share", "product", "mapping"})
_RULE = frozenset({
    "position", "source", "event", "property", "op", "value", "action", "target", "argument", "share", "enabled",
    "reason",
})  # fmt: skip


def add_source(book: Book, name: str, actor: Actor, *, kind: str = "any", **details: Any) -> EventSource:
    """Let somewhere send events: with an id from its name, and a write key."""
    require(actor, "manage_sources", Ref("source", name))
    checked = _checked_source({"name": name, "kind": kind, "mapping": {}, **details})
    key = slug_id(name, lambda taken: taken in _RESERVED or book.exists(EventSource, taken))
    source = EventSource(
        id=key, write_key=_new_key(), state="active", created_at=book.now, created_by=actor.id, **checked
    )
    book.add(source)
    book.log("event_source.added", Ref("source", key), actor, name=source.name, kind=kind)
    return source


def change_source(book: Book, source_id: str, actor: Actor, **changes: Any) -> EventSource:
    """Change what is known of a source and its limits."""
    ref = Ref("source", source_id)
    require(actor, "manage_sources", ref)
    source = _present(book, source_id)
    checked = _checked_source(changes)
    before = {name: getattr(source, name) for name in checked if getattr(source, name) != checked[name]}
    if before:
        book.update(EventSource, source_id, **checked)
        book.log("event_source.changed", ref, actor, before=before, after={name: checked[name] for name in before})
    return source


def pause_source(book: Book, source_id: str, actor: Actor, reason: str = "") -> EventSource:
    """Take no events of a source for the time being; each is refused and can be tried again."""
    return _turn(book, source_id, actor, "paused", reason)


def resume_source(book: Book, source_id: str, actor: Actor) -> EventSource:
    """Take events of a paused source again."""
    return _turn(book, source_id, actor, "active", "")


def _turn(book: Book, source_id: str, actor: Actor, state: str, reason: str) -> EventSource:
    ref = Ref("source", source_id)
    require(actor, "manage_sources", ref)
    source = _present(book, source_id)
    if source.state == state:
        raise Conflict(f"{source.name} is {state} already.")
    source.state = state
    book.log("event_source.paused" if state == "paused" else "event_source.resumed", ref, actor, reason=reason)
    return source


def rotate_key(book: Book, source_id: str, actor: Actor, overlap_hours: float = 168) -> EventSource:
    """Give a source a new write key; the present one is taken for `overlap_hours` more (0: not any more)."""
    ref = Ref("source", source_id)
    require(actor, "manage_sources", ref)
    source = _present(book, source_id)
    if not 0 <= overlap_hours <= MOST_OVERLAP:
        raise BadInput(f"The old key may be taken for 0 to {MOST_OVERLAP} hours more.")
    source.old_key = source.write_key if overlap_hours else ""
    source.old_key_until = book.now + timedelta(hours=overlap_hours) if overlap_hours else None
    source.write_key = _new_key()
    book.session.flush()
    book.log("event_source.key_rotated", ref, actor, overlap_hours=overlap_hours)
    return source


def remove_source(book: Book, source_id: str, actor: Actor, reason: str) -> EventSource:
    """Take no events of a source any more; what it sent stays."""
    ref = Ref("source", source_id)
    require(actor, "manage_sources", ref)
    if not reason.strip():
        raise BadInput("Removing a source needs a reason.", "Say why in a few words; it is kept.")
    source = _present(book, source_id)
    source.removed_at = book.now
    book.log("event_source.removed", ref, actor, reason=reason.strip())
    return source


def add_rule(book: Book, actor: Actor, **details: Any) -> EventRule:
    """Rule something of events on their way in; it holds from a second later."""
    require(actor, "manage_sources", Ref("setting", "event-rules"))
    checked = _checked_rule(book, {**DEFAULTS, **details})
    if "position" not in checked:
        checked["position"] = 1 + int(book.session.scalar(select(func.max(EventRule.position))) or 0)
    rule = EventRule(id=new_id("rule"), salt=secrets.token_hex(16), created_at=book.now, created_by=actor.id, **checked)
    book.add(rule)
    book.log("event_rule.added", Ref("setting", rule.id), actor, **checked)
    return rule


def change_rule(book: Book, rule_id: str, actor: Actor, **changes: Any) -> EventRule:
    """Change a rule, its place, or whether it holds."""
    ref = Ref("setting", rule_id)
    require(actor, "manage_sources", ref)
    rule = book.get(EventRule, rule_id)
    checked = _checked_rule(book, {**{name: getattr(rule, name) for name in _RULE}, **changes})
    before = {name: getattr(rule, name) for name in checked if getattr(rule, name) != checked[name]}
    if before:
        book.update(EventRule, rule_id, **checked)
        book.log("event_rule.changed", ref, actor, before=before, after={name: checked[name] for name in before})
    return rule


def order_rules(book: Book, rule_ids: list[str], actor: Actor) -> None:
    """Let the rules be gone through in this order; those not named come after, as they were."""
    ref = Ref("setting", "event-rules")
    require(actor, "manage_sources", ref)
    rules = {rule.id: rule for rule in book.all(select(EventRule).order_by(EventRule.position, EventRule.id))}
    unknown = [one for one in rule_ids if one not in rules]
    if unknown or len(set(rule_ids)) != len(rule_ids):
        raise BadInput("That is no order of the rules.", "Name each rule once; a reload shows those there are.")
    before = list(rules)
    after = [*rule_ids, *(one for one in rules if one not in rule_ids)]
    if after != before:
        for position, rule_id in enumerate(after, start=1):
            rules[rule_id].position = position
        book.session.flush()
        book.log("event_rule.reordered", ref, actor, before=before, after=after)


def checked_rule(book: Book, details: dict[str, Any]) -> dict[str, Any]:
    """Return what a rule would be made of; BadInput where it could not be made."""
    return _checked_rule(book, {**DEFAULTS, **details})


def remove_rule(book: Book, rule_id: str, actor: Actor) -> None:
    """Let a rule hold no more. What it did stays counted."""
    ref = Ref("setting", rule_id)
    require(actor, "manage_sources", ref)
    rule = book.get(EventRule, rule_id)
    book.log("event_rule.removed", ref, actor, rule={name: getattr(rule, name) for name in _RULE})
    book.remove(rule)


def _present(book: Book, source_id: str) -> EventSource:
    source = book.get(EventSource, source_id)
    if source.removed_at is not None:
        raise Conflict(f"{source.name} was removed.", "Add a new source; what this one sent is still there.")
    return source


def _new_key() -> str:
    return f"wk_{secrets.token_urlsafe(24)}"


def _checked_source(given: dict[str, Any]) -> dict[str, Any]:
    _known(given, _SOURCE, "source")
    if "name" in given:
        given = {**given, "name": str(given["name"]).strip()}
        if not given["name"]:
            raise BadInput("A source needs a name.")
    if given.get("kind", "any") not in KINDS:
        raise BadInput(f"There is no kind of source {given['kind']!r}.", f"Kinds: {', '.join(KINDS)}.")
    if not 0 <= given.get("rate", 0.0) <= 1_000_000:
        raise BadInput("The most events a second lie between 0 (no limit) and 1,000,000.")
    _check_share(given)
    unknown = sorted(set(given.get("mapping") or {}) - set(FIELDS))
    if unknown:
        raise BadInput(f"A mapping has no {', '.join(unknown)}.", f"It may name: {', '.join(FIELDS)}.")
    return given


def _check_share(given: dict[str, Any]) -> None:
    if not 0 <= given.get("share", 1.0) <= 1:
        raise BadInput("The share of persons that is kept lies between 0 and 1.")


def _known(given: dict[str, Any], names: frozenset[str], what: str) -> None:
    unknown = sorted(set(given) - names)
    if unknown:
        raise BadInput(f"A {what} has no {', '.join(unknown)}.", f"It has: {', '.join(sorted(names))}.")


def _checked_rule(book: Book, given: dict[str, Any]) -> dict[str, Any]:
    _known(given, _RULE, "rule")
    action = given.get("action")
    if action not in ACTIONS:
        raise BadInput(f"There is no action {action!r}.", f"Actions: {', '.join(ACTIONS)}.")
    if given.get("op", "set") not in OPS:
        raise BadInput(f"There is no condition {given['op']!r}.", f"Conditions: {', '.join(OPS)}.")
    if not str(given.get("reason", "")).strip():
        raise BadInput("A rule needs a reason.", "Say why in a few words; whoever misses the events will look for it.")
    if action in _NEEDS_TARGET and not given.get("target"):
        raise BadInput(f"{action} needs a target: the name of the property.")
    argument = given.get("argument")
    renamed = isinstance(argument, str) and 0 < len(argument.strip()) <= MOST_NAME and "\x00" not in argument
    if action == "rename" and not renamed:
        raise BadInput(f"A new name has 1 to {MOST_NAME} characters.", "Give it as the argument.")
    _check_share(given)
    if given.get("source"):
        _present(book, given["source"])
    return given
