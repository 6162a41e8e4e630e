"""Work done so far and where it may go: the forecast fan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option
from callsheet.charts.points import PointLike, drawable, points

SHADES = ("@accent/14", "@accent/26", "@accent/38")


def fan(
    history: Iterable[PointLike],
    forecast: Sequence[Mapping[str, Any]],
    *,
    title: str,
    unit: str = "items",
    scope: float | None = None,
    promised: str | None = None,
    notes: Sequence[Note] = (),
) -> Option:
    """A line of what is done, then bands of what may be done.

    `forecast` has per time `{"x": ISO time, "levels": {5: .., 25: .., 50: .., 75: .., 95: ..}}`: amounts at
    percentiles; levels pair from the outside (5 with 95), an odd middle one is a dashed line. `scope` is the
    amount that means finished, `promised` the promised day.
    """
    done = points(history, unit)
    if not drawable({"": done}) and not forecast:
        return parts.empty("fan", title)
    levels = sorted({int(level) for one in forecast for level in one["levels"]})
    table = _table(done[-1].x if done else None, done[-1].amount if done else None, forecast, levels, unit)
    xs = [point.x for point in done] + [x for x, _ in table]
    marks = list(notes) + ([(promised, f"promised {parts.day_text(promised)}")] if promised else [])
    main = _history(title, [[point.x, point.amount] for point in done])
    main["markLine"] = _marks(marks, xs, parts.scaled(scope, unit), unit)
    word = parts.word(unit)
    return parts.option(
        "fan",
        title,
        unit=unit,
        grid=parts.grid(top=24, right=16),
        xAxis=parts.time_axis(xs),
        yAxis=parts.named(parts.value_axis(unit), word),
        series=[*_bands(table, levels), main],
    )


def _table(
    x: Any, amount: float | None, forecast: Sequence[Mapping[str, Any]], levels: Sequence[int], unit: str
) -> list[tuple[Any, dict[int, float | None]]]:
    """Amounts by time and level, starting where the history ends."""
    rows: list[tuple[Any, dict[int, float | None]]] = []
    if x is not None and amount is not None and forecast:
        rows.append((x, dict.fromkeys(levels, amount)))
    for one in forecast:
        found = {int(level): parts.scaled(value, unit) for level, value in one["levels"].items()}
        rows.append((one["x"], {level: found.get(level) for level in levels}))
    return rows


def _bands(table: Sequence[tuple[Any, dict[int, float | None]]], levels: Sequence[int]) -> list[Option]:
    drawn: list[Option] = []
    for i in range(len(levels) // 2):
        low, high = levels[i], levels[-1 - i]
        shade = SHADES[min(i, len(SHADES) - 1)]
        drawn += _band(f"{low}–{high}%", [(x, at[low], at[high]) for x, at in table], shade)
    if len(levels) % 2:
        middle = levels[len(levels) // 2]
        style = {"width": 1.5, "color": "@accent", "type": [4, 4]}
        data = [[x, at[middle]] for x, at in table]
        drawn.append(
            {
                "id": f"{middle}%",
                "name": f"{middle}%",
                "type": "line",
                "showSymbol": False,
                "symbol": "circle",
            }
            | {"lineStyle": style, "itemStyle": {"color": "@accent"}, "data": data}
        )
    return drawn


def _band(name: str, rows: Sequence[tuple[Any, float | None, float | None]], shade: str) -> list[Option]:
    common: Option = {
        **parts.HELPER,
        "type": "line",
        "stack": f"_{name}",
        "stackStrategy": "all",
        "showSymbol": False,
        "lineStyle": {"width": 0, "color": shade},
    }
    gaps = [[x, None if low is None or high is None else round(high - low, 6)] for x, low, high in rows]
    return [
        {**common, "id": f"_{name}:low", "data": [[x, low] for x, low, _ in rows]},
        {**common, "id": f"_{name}", "name": name, "data": gaps, "areaStyle": {"color": shade, "opacity": 1}},
    ]


def _history(title: str, data: list[list[Any]]) -> Option:
    return {
        "id": "done",
        "name": title,
        "type": "line",
        "showSymbol": False,
        "symbol": "circle",
        "z": 4,
        "lineStyle": {"width": 1.75, "color": "@ink"},
        "itemStyle": {"color": "@ink"},
        "data": data,
    }


def _marks(notes: Sequence[Note], xs: Sequence[Any], scope: float | None, unit: str) -> Option:
    mark = parts.notes_mark(notes, xs)
    if scope is not None:
        name = f"all {parts.number(scope, parts.shown_unit(unit))} {parts.word(unit)}".strip()
        side = {"position": "insideStartTop", "color": "@ink-2", "distance": 3}
        mark["data"].append({"yAxis": scope, "name": name, "label": side, "lineStyle": {"type": "solid"}})
    return mark
