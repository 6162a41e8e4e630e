"""Layers over time that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import AREAS, Note, Option
from callsheet.charts.points import Lines, Point, drawable, places, points

THIN = 0.09
"""Below this share of the plot's height a label does not fit into its layer and stands above the next."""


def stacked_area(
    layers: Lines,
    *,
    title: str,
    unit: str = "",
    notes: Sequence[Note] = (),
    tones: Mapping[str, str] | None = None,
    emphasis: str = "",
) -> Option:
    """Layers from the bottom up, name -> points; each carries its name and last amount at its end.

    `emphasis` names the layer that the page speaks of: it is drawn in the tone of a problem. A missing amount
    counts as nothing in the stack, as it must to have a sum.
    """
    read = {name: points(raw, unit) for name, raw in layers.items()}
    if not drawable(read):
        return parts.empty("stacked_area", title)
    colours = {name: _colour(name, i, tones, emphasis) for i, name in enumerate(read)}
    open_ = any(one[-1].partial for one in read.values() if one)
    ends = [one[-1].amount for one in read.values() if one]
    unnamed = len(read) > 1 and (open_ or not all(ends))
    drawn = layered("stacked_area", read, colours, title=title, unit=unit, notes=notes, named=not unnamed)
    return _veiled(drawn, places(read)) if open_ else drawn


def _veiled(option: Option, xs: Sequence[Any]) -> Option:
    """The option with its last interval, which is not over, made faint."""
    if len(xs) < 2:
        return option
    veil = {"silent": True, "itemStyle": {"color": "@surface", "opacity": 0.6}, "z": 3}
    last = option["series"][-2]
    area = {**veil, "data": [[{"xAxis": xs[-2]}, {"xAxis": xs[-1]}]]}
    return {**option, "series": [*option["series"][:-2], {**last, "markArea": area}, option["series"][-1]]}


def layered(
    chart: str,
    read: Mapping[str, Sequence[Point]],
    colours: Mapping[str, str],
    *,
    title: str,
    unit: str,
    notes: Sequence[Note] = (),
    amounts: bool = True,
    named: bool = True,
) -> Option:
    """The option of stacked layers, already read and coloured (also used by the cumulative flow).

    Layers are named at their ends, or in a legend where not all of them can be.
    """
    xs = places(read)
    columns = {name: {point.x: point.amount or 0.0 for point in one} for name, one in read.items()}
    stack = {name: [values.get(x, 0.0) for x in xs] for name, values in columns.items()}
    drawn = [_layer(name, xs, values, colours[name]) for name, values in stack.items()]
    drawn[0]["markLine"] = parts.notes_mark(notes, xs)
    labels, right = _ends(xs, stack if named else {}, unit, amounts)
    word = parts.word(unit)
    top = (24 if notes or word else 12) + (0 if named else 20)
    frame = parts.option(
        chart,
        title,
        unit=unit,
        grid=parts.grid(top=top, right=right),
        xAxis=parts.time_axis(xs),
        yAxis=parts.named(parts.value_axis(unit, z=3), word),
        series=[*drawn, labels],
    )
    return frame if named else frame | {"legend": parts.legend(list(stack))}


def _layer(name: str, xs: Sequence[Any], values: Sequence[float], colour: str) -> Option:
    return {
        "id": name,
        "name": name,
        "type": "line",
        "stack": "all",
        "showSymbol": False,
        "symbol": "none",
        "lineStyle": {"width": 0, "color": colour},
        "itemStyle": {"color": colour},
        "areaStyle": {"color": colour, "opacity": 1},
        "emphasis": {"disabled": True},
        "data": [list(pair) for pair in zip(xs, values, strict=True)],
    }


def _ends(xs: Sequence[Any], stack: Mapping[str, Sequence[float]], unit: str, amounts: bool) -> tuple[Option, float]:
    """The names (and last amounts) beside the layers' ends, and the margin that they need."""
    shown, below = [], 0.0
    for name, values in stack.items():
        last = values[-1]
        text = f"{name} {parts.number(last, parts.shown_unit(unit))}" if amounts else name
        if last:
            shown.append((xs[-1], below + last / 2, text, "@ink-2"))
        below += last
    gap = THIN * max((sum(column) for column in zip(*stack.values(), strict=True)), default=0) * 0.8
    return parts.end_labels(shown, apart=gap), parts.name_width(text for _, _, text, _ in shown) + 8


def _colour(name: str, index: int, tones: Mapping[str, str] | None, emphasis: str) -> str:
    if name == emphasis and name not in (tones or {}):
        return "@bad/45"
    return parts.tone(name, index, tones, AREAS)
