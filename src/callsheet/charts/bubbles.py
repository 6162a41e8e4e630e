"""Themes by two amounts and a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

SMALLEST, LARGEST = 8.0, 46.0


def bubbles(
    themes: Sequence[Mapping[str, Any]],
    *,
    title: str,
    x: str,
    y: str,
    x_unit: str = "",
    y_unit: str = "",
) -> Option:
    """Themes `{"name", "x", "y", "size", "tone"?}`; the area of a bubble is its size. `x`, `y` name the axes.

    Themes that lack an amount are left out. Large ones are drawn first and labelled first.
    """
    known = [one for one in themes if None not in (one.get("x"), one.get("y"), one.get("size"))]
    if not known:
        return parts.empty("bubbles", title, height=320)
    most = max(float(one["size"]) for one in known) or 1.0
    ordered = sorted(known, key=lambda one: -float(one["size"]))
    late = _late([float(one["x"]) for one in known])
    data = [_bubble(one, most, (x_unit, y_unit), late) for one in ordered]
    return parts.option(
        "bubbles",
        title,
        unit=y_unit,
        height=320,
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=28, right=24, bottom=20),
        xAxis=parts.named(_axis(known, "x", x_unit), x, below=True),
        yAxis=parts.named(_axis(known, "y", y_unit), y),
        series=[_series(title, data)],
    )


def _series(title: str, data: list[Option]) -> Option:
    return {
        "id": "themes",
        "name": title,
        "type": "scatter",
        "itemStyle": {"opacity": 0.8, "borderWidth": 1},
        "emphasis": {"disabled": True},
        "clip": False,
        "label": {"show": True, "formatter": "{b}", "distance": 4, **parts.label("@ink")},
        "labelLayout": {"hideOverlap": True, "moveOverlap": "shiftY"},
        "data": data,
    }


def _bubble(one: Mapping[str, Any], most: float, units: tuple[str, str], late: float) -> Option:
    share = (max(float(one["size"]), 0.0) / most) ** 0.5
    token = str(one.get("tone") or "@accent").split("/")[0]
    return {
        "value": [parts.scaled(one["x"], units[0]), parts.scaled(one["y"], units[1]), one["size"]],
        "name": str(one["name"]),
        "symbolSize": round(SMALLEST + (LARGEST - SMALLEST) * share, 1),
        "itemStyle": {"color": f"{token}/35", "borderColor": f"{token}/70"},
        "label": {"position": "left" if one["x"] > late else "right"},
    }


def _late(xs: Sequence[float]) -> float:
    """Right of this a name stands to the left of its bubble, so that it stays in the picture."""
    return min(xs) + 0.55 * (max(xs) - min(xs))


def _axis(known: Sequence[Mapping[str, Any]], key: str, unit: str) -> Option:
    """An axis with air for the bubbles, that does not go below zero without need."""
    axis = parts.value_axis(unit, scale=True, boundaryGap=["12%", "16%"])
    return axis | ({"min": 0} if all(one[key] >= 0 for one in known) else {})
