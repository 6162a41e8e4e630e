"""A line without axes, beside a figure."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.charts import parts
from callsheet.charts.parts import Option
from callsheet.charts.points import PointLike, drawable, points

HEIGHT = 30


def sparkline(raw: Iterable[PointLike], *, title: str, unit: str = "", tone: str = "@ink-3") -> Option:
    """The points' shape at 30 px height; the last partial interval is dashed. Evenly spaced, no zero line."""
    one = points(raw, unit)
    if not drawable({"": one}):
        return parts.empty("sparkline", title, "No data", height=HEIGHT)
    partial = len(one) > 1 and one[-1].partial
    count = len(one) - 1 if partial else len(one)
    style = {"width": 1.6, "color": tone, "cap": "round", "join": "round"}
    shape: Option = {"type": "line", "showSymbol": count == 1, "symbol": "circle", "symbolSize": 4}
    colour = {"color": tone}
    solid = [point.amount for point in one[:count]]
    series: list[Option] = [
        {**shape, "id": title, "name": title, "lineStyle": style, "itemStyle": colour, "data": solid}
    ]
    if partial:
        tail = [None] * (count - 1) + [one[-2].amount, one[-1].amount]
        dashed = {**style, "type": [3, 3], "cap": "butt"}
        series.append({**parts.HELPER, **shape, "id": "_join", "lineStyle": dashed, "data": tail})
    hidden = {"show": False}
    return parts.option(
        "sparkline",
        title,
        unit=unit,
        height=HEIGHT,
        grid={"top": 4, "right": 3, "bottom": 4, "left": 3, "outerBoundsMode": "none"},
        xAxis={**hidden, "type": "category", "boundaryGap": False, "data": [point.x for point in one]},
        yAxis={**hidden, "type": "value", "scale": True, "min": "dataMin", "max": "dataMax"},
        series=series,
    )
