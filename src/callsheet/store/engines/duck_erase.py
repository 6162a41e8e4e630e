"""Removing one person from the warehouse, in DuckDB: rows of theirs, and their names in the rows of others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import duckdb
import pyarrow as pa

from callsheet.model.erasing import REMOVED, Terms, names_person
from callsheet.store.removed import note_removed
from callsheet.store.schema import TABLES, TEXT

AT_ONCE = 500_000
"""Events looked through in one transaction, so that writers do not wait for long."""
_OWN = {
    "events": "distinct_id IN (FROM gone) OR person_id IN (FROM gone)",
    "persons": "person_id IN (FROM gone)",
    "exposures": "unit_id IN (FROM gone)",
    "outcomes": "unit_id IN (FROM gone)",
}
_STREAM = {
    "merges": "from_id IN (FROM gone) OR into_id IN (FROM gone)",
    "traits": "unit = 'person' AND unit_id IN (FROM gone)",
    "traits_filled": "unit = 'person' AND unit_id IN (FROM gone)",
    "unsettled": "unit = 'person' AND unit_id IN (FROM gone)",
    "person_ids": "distinct_id IN (FROM gone) OR person_id IN (FROM gone)",
}
_RAW = ("refused", "landing", "quarantine")
_PERSONAL = ("person_id", "author", "owner", "actor")
_SKIPPED = ("events", "persons", "exposures", "outcomes")
_JSON = ("properties", "value", "details")
_WORDS = ("title", "body", "subject", "text", "notes", "words", "why", "url", "name", "labels", *_JSON)
"""Columns in which a number may mean a person; in all others it is a key of something else, or an amount."""
_VALUES = ("properties", "value")
"""Columns in which a whole value that equals a short id is told of."""


class _Place(NamedTuple):
    """A column in which somebody may be named, in some rows of a table; `person`: it says there who somebody is."""

    table: str
    column: str
    where: str = "true"
    person: bool = False


def own(table: str) -> str:
    """The condition for a person's own rows."""
    return _OWN.get(table) or _STREAM[table]


def deletions(terms: Terms) -> dict[str, tuple[str, dict[str, str]]]:
    """Place -> condition and parameters, for rows that are removed as a whole."""
    found: dict[str, tuple[str, dict[str, str]]] = {
        name: (f"{name} WHERE {own(name)}", {}) for name in (*_OWN, *_STREAM)
    }
    found |= {f"old_{name}": (f"old_{name} WHERE {where}", {}) for name, where in _OWN.items()}
    for name in _RAW:
        raw, given = _matches("raw", [*terms.patterns, *([terms.first_pattern] if name != "refused" else [])])
        if raw:
            found[name] = (f"{name} WHERE {raw}", given)
    return found


def _matches(column: str, patterns: list[str]) -> tuple[str, dict[str, str]]:
    """The condition for a text that one of the patterns finds."""
    given = {f"p{i}": pattern for i, pattern in enumerate(patterns) if pattern}
    return " OR ".join(f"regexp_matches({column}, ${name})" for name in given), given


def _rare(place: _Place, terms: Terms) -> list[str]:
    """Return what finds texts in which a rare id may mean the person; only a look at the whole value tells."""
    found = [terms.ref_pattern]
    if place.column in _WORDS:
        found += [terms.number_pattern, terms.field_pattern]
    return [one for one in (*found, terms.alike_pattern if place.person else "") if one]


