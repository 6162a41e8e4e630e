"""Predicted against observed: whether 85% means 85%."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

WIDE, HIGH = 0.12, 0.07
"""Room that a bin's number takes, as shares of the axes."""


def calibration(bins: Sequence[Mapping[str, Any]], *, title: str, top: float = 1.0) -> Option:
    """Bins `{"predicted", "observed", "n", "low"?, "high"?}`, shares of 0 to 1; on the diagonal is perfect.

    The dot grows with the square root of n; low and high are the interval of the observed share. Both axes end at
    `top`, for chances that are all small.
    """
    known = [one for one in bins if one.get("observed") is not None and one.get("n")]
    if not known:
        return parts.empty("calibration", title, height=280)
    most = max(one["n"] for one in known)
    told = _told(known, top)
    dots: Option = {
        "id": "bins",
        "name": "observed",
        "type": "scatter",
        "z": 4,
        "itemStyle": {"color": "@accent", "borderColor": "@surface", "borderWidth": 1},
        "label": {
            "show": True,
            "formatter": "{b}",
            "position": "right",
            "distance": 4,
            **parts.label("@ink-2"),
        },
        "labelLayout": {"hideOverlap": True, "dy": 9, "moveOverlap": "shiftY"},
        "data": [_dot(one, most, place in told) for place, one in enumerate(known)],
    }
    lines: list[Option] = [_diagonal(100 * top), _whiskers(known)]
    axis = parts.value_axis("%", min=0, max=round(100 * top, 4), interval=round(25 * top, 4))
    return parts.option(
        "calibration",
        title,
        unit="%",
        height=280,
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=26, right=24, bottom=20),
        xAxis=parts.named(axis, "predicted", below=True),
        yAxis=parts.named(axis, "came true"),
        series=[*lines, dots],
    )


def _told(known: Sequence[Mapping[str, Any]], top: float) -> set[int]:
    """Return the places of the bins whose number is written beside them: those that would stand on another are only
    told when pointed at. The rarest chances lie close together; from the largest on there is most room."""
    told: set[int] = set()
    for place in sorted(range(len(known)), key=lambda one: -known[one]["predicted"]):
        apart = all(
            abs(known[place]["predicted"] - known[one]["predicted"]) > WIDE * top
            or abs(known[place]["observed"] - known[one]["observed"]) > HIGH * top
            for one in told
        )
        if apart:
            told.add(place)
    return told


def _dot(one: Mapping[str, Any], most: int, told: bool) -> Option:
    size = 6 + 8 * (one["n"] / most) ** 0.5
    spot = [round(one["predicted"] * 100, 4), round(one["observed"] * 100, 4)]
    dot = {"value": spot, "name": f"n = {one['n']:,}", "symbolSize": round(size, 1)}
    return dot if told else {**dot, "label": {"show": False}}


def _diagonal(end: float) -> Option:
    style = {"width": 1, "color": "@ink-3", "type": [4, 4]}
    data = [[0, 0], [round(end, 4), round(end, 4)]]
    return {
        **parts.HELPER,
        "id": "_perfect",
        "type": "line",
        "showSymbol": False,
        "lineStyle": style,
        "data": data,
    }


def _whiskers(known: Sequence[Mapping[str, Any]]) -> Option:
    """One upright stroke a bin: a line with gaps."""
    data: list[list[Any]] = []
    for one in known:
        if one.get("low") is not None and one.get("high") is not None:
            x = round(one["predicted"] * 100, 4)
            data += [[x, round(one["low"] * 100, 4)], [x, round(one["high"] * 100, 4)], [x, None]]
    style = {"width": 2, "color": "@accent/40", "cap": "round"}
    return {
        **parts.HELPER,
        "id": "_whiskers",
        "type": "line",
        "showSymbol": False,
        "lineStyle": style,
        "data": data,
    }
