"""What people ruled of events on their way in: kept out, renamed, stripped of a property, or sampled."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from typing import Any

from callsheet.usage.wire.ids import text_of

ACTIONS = ("block", "rename", "drop_property", "hash_property", "set_property", "sample")
OPS = ("is", "is_not", "contains", "not_contains", "set", "not_set")
_MOST_NAMES = 10_000
_WHOLE = float(2**64)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `event` is a name or a pattern with `*` and `?`; with a `property`, its value must satisfy `op`.

    `target` is the property that is dropped, hashed or set (`$set.email` for one inside of another), `argument` the
    new name or the new value, `share` (0 to 1) how many persons are kept by a sample. `salt` keeps hashes from
    being looked up elsewhere.
    """

    id: str
    action: str
    event: str = "*"
    property: str = ""
    op: str = "set"
    value: str = ""
    target: str = ""
    argument: Any = None
    share: float = 1.0
    salt: str = ""


@dataclass(slots=True)
class Ruled:
    """An event under rules: its name and properties may change; `aside` says which rule kept it out."""

    name: str
    distinct_id: str
    properties: dict[str, Any]
    aside: str = ""


class Ruling:
    """The rules of one source, in order. `share` is the part of persons that the source as a whole keeps. `touched`
    counts the events that each rule changed or kept out, by its id; several sources may count into one."""

    def __init__(self, rules: tuple[Rule, ...] = (), share: float = 1.0, touched: Counter[str] | None = None) -> None:
        self.touched: Counter[str] = Counter() if touched is None else touched
        own = (Rule("source", "sample", share=share),) if share < 1 else ()
        self.rules = tuple((re.compile(translate(rule.event)), rule) for rule in (*rules, *own))
        self._by_name: dict[str, tuple[Rule, ...]] = {}

    def touches(self, name: str) -> bool:
        """Whether any rule may concern events of this name."""
        return bool(self.rules and self._of(name))

    def apply(self, event: Ruled) -> None:
        """Go through the rules; a renamed event meets the later rules under its new name."""
        for pattern, rule in self.rules:
            if pattern.match(event.name) and _holds(rule, event.properties) and _DOES[rule.action](rule, event):
                self.touched[rule.id] += 1
            if event.aside:
                return

    def _of(self, name: str) -> tuple[Rule, ...]:
        known = self._by_name.get(name)
        if known is None:
            if len(self._by_name) >= _MOST_NAMES:
                self._by_name.clear()
            known = tuple(rule for pattern, rule in self.rules if pattern.match(name))
            self._by_name[name] = known
        return known


def _holds(rule: Rule, properties: dict[str, Any]) -> bool:
    if not rule.property:
        return True
    held, key = _inside(properties, rule.property)
    value = held.get(key)
    if rule.op in ("set", "not_set"):
        return (value is not None) == (rule.op == "set")
    told = "" if value is None else text_of(value)
    if rule.op in ("is", "is_not"):
        return (value is not None and told == rule.value) == (rule.op == "is")
    return (rule.value.lower() in told.lower()) == (rule.op == "contains")


def _inside(properties: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """Return the object that holds a property, and its name there; dots lead into objects."""
    if path in properties or "." not in path:
        return properties, path
    first, _, rest = path.partition(".")
    held = properties.get(first)
    return _inside(held, rest) if isinstance(held, dict) else ({}, path)


def _block(rule: Rule, event: Ruled) -> bool:
    event.aside = f"blocked:{rule.id}"
    return True


def _rename(rule: Rule, event: Ruled) -> bool:
    event.name = str(rule.argument)
    return True


def _drop(rule: Rule, event: Ruled) -> bool:
    held, key = _inside(event.properties, rule.target)
    there = key in held
    held.pop(key, None)
    return there


def _hash(rule: Rule, event: Ruled) -> bool:
    held, key = _inside(event.properties, rule.target)
    if held.get(key) is None:
        return False
    told = text_of(held[key]).encode()
    held[key] = hmac.new(rule.salt.encode(), told, hashlib.sha256).hexdigest()[:32]
    return True


def _set(rule: Rule, event: Ruled) -> bool:
    event.properties[rule.target] = rule.argument
    return True


def _sample(rule: Rule, event: Ruled) -> bool:
    if person_place(event.distinct_id) < rule.share:
        return False
    event.aside = f"sampled:{rule.id}"
    return True


_DOES: dict[str, Callable[[Rule, Ruled], bool]] = {
    "block": _block, "rename": _rename, "drop_property": _drop, "hash_property": _hash, "set_property": _set,
    "sample": _sample,
}  # fmt: skip
"""What each action does; whether it did anything to the event."""


def person_place(distinct_id: str) -> float:
    """Return a person's fixed place in [0, 1): a sample of a smaller share is part of that of a larger one."""
    return int.from_bytes(hashlib.sha256(distinct_id.encode()).digest()[:8], "big") / _WHOLE
