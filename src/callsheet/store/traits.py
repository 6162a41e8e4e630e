"""Facts of people and accounts brought up to date with what clients say of them.

Facts of imports and connectors win: traits fill what those leave empty. What traits have filled is theirs to change
until a later batch brings that column itself. A person's traits are those of all their ids, in the order of time:
the last `$set` counts, a `$set_once` only where there is none. Rows that exist by traits alone are of batch `stream`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from callsheet.model.traits import FIELDS, facts_of

if TYPE_CHECKING:
    import duckdb

MOST = 20_000
"""Units looked at in one go, so that writers do not wait for long; the others follow the next time."""
STREAM = "stream"
_SAID = """WITH told AS (
  SELECT m.unit_id, t.name, t.value, t.once, (t.since_at, t.seq) AS place,
    max((t.since_at, t.seq)) FILTER (NOT t.once) OVER (PARTITION BY m.unit_id, t.name) AS last_set
  FROM members m JOIN traits t ON t.unit_id = m.member AND t.unit = ?)
SELECT unit_id, name, coalesce(nullif(arg_max(value, place) FILTER (NOT once), 'null'),
  arg_min(value, place) FILTER (once AND (last_set IS NULL OR place > last_set)), 'null')
FROM told GROUP BY ALL"""
"""The value of each trait of the units that are due: the last that was set; where that took it away or none was, the
first of those sent once since then."""
_PERSONS_DUE = (
    "CREATE OR REPLACE TEMP TABLE due AS SELECT DISTINCT coalesce(p.person_id, t.unit_id) AS unit_id FROM taken t"
    " LEFT JOIN person_ids p ON p.distinct_id = t.unit_id",
    "CREATE OR REPLACE TEMP TABLE members AS SELECT unit_id, unit_id AS member FROM due"
    " UNION SELECT person_id, distinct_id FROM person_ids JOIN due ON unit_id = person_id",
)
_ACCOUNTS_DUE = (
    "CREATE OR REPLACE TEMP TABLE due AS SELECT unit_id FROM taken",
    "CREATE OR REPLACE TEMP TABLE members AS SELECT unit_id, unit_id AS member FROM due",
)
_LANDED = "SELECT coalesce(max(number), 0)::VARCHAR FROM batch_log"


@dataclass(frozen=True, slots=True)
class Kind:
    """A unit's table of facts, the column of its id, and the columns that may be filled."""

    unit: str
    table: str
    key: str
    fields: tuple[str, ...]


KINDS = (
    Kind("person", "persons", "person_id", (*FIELDS["person"], "account_id")),
    Kind("account", "accounts", "account_id", FIELDS["account"]),
)


@dataclass(slots=True)
class Row:
    """A row of facts: its batch, its values, and the columns that are the traits' own."""

    batch: str
    values: dict[str, Any]
    own: set[str] = field(default_factory=set)


def said(cursor: duckdb.DuckDBPyConnection, since: int, until: int) -> None:
    """Note the units of traits with numbers in `(since, until]` as due."""
    cursor.execute(
        "INSERT INTO unsettled SELECT t.unit, coalesce(p.person_id, t.unit_id) FROM traits t LEFT JOIN person_ids p"
        " ON t.unit = 'person' AND p.distinct_id = t.unit_id WHERE t.seq > ? AND t.seq <= ?"
        " EXCEPT SELECT unit, unit_id FROM unsettled",
        [since, until],
    )


def landed(cursor: duckdb.DuckDBPyConnection) -> str:
    """Return the number of the last batch that landed or was undone."""
    return str(cursor.execute(_LANDED).fetchall()[0][0])


def look_again(cursor: duckdb.DuckDBPyConnection, since: str) -> None:
    """Note as due the units whose row another batch has written since traits filled it; all that have traits when a
    batch after number `since` of the log was taken back, since that changes rows of other batches too."""
    undone = "SELECT 1 FROM batch_log WHERE what = 'undone' AND number > ?"
    for kind in KINDS:
        cursor.execute(
            f"INSERT INTO unsettled SELECT f.unit, f.unit_id FROM traits_filled f LEFT JOIN {kind.table} r"  # noqa: S608
            f" ON r.{kind.key} = f.unit_id WHERE f.unit = ? AND f.field = ''"
            f" AND (r.batch IS DISTINCT FROM f.batch OR EXISTS ({undone}))"
            " EXCEPT SELECT unit, unit_id FROM unsettled",
            [kind.unit, int(since or 0)],
        )


