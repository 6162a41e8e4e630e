"""What clients say of people and accounts, in the words of the facts `persons` and `accounts`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

Said: TypeAlias = Mapping[str, Any]
_MILLIS_FROM = 100_000_000_000
_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "person": {
        "name": ("name", "full_name", "fullName", "$name"), "email": ("email", "$email"), "segment": ("segment",),
        "role": ("role", "title"), "created_at": ("created_at", "createdAt", "created", "signed_up_at"),
    },
    "account": {
        "name": ("name", "company_name"), "plan": ("plan", "plan_name", "subscription_plan"),
        "segment": ("segment", "tier", "size"), "revenue": ("revenue", "annual_revenue", "annualRevenue", "arr"),
        "owner": ("owner", "account_owner", "owner_id"), "created_at": ("created_at", "createdAt", "created"),
    },
}  # fmt: skip
_MONTHLY = ("mrr", "monthly_revenue", "monthlySpend", "monthly_spend")
FIELDS = {unit: tuple(names) for unit, names in _NAMES.items()}
"""Columns of the facts that traits can fill, by unit."""


def facts_of(unit: str, said: Said) -> dict[str, Any]:
    """Return the columns of facts that traits fill. `said` are the values as they stand, by the trait's name.

    Of several names for one column the first in the list counts; capitals, blanks and marks do not matter where there
    is none written exactly so (`Plan name`). A value that does not fit its column, such as a list for a name, is left
    out. Revenue is a year's: twelve times a monthly one where only that is told.
    """
    found = {}
    said = _Loosely(said)
    for column, names in _NAMES[unit].items():
        values = (_read(column, said.get(name)) for name in names)
        value = next((one for one in values if one is not None), None)
        if value is not None:
            found[column] = value
    if unit == "account" and "revenue" not in found:
        monthly = next((one for name in _MONTHLY if (one := _number(said.get(name))) is not None), None)
        found |= {} if monthly is None else {"revenue": 12 * monthly}
    if unit == "person" and "name" not in found:
        parts = [_text(said.get(one)) or _text(said.get(other)) for one, other in _PARTS]
        found |= {"name": " ".join(filter(None, parts))} if any(parts) else {}
    return found


_PARTS = (("first_name", "firstName"), ("last_name", "lastName"))


class _Loosely(dict[str, Any]):
    """Values by name; by the plain name where there is none."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self._plain = {_plain(name): value for name, value in said.items()}

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else self._plain.get(_plain(name), default)


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip()[:1000] or None
    return json.dumps(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _moment(value: Any) -> datetime | None:
    """ISO 8601 text (without a zone: UTC), or seconds or milliseconds since 1970; None for anything else."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
        number = _number(value)
        if number is None or number <= 0:
            return None
        seconds = number / 1000 if number >= _MILLIS_FROM else number
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def _read(column: str, value: Any) -> Any:
    read: Callable[[Any], Any] = _READ.get(column, _text)
    return read(value)


_READ: dict[str, Callable[[Any], Any]] = {"revenue": _number, "created_at": _moment}
