"""Conditions of questions as the histories take them: cohorts and sessions become lists of ids, moments told from now
become moments, and conditions of which one suffices become lists of plain ones."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.base.errors import BadInput
from callsheet.base.relative import relative
from callsheet.model.history import Either, Mark, Where
from callsheet.store.histories.alternatives import Lists, combined
from callsheet.usage.questions import visits
from callsheet.usage.questions.common import DATED, Desk, Series, WhereIn


def wheres(given: Iterable[WhereIn], desk: Desk) -> tuple[Where, ...]:
    """Return conditions as the histories take them."""
    found = list[Where]()
    for one in given:
        lists = _lists(one, desk)
        found += lists[0] if len(lists) == 1 else (Either(of=lists),)
    return tuple(found)


def mark(series: Series, desk: Desk) -> Mark:
    """Return a series as the histories take it."""
    return Mark(series.events, wheres(series.where, desk))


def _lists(one: WhereIn, desk: Desk) -> Lists:
    """Return lists of plain conditions, of which one has to hold."""
    if one.field == "all":
        return combined(_lists(part, desk) for part in one.of)
    if one.field == "any":
        return tuple(dict.fromkeys(each for part in one.of for each in _lists(part, desk)))
    return ((_plain(one, desk),),)


def _plain(one: WhereIn, desk: Desk) -> Where:
    if one.field == "cohort":
        return _in_cohorts(one, desk)
    where = Where(one.field, one.op, _dated(one, desk) if one.op in DATED else one.values)
    return visits.condition(where, desk) if one.field.startswith(visits.PREFIX) else where


def _dated(one: WhereIn, desk: Desk) -> tuple[str | float | bool, ...]:
    """Return the moment of a condition, also where it is told from now, and the zone of its clock."""
    if len(one.values) != 1:
        raise BadInput(f"`{one.op}` takes 1 value(s), {len(one.values)} given ({one.field}).")
    value = one.values[0]
    told = relative(value, desk.now, desk.zone) if isinstance(value, str) else None
    return value if told is None else f"{told.isoformat()}Z", desk.zone


def _in_cohorts(one: WhereIn, desk: Desk) -> Where:
    keys = [str(key) for key in one.values]
    if one.op not in ("is", "is_not") or not keys:
        raise BadInput("A condition on cohorts says which they are.", "Use `is` or `is_not` with ids of cohorts.")
    units = {desk.cohort_unit(key) for key in keys}
    if len(units) > 1:
        raise BadInput("A condition names cohorts of persons and of accounts.", "Make two conditions of it.")
    ids = tuple(dict.fromkeys(unit for key in keys for unit in desk.cohort(key)))
    return Where("account_id" if units == {"account"} else "person_id", one.op, ids)