def bring_up(cursor: duckdb.DuckDBPyConnection) -> int:
    """Bring the facts of units that are due up to date; return how many were looked at."""
    return sum(_Bringing(cursor, kind).run() for kind in KINDS)


class _Bringing:
    """One kind's units that are due, in the caller's transaction."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, kind: Kind) -> None:
        self.cursor, self.kind = cursor, kind
        self.fills: list[tuple[str, str, str | None, str]] = []

    def run(self) -> int:
        due = self._due()
        if not due:
            return 0
        members, rows, wanted = self._members(), self._rows(), self._wanted()
        gone = [one for one in rows if one not in due and rows[one].batch == STREAM]
        inserts: dict[str, dict[str, Any]] = {}
        updates: dict[str, dict[str, Any]] = {}
        for unit in due:
            others = [rows[one] for one in members.get(unit, ()) if one != unit and one in rows]
            desired, row = wanted.get(unit, {}) | _spoken(others), rows.get(unit)
            if row is not None and row.batch != STREAM:
                updates[unit] = self._filled(unit, row, desired)
            elif desired:
                (inserts if row is None else updates)[unit] = {name: desired.get(name) for name in self.kind.fields}
                self._fill(unit, desired, STREAM)
            elif row is not None:
                gone.append(unit)
        self._write(inserts, {one: new for one, new in updates.items() if new != rows[one].values}, gone)
        return len(due)

    def _filled(self, unit: str, row: Row, desired: dict[str, Any]) -> dict[str, Any]:
        """Return a row of an import with what it leaves empty filled, and what traits filled before as it is now."""
        filled = {name: value for name, value in desired.items() if name in row.own or row.values[name] is None}
        self._fill(unit, filled, row.batch)
        return row.values | dict.fromkeys(row.own) | filled

    def _due(self) -> set[str]:
        """Take units off the list; ids that belong to another person now stand for that person."""
        self.cursor.execute("DROP TABLE IF EXISTS temp.taken")
        self.cursor.execute(
            f"CREATE TEMP TABLE taken AS SELECT unit_id FROM unsettled WHERE unit = ? LIMIT {MOST}",  # noqa: S608
            [self.kind.unit],
        )
        self.cursor.execute(
            "DELETE FROM unsettled WHERE unit = ? AND unit_id IN (SELECT unit_id FROM taken)", [self.kind.unit]
        )
        for statement in _PERSONS_DUE if self._personal else _ACCOUNTS_DUE:
            self.cursor.execute(statement)
        return {str(one) for (one,) in self.cursor.execute("SELECT unit_id FROM due").fetchall()}

    @property
    def _personal(self) -> bool:
        return self.kind.unit == "person"

    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit, member in self.cursor.execute("SELECT unit_id, member FROM members ORDER BY 1, 2").fetchall():
            found.setdefault(unit, []).append(member)
        return found

    def _rows(self) -> dict[str, Row]:
        """Return the rows of the units that are due and of ids that became part of them."""
        kind, names = self.kind, ", ".join(self.kind.fields)
        concerned = "(SELECT member FROM members UNION SELECT unit_id FROM taken)"
        found = self.cursor.execute(
            f"SELECT {kind.key}, batch, {names} FROM {kind.table} WHERE {kind.key} IN {concerned}"  # noqa: S608
        ).fetchall()
        rows = {str(key): Row(batch, dict(zip(kind.fields, given, strict=True))) for key, batch, *given in found}
        spoken = self._spoken_of(concerned)
        for unit, row in rows.items():
            row.own = {name for name in kind.fields if name not in spoken.get(unit, {})}
        filled = self.cursor.execute(
            f"DELETE FROM traits_filled WHERE unit = ? AND unit_id IN {concerned} RETURNING unit_id, field, value, batch",  # noqa: S608
            [kind.unit],
        ).fetchall()
        for unit, name, value, batch in filled:
            last = spoken.get(unit, {}).get(name)
            left_empty = last is not None and batch != STREAM and last <= batch  # ids of batches grow with time
            if left_empty and unit in rows and _told(rows[unit].values[name]) == value:
                rows[unit].own.add(name)
        return rows

    def _spoken_of(self, concerned: str) -> dict[str, dict[str, str]]:
        """Return, for each row, the columns that imports brought it, each with the last batch that did."""
        kind, found = self.kind, dict[str, dict[str, str]]()
        versions = (
            f"SELECT {kind.key} AS id, batch FROM {kind.table} UNION SELECT {kind.key}, batch FROM old_{kind.table}"  # noqa: S608
        )
        for unit, name, batch in self.cursor.execute(
            f"SELECT v.id, g.field, arg_max(b.id, b.number) FROM ({versions}) v JOIN batch b ON b.id = v.batch"  # noqa: S608
            f" JOIN batch_given g ON g.batch = b.id AND g.fact = ? WHERE v.id IN {concerned} GROUP BY ALL",
            [kind.table],
        ).fetchall():
            found.setdefault(unit, {})[name] = batch
        return found

    def _wanted(self) -> dict[str, dict[str, Any]]:
        """Return what the traits of each unit make of its facts; units of which nothing was said are left out."""
        said: dict[str, dict[str, Any]] = {}
        for unit, name, value in self.cursor.execute(_SAID, [self.kind.unit]).fetchall():
            said.setdefault(unit, {})[name] = _value(value)
        wanted = {unit: facts_of(self.kind.unit, values) for unit, values in said.items()}
        if self._personal:
            for unit, account in self.cursor.execute(
                "SELECT m.unit_id, arg_max(p.account_id, p.account_at) FROM members m"
                " JOIN person_ids p ON p.distinct_id = m.member GROUP BY 1"
            ).fetchall():
                if account is not None and unit in wanted:
                    wanted[unit]["account_id"] = account
        return wanted

    def _fill(self, unit: str, values: dict[str, Any], batch: str) -> None:
        told = [(name, _told(value)) for name, value in values.items() if value is not None]
        self.fills += [(unit, name, value, batch) for name, value in [("", None), *told]]

    def _write(self, inserts: dict[str, Any], updates: dict[str, Any], gone: list[str]) -> None:
        kind = self.kind
        if gone:
            self.cursor.execute(
                f"DELETE FROM {kind.table} WHERE batch = 'stream' AND {kind.key} IN (SELECT unnest(?::VARCHAR[]))",  # noqa: S608
                [gone],
            )
        names = ", ".join(kind.fields)
        if updates:
            given = self._table(updates)
            sets = ", ".join(f"{name} = g.{name}" for name in kind.fields)
            self.cursor.execute(
                f"UPDATE {kind.table} SET {sets} FROM given g"  # noqa: S608
                f" WHERE {kind.table}.{kind.key} = g.unit_id"
            )
        if inserts:
            given = self._table(inserts)
            self.cursor.execute(
                f"INSERT INTO {kind.table} ({kind.key}, {names}, source, batch)"  # noqa: S608
                f" SELECT unit_id, {names}, 'stream', 'stream' FROM given"
            )
        if self.fills:
            units, fields, values, batches = zip(*self.fills, strict=True)
            given = pa.table({"u": units, "f": fields, "v": pa.array(values, pa.string()), "b": batches})  # noqa: F841
            self.cursor.execute("INSERT INTO traits_filled SELECT ?, u, f, v, b FROM given", [kind.unit])

    def _table(self, rows: dict[str, dict[str, Any]]) -> pa.Table:
        types = {"revenue": pa.float64(), "created_at": pa.timestamp("us")}
        columns = {
            name: pa.array([row[name] for row in rows.values()], types.get(name, pa.string()))
            for name in self.kind.fields
        }
        return pa.table({"unit_id": pa.array(list(rows), pa.string()), **columns})


def _spoken(rows: list[Row]) -> dict[str, Any]:
    """Return what imports say of ids that became part of a person; the first id by name counts."""
    found: dict[str, Any] = {}
    for row in rows:
        if row.batch != STREAM:
            said = {name: value for name, value in row.values.items() if name not in row.own and value is not None}
            found = said | found
    return found


def _told(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
