"""Traits of persons and accounts as they are now, for conditions such as `account.plan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from callsheet.store.histories.conditions import decoded

Run = Callable[[Any], Any]
TABLES = {"person": ("persons", "person_id"), "account": ("accounts", "account_id")}


def split(field: str) -> tuple[str, str] | None:
    """Return (unit, trait) of `person.<trait>` or `account.<trait>`, else None."""
    unit, _, name = field.partition(".")
    return (unit, name) if unit in TABLES and name else None


def traits(
    tables: Mapping[str, Any], run: Run, unit: str, name: str, person_of: Callable[[str], str] = str
) -> dict[str, object]:
    """Return the values of one trait by unit id: what the table of units says, else what was sent last.

    A trait that was only ever sent "once" has the earliest value. Who a distinct id is now, `person_of` says.
    """
    found = _sent(tables, run, unit, name, person_of)
    table, key = TABLES[unit]
    if table in tables and name in tables[table].columns:
        rows = tables[table]
        told = run(rows.filter(rows[name].notnull() & rows[key].notnull()).select(key, name))
        for one, value in zip(told[key].to_pylist(), told[name].to_pylist(), strict=True):
            if value != "":
                found[one] = value.isoformat() if isinstance(value, datetime) else value
    return found


def _sent(
    tables: Mapping[str, Any], run: Run, unit: str, name: str, person_of: Callable[[str], str]
) -> dict[str, object]:
    if "traits" not in tables:
        return {}
    rows = tables["traits"]
    wanted = rows.filter((rows.unit == unit) & (rows.name == name))
    told = run(wanted.select("unit_id", "value", "since_at", "once").order_by("since_at")).to_pylist()
    found: dict[str, object] = {}
    for row in reversed([row for row in told if row["once"]]):
        found[_owner(row, unit, person_of)] = decoded(row["value"])
    for row in told:
        if not row["once"]:
            found[_owner(row, unit, person_of)] = decoded(row["value"])
    return {one: value for one, value in found.items() if value is not None}


def _owner(row: dict[str, Any], unit: str, person_of: Callable[[str], str]) -> str:
    return person_of(str(row["unit_id"])) if unit == "person" else str(row["unit_id"])
