"""When it will be finished: the S-curve of simulated finishing days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from callsheet.base import text
from callsheet.charts import parts
from callsheet.charts.parts import Option

LEVELS = (0.5, 0.85, 0.95)


def finish(
    chances: Sequence[tuple[str, float]], *, title: str, promised: str | None = None, today: str | None = None
) -> Option:
    """The chance (0 to 1) of being finished by each day, with the 50, 85 and 95% days marked.

    `promised` is the promised day: the mark says how likely it is (by straight lines between days; 0 before
    the first day, the last chance after the last).
    """
    curve = sorted((day, float(chance)) for day, chance in chances if chance is not None)
    if not curve:
        return parts.empty("finish", title)
    line: Option = {
        "id": "chance",
        "name": "finished by",
        "type": "line",
        "showSymbol": False,
        "symbol": "circle",
        "lineStyle": {"width": 1.75, "color": "@accent"},
        "itemStyle": {"color": "@accent"},
        "areaStyle": {"color": "@accent/10", "opacity": 1},
        "data": [[day, round(chance * 100, 4)] for day, chance in curve],
        "markLine": _marks(curve, promised, today),
    }
    days = [day for day, _ in curve] + [day for day in (promised, today) if day]
    return parts.option(
        "finish",
        title,
        unit="%",
        grid=parts.grid(top=24, right=18),
        xAxis=parts.time_axis(days, min=min(days), max=_end(curve, days)),
        yAxis=parts.value_axis("%", min=0, max=100, interval=25),
        series=[line, _levels(curve)],
    )


def _end(curve: Sequence[tuple[str, float]], days: Sequence[str]) -> str:
    """The axis's last day: far enough for the text to the right of the 95% dot (a quarter of the axis)."""
    first, last = min(days), max(days)
    reached = next((day for day, chance in curve if chance >= LEVELS[-1]), last)
    room = parts.days_between(first, reached) / 0.75
    return max(last, (date.fromisoformat(first[:10]) + timedelta(days=math.ceil(room))).isoformat())


def _levels(curve: Sequence[tuple[str, float]]) -> Option:
    """Dots with their day at the levels that the curve reaches."""
    data = []
    for level in LEVELS:
        day = next((day for day, chance in curve if chance >= level), None)
        if day:
            data.append({"value": [day, level * 100], "name": f"{level:.0%} · {parts.day_text(day)}"})
    return {
        "id": "levels",
        "name": "levels",
        "type": "scatter",
        "symbolSize": 8,
        "z": 5,
        "silent": True,
        "tooltip": {"show": False},
        "itemStyle": {"color": "@surface", "borderColor": "@accent", "borderWidth": 1.75},
        "label": {"show": True, "formatter": "{b}", "position": [14, 3], **parts.label("@ink")},
        "data": data,
    }


def _marks(curve: Sequence[tuple[str, float]], promised: str | None, today: str | None) -> Option:
    marks: list[tuple[Any, str, str]] = []
    if today:
        marks.append((today, "today", "left"))
    if promised:
        likely = text.chance(chance_by(curve, promised))
        side = "right" if promised > curve[len(curve) // 2][0] else "left"
        marks.append((promised, f"promised {parts.day_text(promised)} · {likely}", side))
    mark = parts.vertical_marks(marks)
    for one in mark["data"]:
        if one["xAxis"] == promised:
            one["lineStyle"] = {"color": "@ink", "type": "solid", "width": 1.5}
            one["label"]["color"] = "@ink"
    return mark


def chance_by(curve: Sequence[tuple[str, float]], day: str) -> float:
    """The chance at a day, by straight lines between the curve's days."""
    before = [pair for pair in curve if pair[0] <= day]
    after = [pair for pair in curve if pair[0] > day]
    if not before:
        return 0.0
    if not after or before[-1][0] == day:
        return before[-1][1]
    (left, low), (right, high) = before[-1], after[0]
    share = parts.days_between(left, day) / parts.days_between(left, right)
    return low + (high - low) * share
