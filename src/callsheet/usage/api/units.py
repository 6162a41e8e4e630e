"""Persons and accounts by their ids, in pages, with what the sources say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from callsheet.http.pages import Page, Paging
from callsheet.metrics import Facts, Reader

_FEW = 2000
"""Ids up to which each is asked for; of more, the whole table is read."""


class Behind(BaseModel):
    """A person or an account; what nobody said is null. `times` is how many events of the cell are theirs, where it is
    told."""

    unit_id: str
    name: str | None = None
    email: str | None = None
    account_id: str | None = None
    account: str | None = None
    segment: str | None = None
    times: int | None = None


def behind(
    reader: Reader, unit: str, ids: Sequence[str], paged: Paging, times: Sequence[int] = ()
) -> Page[Behind]:  # fmt: skip
    """Return one page of units in their given order, with their names and how many `times` each has. Words and sorting
    look at all of them."""
    amounts = dict(zip(ids, times, strict=bool(times)))
    if paged.q or paged.sort:
        return paged.of(_timed(told(reader, unit, ids), amounts), _words)
    begin = (paged.page - 1) * paged.size
    shown = _timed(told(reader, unit, ids[begin : begin + paged.size]), amounts)
    return Page(items=shown, total=len(ids), page=paged.page, size=paged.size)


def _timed(units: list[Behind], amounts: Mapping[str, int]) -> list[Behind]:
    return [one.model_copy(update={"times": amounts[one.unit_id]}) if amounts else one for one in units]


def _words(one: Behind) -> str:
    return " ".join(filter(None, one.model_dump(exclude={"times"}).values()))


def told(reader: Reader, unit: str, ids: Sequence[str]) -> list[Behind]:
    """Return what is known of units, in the order of their ids."""
    facts = Facts(reader.workspace, reader, {})
    if unit == "account":
        rows = _rows(facts, "accounts", "account_id", ids, "name segment")
        return [Behind(unit_id=one, account_id=one, **rows.get(one, {})) for one in ids]
    rows = _rows(facts, "persons", "person_id", ids, "name email account_id segment")
    keys = list(dict.fromkeys(str(row["account_id"]) for row in rows.values() if row["account_id"]))
    accounts = _rows(facts, "accounts", "account_id", keys, "name segment")
    return [_person(one, rows.get(one, {}), accounts) for one in ids]


def _person(key: str, row: dict[str, Any], accounts: dict[str, dict[str, Any]]) -> Behind:
    account = accounts.get(row.get("account_id") or "", {})
    return Behind(
        unit_id=key, name=row.get("name"), email=row.get("email"), account_id=row.get("account_id"),
        account=account.get("name"), segment=row.get("segment") or account.get("segment"),
    )  # fmt: skip


def _rows(facts: Facts, table: str, key: str, ids: Sequence[str], names: str) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    found = facts.table(table)
    if len(ids) <= _FEW:
        found = found.filter(found[key].isin(list(ids)))
    wanted = set(ids)
    rows = facts.records(found.select(key, *names.split()))
    return {str(row.pop(key)): row for row in rows if row[key] in wanted}