def counted(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> dict[str, int]:
    """Return how many rows of each place are the person's, or name them."""
    _list(cursor, terms)
    found = {}
    for name, (where, given) in deletions(terms).items():
        found[name] = _number(cursor, f"SELECT count(*) FROM {where}", given)
    for place in _texts():
        found[place.table] = found.get(place.table, 0) + _named(cursor, place, terms)
    others = _Place("events", "properties", f"NOT coalesce({own('events')}, false)")
    return found | {"events of others": _named(cursor, others, terms)}


def _named(cursor: duckdb.DuckDBPyConnection, place: _Place, terms: Terms) -> int:
    """Return how many rows name the person, so that they would be changed."""
    wheres = [f"{place.column} IN (FROM gone)"] if place.column in _PERSONAL else []
    named, given = _matches(place.column, [terms.pattern])
    differing = _renewed(cursor, place, terms)
    where = " OR ".join(filter(None, [*wheres, named, f"{place.column} IN (SELECT old FROM renewed)" * differing]))
    if not where:
        return 0
    return _number(cursor, f"SELECT count(*) FROM {place.table} WHERE {place.where} AND ({where})", given)


def alike(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> dict[str, int]:
    """Return where values equal an id that is short or a number, in fields that name nobody: rows that were left as
    they are. To be asked after `erase`."""
    if not terms.rare:
        return {}
    columns = {(name, "raw"): None for name in _RAW} | {("events", "properties"): None}
    columns |= {(place.table, place.column): None for place in _texts() if place.column in _WORDS}
    found = {}
    for table, column in columns:
        anywhere = column == "raw" or column in _VALUES
        where, given = _matches(
            column, [terms.alike_pattern if anywhere else terms.number_pattern, terms.field_pattern]
        )
        number = _number(cursor, f"SELECT count(*) FROM {table} WHERE {where}", given)
        found[f"{table.replace('old_', 'replaced ')}.{column}"] = number
    return {name: number for name, number in found.items() if number}


def erase(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> None:
    """Remove the person's rows, and the person from the rows of others, all but their events."""
    _list(cursor, terms)
    for where, given in deletions(terms).values():
        cursor.execute(f"DELETE FROM {where}", given or None)
    note_removed(cursor, "events")
    for place in _texts():
        if place.column in _PERSONAL:
            cursor.execute(f"UPDATE {place.table} SET {place.column} = NULL WHERE {place.column} IN (FROM gone)")
        _redact(cursor, place, terms)


def redact_events(cursor: duckdb.DuckDBPyConnection, terms: Terms, since: int) -> int:
    """Take the person out of what the next events of others say; return the number to go on from, 0 at the end."""
    found = cursor.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()[0][0]
    until = since + AT_ONCE
    if _redact(cursor, _Place("events", "properties", f"seq > {since} AND seq <= {until}"), terms):
        note_removed(cursor, "events")
    return until if until < int(found) else 0


def _redact(cursor: duckdb.DuckDBPyConnection, place: _Place, terms: Terms) -> int:
    """Take the person out of the texts of a place; return how many rows changed."""
    table, column, changed = place.table, place.column, 0
    if terms.pattern:
        once = f"regexp_replace({{}}, $words, '\\1{REMOVED}\\2', 'g')"
        twice = once.format(once.format(column))
        changed = _number(
            cursor,
            f"UPDATE {table} SET {column} = {twice} WHERE {place.where} AND regexp_matches({column}, $words)",
            {"words": terms.pattern},
        )
    if not _renewed(cursor, place, terms):
        return changed
    renew = f"UPDATE {table} SET {column} = renewed.new FROM renewed WHERE {place.where} AND {column} = renewed.old"
    return changed + _number(cursor, renew, {})


def _renewed(cursor: duckdb.DuckDBPyConnection, place: _Place, terms: Terms) -> bool:
    """Note in the table `renewed` which texts of a place change where rare ids are taken out, and how; return whether
    there are any. What equals an id and means something else stays as it is, so it is not among them."""
    named, given = _matches(place.column, _rare(place, terms))
    if not named:
        return False
    where = f"{place.where} AND ({named})"
    told = cursor.execute(f"SELECT DISTINCT {place.column} FROM {place.table} WHERE {where}", given)
    pairs: list[tuple[str, str]] = []
    while some := told.fetchmany(AT_ONCE // 10):
        pairs += _cleaned((text for (text,) in some), place, terms)
    rows = pa.table({"old": [old for old, _ in pairs], "new": [new for _, new in pairs]})  # noqa: F841 - named below
    if pairs:
        cursor.execute("CREATE OR REPLACE TEMP TABLE renewed AS FROM rows")
    return bool(pairs)


def _cleaned(texts: Iterable[str], place: _Place, terms: Terms) -> list[tuple[str, str]]:
    """Return the texts that name the person, each with what it becomes."""
    is_json = place.column in _JSON
    in_words = place.column in _WORDS
    pairs = (
        (one, terms.redacted(one, is_json, place.person) if in_words else terms.redacted_key(one)) for one in texts
    )
    return [(old, new) for old, new in pairs if old != new]


def _texts() -> list[_Place]:
    """Text columns in which somebody may be named, of the facts and of what was replaced."""
    found = []
    for table in TABLES.values():
        names = [name for name, (kind, _) in table.columns.items() if kind == TEXT]
        kept = [] if table.name in _SKIPPED else [_Place(table.name, name) for name in names]
        found += kept + [_Place(f"old_{table.name}", name) for name in names if table.name != "persons"]
    about = "coalesce(name IN (FROM about), false)"
    traits = [_Place("traits", "value", about, True), _Place("traits", "value", f"NOT {about}")]
    return [*found, *traits, _Place("batch", "details")]


def _list(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> None:
    cursor.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS id", [list(terms.ids)])
    names = [name for (name,) in cursor.execute("SELECT DISTINCT name FROM traits").fetchall() if names_person(name)]
    cursor.execute("CREATE OR REPLACE TEMP TABLE about AS SELECT unnest(?::VARCHAR[]) AS name", [names])


def _number(cursor: duckdb.DuckDBPyConnection, statement: str, given: dict[str, str]) -> int:
    return int(cursor.execute(statement, given or None).fetchall()[0][0])
