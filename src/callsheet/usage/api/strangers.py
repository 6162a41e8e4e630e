"""What of an answer may be shown to strangers: no persons, and no customers unless whoever shares says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ibis
import numpy as np

from callsheet.base.errors import BadInput, Conflict
from callsheet.model.erasing import names_person
from callsheet.usage.api.hiding import HIDDEN, parts, patterns
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import Asked, Clean
from callsheet.usage.questions.paths_names import renamed

SHOWN = frozenset({
    "event", "feature", "source", "product", "cohort", "person.segment", "person.role", "account.segment", "account.plan",
    *(f"properties.${name}" for name in (
        "browser", "browser_version", "os", "os_version", "device_type", "lib", "lib_version", "app_version",
        "geoip_country_code", "geoip_country_name", "locale",
    )),
})  # fmt: skip
"""Fields whose values name nobody: the breakdowns that any link shows."""
REVENUE = "account.revenue"
_CONTACT = re.compile(r"\$?(.*[_ -])?(e-?mail|mail|phone|mobile|ip|address|(first|last|full|nick|sur)_?name)|\$?name")
_MAIL = r"[A-Za-z0-9._+%-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_ADDRESS = re.compile(_MAIL)
_ROUNDS = 5


def personal(field: str) -> bool:
    """Whether the values of a field are persons, or say how to reach them: such a field is shown by no link."""
    kind, _, name = field.rpartition(".")
    if field.startswith("person."):
        return field not in SHOWN
    return names_person(field) or (kind != "account" and _CONTACT.fullmatch(name.lower()) is not None)


def may_show(fields: Iterable[str]) -> list[str]:
    """Return the fields that somebody lets a link show beside SHOWN; BadInput for one that tells of persons."""
    given = list(dict.fromkeys(fields))
    for field in given:
        if personal(field):
            raise BadInput(f"{field} tells of persons, so a link never shows it.", "Leave it out of the fields.")
    return given


def divided_by(question: Asked) -> list[str]:
    """Return the fields that an answer is divided by and that no link shows by itself."""
    asked = (question.breakdown.by, *question.breakdown.also) if question.breakdown else ()
    return [field for field in dict.fromkeys(asked) if field not in SHOWN]


def check(question: Asked, fields: Iterable[str]) -> None:
    """Raise Conflict when an answer would show values of a field that strangers may not see."""
    for field in divided_by(question):
        if personal(field):
            raise Conflict("This report names persons, so it is not shown here.", "Ask whoever gave you the link.")
        if field not in fields:
            raise Conflict(
                "This report is divided by a field that may name customers, so it is not shown here.",
                "Whoever shares it can name the field in the link.",
            )


def for_strangers(asking: Asking, question: Asked) -> Asked:
    """Return the question as it is asked for strangers: names of stops on paths, of events and of what is counted are
    without addresses and ids."""
    question = _relabelled(asking, question)
    by = question.breakdown
    if kinds.kind_of(question) == "paths":
        return _cleaned(asking, question, getattr(question, "clean", ()), lambda rules: {"clean": rules})
    if by is not None and any(
        one == "event" and not bins for one, bins in zip((by.by, *by.also), by.every_bins, strict=True)
    ):
        return _cleaned(asking, question, by.clean, lambda rules: {"breakdown": by.model_copy(update={"clean": rules})})
    return question


def _cleaned(
    asking: Asking, question: Asked, clean: tuple[Clean, ...], by: Callable[[tuple[Clean, ...]], dict[str, Any]]
) -> Asked:
    """Return the question with rules (`by` puts them into it) that take out of its answer's names what tells of persons."""
    rules: tuple[Clean, ...] = (Clean(pattern=_MAIL, by=HIDDEN), *clean)
    known = dict[str, bool]()
    for _ in range(_ROUNDS):  # what is hidden may make room for others
        told = question.model_copy(update=by(rules))
        found = _rules(asking, _names(asking.answer(told).model_dump(mode="json")), known)
        if not found:
            return told
        rules += found
    raise Conflict(
        "The names in this report tell of persons, so they are not shown here.", "Ask whoever gave you the link."
    )


def _relabelled(asking: Asking, question: Asked) -> Asked:
    """Return the question with labels of its series, steps and formulas that hide ids of persons."""
    changed: dict[str, Any] = {}
    for field in ("series", "steps"):
        marks = getattr(question, field, None)
        if not isinstance(marks, tuple):
            continue
        names = [one.label or ", ".join(one.events) for one in marks]
        changed[field] = tuple(
            one if name == shown else one.model_copy(update={"label": shown})
            for one, name, shown in zip(marks, names, _discreet(asking, names), strict=True)
        )
    if formulas := [text.rpartition("=") for text in getattr(question, "formulas", ())]:
        called = _discreet(asking, [name for name, _, _ in formulas])
        changed["formulas"] = tuple(f"{name}{told[1]}{told[2]}" for name, told in zip(called, formulas, strict=True))
    return question.model_copy(update=changed) if changed else question


def _discreet(asking: Asking, names: list[str]) -> list[str]:
    """Return names without the ids of persons in them."""
    rules = _rules(asking, names, {})
    places, called = renamed(np.arange(len(names), dtype=np.int32), names, rules * 2, ())
    return [called[place] for place in places]


def discreet(answered: dict[str, Any] | None, fields: Iterable[str]) -> Any:
    """Return an answer as JSON has it, with its table, without what adoption tells of members and of customers' money."""
    hidden = {"owner", "by"} | (set() if REVENUE in fields else {"revenue_could_use", "revenue_tried", "revenue_kept"})
    return _without(answered, hidden) if answered and answered["kind"] == "adoption" else answered


def _without(value: Any, hidden: set[str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(one, hidden) if key not in hidden else "" if one.__class__ is str else None
            for key, one in value.items()
        }
    return [_without(one, hidden) for one in value] if isinstance(value, list) else value


def masked(value: Any) -> Any:
    """Return a value as JSON has it, with what looks like a mail address hidden."""
    if isinstance(value, str):
        return _ADDRESS.sub(HIDDEN, value)
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, dict):
        return {masked(name): masked(one) for name, one in value.items()}
    return value


def _rules(asking: Asking, names: Iterable[str], known: dict[str, bool]) -> tuple[Clean, ...]:
    """Return what hides the ids of persons in names; `known` keeps what was looked up."""
    said = {part: word for name in names for part, word in parts(name).items()}
    fresh = sorted({*said, *said.values()} - known.keys())
    persons = _persons(asking, fresh) if fresh else set()
    known.update((word, word in persons) for word in fresh)
    found = [part for part, word in said.items() if known[part] or known[word]]
    return tuple(Clean.model_construct(pattern=one, by=rf"\1{HIDDEN}\2") for one in patterns(found))


def _names(value: Any) -> Iterator[str]:
    """Yield all names of stops and of lines of a breakdown."""
    if isinstance(value, dict):
        yield from (value[key] for key in ("name", "group") if isinstance(value.get(key), str))
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _names(one)


def _persons(asking: Asking, words: list[str]) -> set[str]:
    """Return which words are ids of persons. They are given as one text, which any engine reads at once."""
    facts = asking.workspace.facts
    given = (
        ibis.literal("\n".join(word for word in words if "\n" not in word)).split("\n").unnest().name("word").as_table()
    )
    known: set[str] = set()
    for table, column in (("events", "distinct_id"), ("events", "person_id"), ("persons", "person_id")):
        rows = facts.tables()[table]
        found = rows.semi_join(given, rows[column] == given.word).select(column).distinct()
        known.update(facts.run(found)[column].to_pylist())
    return known - {""}
