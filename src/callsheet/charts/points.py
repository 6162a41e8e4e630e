"""One reading of the points that builders take.

A point is a pair `(x, amount)` or a dict: `since` (or `x`) and `amount` (or `y`), with, where there are any,
`partial` (the interval is not over yet) and `interval` ([low, high]). A metric's `series` fits as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.charts import parts

PointLike = Mapping[str, Any] | Sequence[Any]
Lines = Mapping[str, Iterable[PointLike]]


@dataclass(frozen=True)
class Point:
    """One reading: place, amount as drawn (None is a gap), whether it is partial, and its interval."""

    x: Any
    amount: float | None
    partial: bool = False
    low: float | None = None
    high: float | None = None


def points(raw: Iterable[PointLike], unit: str = "") -> list[Point]:
    """The points in their given order, amounts scaled as the unit asks."""
    return [_point(one, unit) for one in raw]


def _point(raw: PointLike, unit: str) -> Point:
    if not isinstance(raw, Mapping):
        if len(raw) != 2:
            raise BadInput(f"A point has two parts, not {len(raw)}.", mend="Give (x, amount) or a dict.")
        return Point(_place(raw[0]), parts.scaled(raw[1], unit))
    x = raw["since"] if "since" in raw else raw.get("x")
    amount = raw["amount"] if "amount" in raw else raw.get("y")
    if x is None:
        raise BadInput("A point has no 'since' or 'x'.", mend="Give every point its place.")
    low, high = raw.get("interval") or (None, None)
    return Point(
        _place(x),
        parts.scaled(amount, unit),
        bool(raw.get("partial")),
        parts.scaled(low, unit),
        parts.scaled(high, unit),
    )


def _place(x: Any) -> Any:
    return x.isoformat() if hasattr(x, "isoformat") else x


def drawable(lines: Mapping[str, Sequence[Point]]) -> bool:
    """Whether there is any amount to draw."""
    return any(point.amount is not None for one in lines.values() for point in one)


def places(lines: Mapping[str, Sequence[Point]]) -> list[Any]:
    """All places in order of first use; in time order if they are days."""
    found = list(dict.fromkeys(point.x for one in lines.values() for point in one))
    return sorted(found) if all(parts.is_day(x) for x in found) else found
