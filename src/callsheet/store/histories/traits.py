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


def traits(tables: Mapping[str, Any], run: Run, unit: str, name: str) -> dict[str, object]:
    """Return the values of one trait by unit id: what the table of units says, else what was sent last of any of
    its ids. A value sent "once" counts where there is none, also where one was taken away before."""
    found = _sent(tables, run, unit, name)
    table, key = TABLES[unit]
    if table in tables and name in tables[table].columns:
        rows = tables[table]
        told = run(rows.filter(rows[name].notnull() & rows[key].notnull()).select(key, name))
        for one, value in zip(told[key].to_pylist(), told[name].to_pylist(), strict=True):
            if value != "":
                found[one] = f"{value.isoformat()}Z" if isinstance(value, datetime) else value
    return found


def _sent(tables: Mapping[str, Any], run: Run, unit: str, name: str) -> dict[str, object]:
    if "traits" not in tables:
        return {}
    rows = tables["traits"]
    wanted = rows.filter((rows.unit == unit) & (rows.name == name))
    owner = wanted.unit_id
    if unit == "person" and "person_ids" in tables:
        whose = tables["person_ids"].select(known_as="distinct_id", person="person_id")
        wanted = wanted.left_join(whose, wanted.unit_id == whose.known_as)
        owner = wanted.person.coalesce(wanted.unit_id)
    told = run(wanted.select("value", "once", "since_at", "seq", owner=owner).order_by("since_at", "seq")).to_pylist()
    found: dict[str, object] = {}
    for row in told:
        if not row["once"] or found.get(row["owner"]) is None:
            found[row["owner"]] = decoded(row["value"])
    return {one: value for one, value in found.items() if value is not None}
