"""Several columns as one JSON object: what an event carries beside its name. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from callsheet.stack.files import cells

SPREAD = "properties"


def packed(
    names: tuple[str, ...], columns: dict[str, list[Any]], size: int, under: str = "",
    beside: Mapping[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Return a JSON object a row: each named column that is not empty there, objects of `properties` spread, and as
    text the cells of `beside` (name -> column). With `under`, the object without those is held under this name."""
    there = [(name, columns[name]) for name in names if columns.get(name)]
    found = [_object({name: values[at] for name, values in there}) for at in range(size)]
    others = [(name, columns[column]) for name, column in (beside or {}).items() if columns.get(column)]
    if not under and not others:
        return found
    return [_beside({name: values[at] for name, values in others}, one, under) for at, one in enumerate(found)]


def _beside(others: dict[str, Any], held: str, under: str) -> str:
    told = {name: cells.text(cell) for name, cell in others.items() if not cells.is_empty(cell)}
    inner = json.loads(held)
    return json.dumps(told | ({under: inner} if under else inner), ensure_ascii=False)


def _object(row: dict[str, Any]) -> str:
    found: dict[str, Any] = {}
    for name, cell in row.items():
        if cells.is_empty(cell) or (isinstance(cell, float) and not math.isfinite(cell)):
            continue
        inner = _inner(cell) if name.lower() == SPREAD else None
        if inner is not None:
            found = {**inner, **found}
        else:
            found[name.removeprefix(f"{SPREAD}.")] = cell
    return json.dumps(found, ensure_ascii=False, default=str)


def _inner(cell: Any) -> dict[str, Any] | None:
    """Return the object that a cell holds or spells; None when it is something else."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return None
    return cell if isinstance(cell, dict) else None
