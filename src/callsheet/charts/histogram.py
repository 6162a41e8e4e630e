"""How often amounts of each size occur."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from callsheet.charts import parts
from callsheet.charts.parts import Option

MOST = 40


def histogram(
    values: Sequence[float],
    *,
    title: str,
    unit: str = "days",
    marks: Mapping[str, float] | None = None,
    step: float | None = None,
    counted: str = "items",
) -> Option:
    """Bars of equal steps, each [from, to); `marks` (label -> amount) stand upright.

    Without a step: the nearest of 1, 2, 5 times a power of ten to the Freedman-Diaconis width
    2 IQR n^(-1/3), and at most 40 bars. Source: Freedman & Diaconis (1981).
    """
    kept = sorted(v for v in (parts.scaled(value, unit) for value in values) if v is not None)
    if not kept:
        return parts.empty("histogram", title)
    size = (parts.scaled(step, unit) if step else None) or _step(kept)
    first = math.floor(kept[0] / size)
    counts = [0] * (math.floor(kept[-1] / size) - first + 1)
    for value in kept:
        counts[math.floor(value / size) - first] += 1
    low, high = round(first * size, 9), round((first + len(counts)) * size, 9)
    data = [[round((first + i + 0.5) * size, 9), count] for i, count in enumerate(counts)]
    bars = _bars(counted, data) | {"markLine": _marks(marks or {}, unit, low, high)}
    base = parts.value_axis(unit, splitNumber=6, min=low, max=high, containShape=False, splitLine={"show": False})
    return parts.option(
        "histogram",
        title,
        unit=unit,
        grid=parts.grid(top=24 if len(marks or {}) < 3 else 38, bottom=20 if parts.word(unit) else 4),
        xAxis=parts.named(base, parts.word(unit), below=True),
        yAxis=parts.named(parts.value_axis("", minInterval=1), counted),
        series=[bars],
    )


def _bars(counted: str, data: list[list[float]]) -> Option:
    return {
        "id": "count",
        "name": counted,
        "type": "bar",
        "barCategoryGap": "6%",
        "itemStyle": {"color": "@accent/55", "borderRadius": [1.5, 1.5, 0, 0]},
        "emphasis": {"disabled": True},
        "data": data,
    }


def _marks(marks: Mapping[str, float], unit: str, low: float, high: float) -> Option:
    """Upright lines; the lowest has its text to the left, the others to the right, where there is room.

    Of three or more, every other text stands a line higher.
    """
    shown = parts.shown_unit(unit)
    read = sorted((amount, name) for name, raw in marks.items() if (amount := parts.scaled(raw, unit)) is not None)
    placed = []
    for i, (amount, name) in enumerate(read):
        share = (amount - low) / (high - low)
        side = "right" if share > 0.8 or (i == 0 and share > 0.22) else "left"
        placed.append((amount, f"{name} · {parts.number(amount, shown)}", side))
    mark = parts.vertical_marks(placed, colour="@ink-2")
    for i, one in enumerate(mark["data"]):
        if len(read) > 2 and i % 2:
            one["label"]["offset"] = [one["label"]["offset"][0], -13]
    return mark


def _step(ordered: Sequence[float]) -> float:
    """A round step near the Freedman-Diaconis width; ordered values, at least one."""
    count = len(ordered)
    spread = ordered[-1] - ordered[0]
    if not spread:
        return 10.0 ** math.floor(math.log10(abs(ordered[0]))) if ordered[0] else 1.0
    middle = ordered[(3 * count) // 4 - (1 if count % 4 == 0 else 0)] - ordered[count // 4]
    wanted = max(2 * middle / count ** (1 / 3) or spread / 10, spread / MOST)
    power = 10.0 ** math.floor(math.log10(wanted))
    steps = [power * times for times in (1, 2, 5, 10)]
    fine = [step for step in steps if spread / step <= MOST] or steps[-1:]
    return min(fine, key=lambda step: abs(math.log(step / wanted)))
