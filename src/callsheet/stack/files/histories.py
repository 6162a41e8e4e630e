"""Files that say how people or accounts were over time: a row says of one of them what was so from a moment on. Pure.

Such a row becomes an event that only tells something: it is nobody's activity, and its cells become traits with their
own time, as those of clients do. An import undone takes them along.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.stack.files.exports import SYNONYMS
from callsheet.stack.files.mapping import plain

KINDS = ("person_history", "account_history")
SINCE = ("since", "sinceat", "validfrom", "effectivefrom", "effectiveat", "effectivedate", "asof")
"""Names of a column that make a file a history, if it has an id and something to tell as well."""
_TOLD: dict[str, tuple[str, ...]] = {
    "account_history": ("plan", "revenue", "arr", "mrr", "segment", "owner", "tier"),
    "person_history": ("role", "segment", "email", "jobtitle", "plan"),
}
_EVENT = {"account_history": ("$groupidentify", "$group_set"), "person_history": ("$set", "$set")}
_IDS = {"account_history": SYNONYMS["account_id"], "person_history": ("distinctid", *SYNONYMS["person_id"])}


@dataclass(frozen=True, slots=True)
class Told:
    """A file of this kind, in words for a person, with its map."""

    kind: str
    title: str
    map: dict[str, Any]


def propose(columns: list[str], kind: str = "") -> Told | None:
    """Return the map of a history; None when the columns are none. BadInput when one was asked for and cannot be."""
    names = {plain(column): column for column in reversed(columns)}
    if kind in KINDS:
        return _told(kind, names, (*SINCE, "from", *SYNONYMS["occurred_at"]), True)
    if kind or "event" in names or not any(one in names for one in SINCE):
        return None
    found = (_told(one, names, SINCE, False) for one in reversed(KINDS))
    return next((one for one in found if one is not None), None)


def _told(kind: str, names: dict[str, str], times: tuple[str, ...], wanted: bool) -> Told | None:
    whom = next((one for one in _IDS[kind] if one in names), "")
    since = next((one for one in times if one in names and one != whom), "")
    rest = [column for name, column in names.items() if name not in (whom, since)]
    if not wanted and not (whom and since and any(one in names for one in _TOLD[kind])):
        return None
    lacking = [what for what, there in (("an id", whom), ("a moment", since), ("a trait", rest)) if not there]
    if lacking:
        raise BadInput(
            f"No column of the file looks like {' and '.join(lacking)}; its columns are {', '.join(names.values())}.",
            "A history has an id (account_id or person_id), since, and what was so from then on, e.g. plan, owner.",
        )
    event, under = _EVENT[kind]
    properties: dict[str, Any] = {"pack": sorted(rest), "under": under}
    found = {
        "table": "events", "event": f"={event}", "occurred_at": names[since],
        "event_id": f"{kind}-{{{names[whom]}}}-{{{names[since]}}}", "properties": properties,
    }  # fmt: skip
    if kind == "person_history":
        return Told(kind, "What people were over time", found | {"distinct_id": names[whom]})
    properties["beside"] = {"$group_key": names[whom]}
    return Told(kind, "What accounts were over time", found)
