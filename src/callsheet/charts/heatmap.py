"""A grid of shares: retention by cohort and week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

ROW = 26


def heatmap(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    title: str,
    unit: str = "share",
    top: float | None = None,
    partial: Sequence[tuple[int, int]] = (),
) -> Option:
    """`values[row][column]`, shaded from nothing to `top` (default: the largest); None leaves the cell blank.

    `partial` are (row, column) of cells whose time is not over: they are drawn faintly.
    """
    parts.same_length(title, values, len(rows))
    for name, line in zip(rows, values, strict=True):
        parts.same_length(name, line, len(columns))
    cells = _cells(values, unit)
    if not cells:
        return parts.empty("heatmap", title)
    open_cells = set(partial)
    most = parts.scaled(top, unit) or max(amount for _, _, amount in cells) or 1.0
    data = [_cell(c, r, amount, most, (r, c) in open_cells, unit) for c, r, amount in cells]
    quiet = {"axisLine": {"show": False}}
    return parts.option(
        "heatmap",
        title,
        unit=unit,
        height=len(rows) * ROW + 30,
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=4, right=4),
        xAxis=parts.category_axis(columns, position="top", **quiet),
        yAxis=parts.row_axis(rows),
        visualMap=_shade(most),
        series=[_grid(title, data)],
    )


def _cells(values: Sequence[Sequence[float | None]], unit: str) -> list[tuple[int, int, float]]:
    """(column, row, amount) of the cells that have one."""
    return [
        (c, r, amount)
        for r, line in enumerate(values)
        for c, value in enumerate(line)
        if (amount := parts.scaled(value, unit)) is not None
    ]


def _shade(most: float) -> Option:
    colours = {"color": ["@accent/4", "@accent/82"]}
    return {"show": False, "type": "continuous", "min": 0, "max": most, "dimension": 2, "inRange": colours}


def _grid(title: str, cells: list[Option]) -> Option:
    return {
        "id": "cells",
        "name": title,
        "type": "heatmap",
        "itemStyle": {"borderColor": "@surface", "borderWidth": 2, "borderRadius": 3},
        "emphasis": {"disabled": True},
        "label": {"show": True, "formatter": "{b}", **parts.label("@ink")},
        "labelLayout": {"hideOverlap": True},
        "data": cells,
    }


def _cell(column: int, row: int, amount: float, most: float, partial: bool, unit: str) -> dict[str, Any]:
    dark = amount > 0.85 * most
    colour = "@surface" if dark and not partial else "@ink"
    written = parts.number(round(amount) if unit in ("share", "%") else amount)
    cell: dict[str, Any] = {"value": [column, row, amount], "name": written, "label": {"color": colour, "opacity": 1}}
    return cell | {"itemStyle": {"opacity": parts.FAINT}} if partial else cell
