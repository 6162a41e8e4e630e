"""Recognise what a file holds from its columns, and propose a mapping. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.stack.files import histories
from callsheet.stack.files.exports import SHAPES, STATES, SYNONYMS, Maps
from callsheet.stack.files.mapping import OPTIONS, plain
from callsheet.store.schema import MOMENT, TABLES

GUESSED = ("work", "changes", "commits", "releases", "incidents", "deployments", "transitions", "events", "exposures",
           "feedback", "accounts", "persons", "components", "notices", "measures")  # fmt: skip
_TELLING = {
    "work": ("assignee", "issuetype", "duedate", "storypoints", "priority", "epic", "sprint"),
    "changes": ("mergedat", "merged", "pullrequest", "pr", "reviewers"),
    "commits": ("sha", "hash", "commit", "committedat"), "releases": ("tag", "releasedat", "releasedate"),
    "incidents": ("severity", "incident", "resolvedat"), "deployments": ("environment", "env", "deployedat"),
    "transitions": ("fromstate", "tostate", "oldstatus", "newstatus"), "events": ("event", "eventname"),
    "exposures": ("variant", "variation", "arm"),
    "feedback": ("votes", "rating", "review", "details", "comment"),
    "accounts": ("plan", "arr", "mrr", "segment", "domain", "company"),
    "persons": ("email", "fullname", "jobtitle"), "components": ("component",),
    "notices": ("published", "publishedat"), "measures": ("installs", "downloads", "count"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file seems to hold. `recognised` are words for a person, empty for a mere guess."""

    kind: str
    recognised: str
    maps: Maps


def kinds() -> list[str]:
    """Return everything that `--as` takes: known exports, then fact tables, then traits over time."""
    return [shape.kind for shape in SHAPES] + ["changelog", *TABLES, *histories.KINDS]


def propose(columns: list[str], kind: str = "", name: str = "") -> Proposal:
    """Return a proposal for these columns; `kind` names an export or a table, else it is found out."""
    if kind and kind not in kinds():
        raise BadInput(f"There is no kind {kind!r} of import.", f"Kinds: {', '.join(kinds())}.")
    have = {plain(column) for column in columns}
    for shape in SHAPES:
        if shape.kind == kind or (not kind and all(plain(need) in have for need in shape.needs)):
            return Proposal(shape.kind, shape.title, [_present(one, columns) for one in shape.maps])
    if kind in TABLES:
        return Proposal(kind, "", [guess(kind, columns)])
    told = histories.propose(columns, kind)
    if told is not None:
        return Proposal(told.kind, told.title, [told.map])
    for table, spec in TABLES.items():
        if set(spec.key) <= set(columns) <= set(spec.columns) | {"source", "batch"}:
            return Proposal(table, f"Callsheet's own table {table}", [{"table": table} | _own(table, columns)])
    best = max(GUESSED, key=lambda table: _score(table, have))
    if _score(best, have) < 2:
        raise BadInput(
            f"{name or 'The file'} is not recognised; its columns are {', '.join(columns[:20])}.",
            f"Say what its rows are with --as (one of {', '.join(GUESSED)}), or give a mapping.",
        )
    return Proposal(best, "", [guess(best, columns)])


def _own(table: str, columns: list[str]) -> dict[str, Any]:
    return {name: name for name in columns if name in TABLES[table].columns}


def _score(table: str, have: set[str]) -> float:
    telling = sum(2 for name in _TELLING[table] if name in have)
    found = {field for field in TABLES[table].columns if _column(field, have)}
    if not set(TABLES[table].key) - {"series"} <= found | {"event_id", "notice_id"}:
        return 0
    return telling + len(found) / 100 + (1 if TABLES[table].moment in found else 0)


def _column(field: str, have: set[str]) -> str:
    if plain(field) in have:
        return plain(field)
    return next((name for name in SYNONYMS.get(field, ()) if name in have), "")


def guess(table: str, columns: list[str]) -> dict[str, Any]:
    """Return a map for a table from the names of columns; each column is used once, but for keys."""
    by_name = {plain(column): column for column in reversed(columns)}
    spec = TABLES[table]
    left = set(by_name)
    found: dict[str, Any] = {"table": table}
    for field in sorted(spec.columns, key=lambda one: (plain(one) not in by_name, one not in spec.key)):
        name = _column(field, left) or (_column(field, set(by_name)) if field in spec.key else "")
        if name:
            found[field] = by_name[name]
            left.discard(name)
    if table == "work" and "state" in found:
        found["category"] = {"column": found["state"], "values": STATES}
    if table == "measures" and "series" not in found:
        found["series"] = f"={found.get('amount', 'amount')}"
    if table == "events":
        _events(found, by_name, left)
    missing = [field for field in spec.key if field not in found]
    if missing:
        hint = " (a date)" if spec.columns[missing[0]][0] == MOMENT else ""
        raise BadInput(
            f"No column of the file looks like {' and '.join(missing)} of {table}.",
            f'Give a mapping, e.g. {missing[0]} = "COLUMN"{hint}; columns: {", ".join(columns[:20])}.',
        )
    return found


def _events(found: dict[str, Any], by_name: dict[str, str], left: set[str]) -> None:
    """Complete the map of events: who is known by one id only, rows without an id, and columns nobody asked for. What
    PostHog exports as `person_id` is a number of its own for a person, by which no client ever sends anything."""
    inner = by_name["personid"] if {"uuid", "distinctid", "personid"} <= by_name.keys() else None
    if "distinct_id" in found and (inner or "person_id" not in found):
        found["person_id"] = found["distinct_id"]
    if "event_id" not in found:
        found["event_id"] = "".join("{" + by_name[name] + "}" for name in sorted(by_name))
    rest = [column for name, column in by_name.items() if name in left or column == inner]
    told = [*([found["properties"]] if "properties" in found else []), *sorted(rest)]
    beside = {"beside": {"$session_id": found["session_id"]}} if "session_id" in found else {}
    if rest or beside:
        found["properties"] = {"pack": told} | beside


def _present(one: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """Return a shape's map without the optional columns that this file lacks."""
    have = {plain(column) for column in columns}
    key = TABLES[one["table"]].key

    def there(entry: Any) -> bool:
        if isinstance(entry, str) and (entry.startswith("=") or "{" in entry):
            return True
        name = entry if isinstance(entry, str) else entry.get("column", "")
        return not name or plain(name) in have

    return {name: entry for name, entry in one.items() if name in OPTIONS or name in key or there(entry)}


def maps_of(given: Any, kind: str, columns: list[str]) -> Maps:
    """Return maps from what a person gave: a list, one map, or `{field: recipe}` for the table `kind`."""
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        raise BadInput("A mapping is a table of fields, or a list of such tables.")
    if "table" in given:
        return [given]
    table = kind if kind in TABLES else ""
    proposal = propose(columns, kind)
    table = table or str(proposal.maps[0]["table"])
    before = next((one for one in proposal.maps if one["table"] == table), {})
    kept = {name: entry for name, entry in before.items() if name in given and _reads(entry, str(given[name]))}
    constants = {name: entry for name, entry in before.items() if isinstance(entry, str) and entry.startswith("=")}
    return [{"table": table} | constants | given | kept, *proposal.maps[1:]]


def _reads(entry: Any, column: str) -> bool:
    """Whether a proposed recipe already makes more of this column than its plain value."""
    source = entry.get("column", entry.get("template", "")) if isinstance(entry, dict) else entry
    return source == column if isinstance(entry, dict) and "column" in entry else "{" + column + "}" in str(source)
