"""Removing one person from the warehouse, in DuckDB: rows of theirs, and their names in the rows of others."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from callsheet.model.erasing import REMOVED, Terms
from callsheet.store.engines.duck_merge import note_removed
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


def _patterns(column: str, terms: Terms) -> list[str]:
    """What names the person in a column of others' rows."""
    if column in _WORDS:
        return terms.patterns
    return [one for one in (terms.pattern, terms.ref_pattern) if one]


def counted(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> dict[str, int]:
    """Return how many rows of each place are the person's, or name them."""
    _list(cursor, terms)
    found = {}
    for place, (where, given) in deletions(terms).items():
        found[place] = _number(cursor, f"SELECT count(*) FROM {where}", given)
    for table, column in _texts():
        wheres = [f"{column} IN (FROM gone)"] if column in _PERSONAL else []
        named, given = _matches(column, _patterns(column, terms))
        where = " OR ".join(filter(None, [*wheres, named]))
        if where:
            found[table] = found.get(table, 0) + _number(cursor, f"SELECT count(*) FROM {table} WHERE {where}", given)
    named, given = _matches("properties", terms.patterns)
    if named:
        mentioned = f"SELECT count(*) FROM events WHERE ({named}) AND NOT coalesce({own('events')}, false)"
        found["events of others"] = _number(cursor, mentioned, given)
    return found


def alike(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> dict[str, int]:
    """Return where values equal an id that is too short to be told from others, in fields that name nobody: rows that
    were left as they are."""
    if not terms.alike_pattern:
        return {}
    places = [*((name, "raw") for name in _RAW), ("events", "properties")]
    found = {
        f"{table}.{column}": _number(
            cursor, f"SELECT count(*) FROM {table} WHERE regexp_matches({column}, $p)", {"p": terms.alike_pattern}
        )
        for table, column in places
    }
    return {place: number for place, number in found.items() if number}


def erase(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> None:
    """Remove the person's rows, and the person from the rows of others, all but their events."""
    _list(cursor, terms)
    for where, given in deletions(terms).values():
        cursor.execute(f"DELETE FROM {where}", given or None)
    note_removed(cursor, "events")
    for table, column in _texts():
        if column in _PERSONAL:
            cursor.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} IN (FROM gone)")
        _redact(cursor, table, column, terms)


def redact_events(cursor: duckdb.DuckDBPyConnection, terms: Terms, since: int) -> int:
    """Take the person out of what the next events of others say; return the number to go on from, 0 at the end."""
    found = cursor.execute("SELECT coalesce(max(seq), 0) FROM events").fetchall()[0][0]
    until = since + AT_ONCE
    if _redact(cursor, "events", "properties", terms, f"seq > {since} AND seq <= {until}"):
        note_removed(cursor, "events")
    return until if until < int(found) else 0


def _redact(cursor: duckdb.DuckDBPyConnection, table: str, column: str, terms: Terms, where: str = "true") -> int:
    patterns = _patterns(column, terms)
    changed = 0
    if terms.pattern:
        once = f"regexp_replace({{}}, $words, '\\1{REMOVED}\\2', 'g')"
        twice = once.format(once.format(column))
        changed = _number(
            cursor,
            f"UPDATE {table} SET {column} = {twice} WHERE {where} AND regexp_matches({column}, $words)",
            {"words": terms.pattern},
        )
    rare = [one for one in patterns if one != terms.pattern]
    return changed + (_rewritten(cursor, table, column, terms, where, rare) if rare else 0)


def _rewritten(
    cursor: duckdb.DuckDBPyConnection, table: str, column: str, terms: Terms, where: str, patterns: list[str]
) -> int:
    """Take ids out that only a look at the whole value tells from a number of another meaning; return how many texts
    changed."""

    named, given = _matches(column, patterns)
    told = cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {where} AND ({named})", given).fetchall()

    def clean(text: str) -> str:
        return terms.redacted(text, column in _JSON) if column in _WORDS else terms.redacted_key(text)

    pairs = [(text, clean(text)) for (text,) in told]
    rows = pa.table({"old": [old for old, _ in pairs], "new": [new for _, new in pairs]})  # noqa: F841 - named below
    if not pairs:
        return 0
    cursor.execute(f"UPDATE {table} SET {column} = rows.new FROM rows WHERE {where} AND {column} = rows.old")
    return len(pairs)


def _texts() -> list[tuple[str, str]]:
    """Text columns in which somebody may be named, of the facts and of what was replaced."""
    found = []
    for table in TABLES.values():
        names = [name for name, (kind, _) in table.columns.items() if kind == TEXT]
        kept = [] if table.name in _SKIPPED else [(table.name, name) for name in names]
        found += kept + [(f"old_{table.name}", name) for name in names if table.name != "persons"]
    return [*found, ("traits", "value"), ("batch", "details")]


def _list(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> None:
    cursor.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS id", [list(terms.ids)])


def _number(cursor: duckdb.DuckDBPyConnection, statement: str, given: dict[str, str]) -> int:
    return int(cursor.execute(statement, given or None).fetchall()[0][0])
