"""One dot an item over time, with percentile lines: the cycle-time scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option


def scatter(
    items: Sequence[Mapping[str, Any]],
    *,
    title: str,
    unit: str = "days",
    percentiles: Mapping[int, float] | None = None,
    notes: Sequence[Note] = (),
    log: bool = False,
) -> Option:
    """Items `{"x": ISO time, "y": amount, "name": ..., "tone": token?}`, and level lines (85 -> 9.4).

    Items without an amount are left out; on a logarithmic axis (`log`) also those of 0 or less.
    """
    drawn = [item for item in items if _drawable(item, log)]
    if not drawn:
        return parts.empty("scatter", title)
    days = [str(item["x"]) for item in drawn]
    data = [_dot(item, unit) for item in drawn]
    axis = parts.value_axis(unit) | ({"type": "log", "logBase": 10} if log else {})
    levels = {level: parts.scaled(amount, unit) for level, amount in (percentiles or {}).items()}
    dots: Option = {
        "id": "items",
        "name": title,
        "type": "scatter",
        "symbolSize": 6 if len(drawn) < 400 else 4,
        "itemStyle": {"color": "@accent/60", "borderColor": "@surface", "borderWidth": 0.75},
        "data": data,
        "markLine": _marks(levels, unit, notes, days),
    }
    word = parts.word(unit)
    return parts.option(
        "scatter",
        title,
        unit=unit,
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=24 if word or notes else 12, right=74 if levels else 14),
        xAxis=parts.time_axis(days, boundaryGap=["2%", "2%"]),
        yAxis=parts.named(axis, word),
        series=[dots],
    )


def _drawable(item: Mapping[str, Any], log: bool) -> bool:
    amount = item.get("y")
    return amount is not None and amount == amount and (not log or amount > 0)


def _dot(item: Mapping[str, Any], unit: str) -> Option:
    dot: Option = {"value": [item["x"], parts.scaled(item["y"], unit)], "name": str(item.get("name", ""))}
    if item.get("tone"):
        dot["itemStyle"] = {"color": item["tone"]}
    return dot


def _marks(levels: Mapping[int, float | None], unit: str, notes: Sequence[Note], span: Sequence[str]) -> Option:
    """Percentile lines with their level and amount at the right, and the notes."""
    mark = parts.notes_mark(notes, span)
    for level, amount in sorted(levels.items()):
        if amount is None:
            continue
        main = level == 85
        mark["data"].append(
            {
                "yAxis": amount,
                "name": f"{level}% · {parts.number(amount, parts.shown_unit(unit))}",
                "lineStyle": {"type": "solid" if main else "dashed", "color": "@ink-2" if main else "@ink-3"},
                "label": {"color": "@ink" if main else "@ink-2", "distance": 6},
            }
        )
    return mark
