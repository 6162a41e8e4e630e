"""Removing one person from the warehouse, in DuckDB: rows of theirs, and their names in the rows of others."""

from __future__ import annotations

import duckdb

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


def own(table: str) -> str:
    """The condition for a person's own rows."""
    return _OWN.get(table) or _STREAM[table]


def deletions(terms: Terms) -> dict[str, tuple[str, dict[str, str]]]:
    """Place -> condition and parameters, for rows that are removed as a whole."""
    found: dict[str, tuple[str, dict[str, str]]] = {
        name: (f"{name} WHERE {own(name)}", {}) for name in (*_OWN, *_STREAM)
    }
    found |= {f"old_{name}": (f"old_{name} WHERE {where}", {}) for name, where in _OWN.items()}
    raw, given = _named("raw", terms)
    if raw:
        found |= {name: (f"{name} WHERE {raw}", given) for name in _RAW}
    return found


def _named(column: str, terms: Terms, fields: bool = True) -> tuple[str, dict[str, str]]:
    """The condition for a text that names the person."""
    patterns = {"words": terms.pattern} | ({"fields": terms.field_pattern} if fields else {})
    given = {name: pattern for name, pattern in patterns.items() if pattern}
    return " OR ".join(f"regexp_matches({column}, ${name})" for name in given), given


def counted(cursor: duckdb.DuckDBPyConnection, terms: Terms) -> dict[str, int]:
    """Return how many rows of each place are the person's, or name them."""
    _list(cursor, terms)
    found = {}
    for place, (where, given) in deletions(terms).items():
        found[place] = _number(cursor, f"SELECT count(*) FROM {where}", given)
    for table, column in _texts():
        wheres = [f"{column} IN (FROM gone)"] if column in _PERSONAL else []
        named, given = _named(column, terms, fields=False)
        where = " OR ".join(filter(None, [*wheres, named]))
        if where:
            found[table] = found.get(table, 0) + _number(cursor, f"SELECT count(*) FROM {table} WHERE {where}", given)
    named, given = _named("properties", terms, fields=False)
    if named:
        mentioned = f"SELECT count(*) FROM events WHERE ({named}) AND NOT coalesce({own('events')}, false)"
        found["events of others"] = _number(cursor, mentioned, given)
    return found


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
    if terms.pattern:
        changed = _redact(cursor, "events", "properties", terms, f"seq > {since} AND seq <= {until}")
        if changed:
            note_removed(cursor, "events")
    return until if until < int(found) else 0


def _redact(cursor: duckdb.DuckDBPyConnection, table: str, column: str, terms: Terms, where: str = "true") -> int:
    if not terms.pattern:
        return 0
    once = f"regexp_replace({{}}, $words, '\\1{REMOVED}\\2', 'g')"
    twice = once.format(once.format(column))
    changed = cursor.execute(
        f"UPDATE {table} SET {column} = {twice} WHERE {where} AND regexp_matches({column}, $words)",
        {"words": terms.pattern},
    )
    return int(changed.fetchall()[0][0])


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
