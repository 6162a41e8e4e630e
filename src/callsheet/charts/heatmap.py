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

    `partial` are (row, column) of cells whose time is not over: their number is written lightly.
    """
    parts.same_length(title, values, len(rows))
    for name, line in zip(rows, values, strict=True):
        parts.same_length(name, line, len(columns))
    cells = [
        (c, r, amount)
        for r, line in enumerate(values)
        for c, value in enumerate(line)
        if (amount := parts.scaled(value, unit)) is not None
    ]
    if not cells:
        return parts.empty("heatmap", title)
    most = parts.scaled(top, unit) or max(amount for _, _, amount in cells) or 1.0
    shade = {"color": ["@accent/4", "@accent/82"]}
    series: Option = {
        "id": "cells",
        "name": title,
        "type": "heatmap",
        "itemStyle": {"borderColor": "@surface", "borderWidth": 2, "borderRadius": 3},
        "emphasis": {"disabled": True},
        "label": {"show": True, "formatter": "{b}", **parts.label("@ink")},
        "labelLayout": {"hideOverlap": True},
        "data": [_cell(c, r, amount, most, (r, c) in set(partial), unit) for c, r, amount in cells],
    }
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
        visualMap={
            "show": False,
            "type": "continuous",
            "min": 0,
            "max": most,
            "dimension": 2,
            "inRange": shade,
        },
        series=[series],
    )


def _cell(column: int, row: int, amount: float, most: float, partial: bool, unit: str) -> dict[str, Any]:
    dark = amount > 0.85 * most
    colour = "@ink-2" if partial and not dark else "@surface" if dark else "@ink"
    written = parts.number(round(amount) if unit in ("share", "%") else amount)
    return {"value": [column, row, amount], "name": written, "label": {"color": colour}}
