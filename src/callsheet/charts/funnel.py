"""Steps that fewer and fewer take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

ROW = 34


def funnel(steps: Sequence[Mapping[str, Any]], *, title: str, unit: str = "people") -> Option:
    """Steps `{"name", "count", "kept"?, "optional"?}` in order: lying bars with count, share of the first and loss.

    Bars, not trapezoids: their lengths can be compared. `kept` is the share of those who could come from a step
    before, where that is not the step above. The largest loss is marked, not at an optional step. First step 0: no
    data.
    """
    counts = [int(step["count"]) for step in steps]
    if not counts or counts[0] <= 0:
        return parts.empty("funnel", title)
    lost = [0.0] + [1 - b / a if a else 0.0 for a, b in pairwise(counts)]
    lost = [loss if one.get("kept") is None else 1 - float(one["kept"]) for loss, one in zip(lost, steps, strict=True)]
    needed = [i for i, one in enumerate(steps) if i and not one.get("optional")]
    worst = max(needed, key=lambda i: lost[i], default=-1)
    texts = [_text(count, counts[0], lost[i], i) for i, count in enumerate(counts)]
    data = [
        {
            "value": count,
            "name": str(steps[i]["name"]),
            "label": {"formatter": texts[i], "color": "@bad" if i == worst and lost[i] > 0 else "@ink-2"},
        }
        for i, count in enumerate(counts)
    ]
    hidden = {"axisLabel": {"show": False}, "splitLine": {"show": False}}
    return parts.option(
        "funnel",
        title,
        unit=unit,
        height=len(steps) * ROW + 16,
        grid=parts.grid(top=12, right=8, bottom=4),
        xAxis=parts.value_axis(unit, max=max(counts)) | hidden,
        yAxis=parts.row_axis([str(step["name"]) for step in steps]),
        series=[_bars(unit, data)],
    )


def _bars(unit: str, data: list[Option]) -> Option:
    return {
        "id": "steps",
        "name": unit,
        "type": "bar",
        "barWidth": 10,
        "showBackground": True,
        "backgroundStyle": {"color": "@line-soft", "borderRadius": 3},
        "itemStyle": {"color": "@accent/75", "borderRadius": 3},
        "emphasis": {"disabled": True},
        "label": {"show": True, "position": [0, -14], **parts.label("@ink-2")},
        "data": data,
    }


def _text(count: int, first: int, lost: float, index: int) -> str:
    if not index:
        return f"{count:,}"
    change = f"−{lost:.0%} here" if lost >= 0 else f"+{-lost:.0%} here"
    return f"{count:,} · {count / first:.0%} of all · {change}"
