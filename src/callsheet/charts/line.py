"""Lines over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option
from callsheet.charts.points import Lines, Point, drawable, places, points


def line(
    series: Lines,
    *,
    title: str,
    unit: str = "",
    notes: Sequence[Note] = (),
    tones: Mapping[str, str] | None = None,
    from_zero: bool = True,
    along: str = "",
) -> Option:
    """One line a series, name -> points (`points`); a last partial interval is dashed to a hollow point.

    Points with an `interval` get a soft band. Several lines carry their names at their ends. `notes` are vertical marks
    (ISO time, label). `along` names an axis that is not time. `from_zero=False` lets the axis start near the smallest
    amount.
    """
    read = {name: points(raw, unit) for name, raw in series.items()}
    if not drawable(read):
        return parts.empty("line", title)
    xs = places(read)
    time = all(parts.is_day(x) for x in xs)
    drawn: list[Option] = []
    for i, (name, one) in enumerate(read.items()):
        drawn += _one(name, one, parts.tone(name, i, tones))
    drawn[0]["markLine"] = parts.notes_mark(notes, xs) if time else {"data": []}
    if len(read) > 1:
        hollow = any(one and one[-1].partial for one in read.values())
        names = _names(read, tones)
        drawn.append(parts.end_labels(names, apart=_apart(read, from_zero), distance=8 if hollow else 4))
    word = parts.word(unit)
    right = parts.name_width(read) + 16 if len(read) > 1 else 14
    top = 24 if notes or word else 12
    return parts.option(
        "line",
        title,
        unit=unit,
        grid=parts.grid(top=top, right=right, bottom=26 if along and not time else 4),
        xAxis=parts.time_axis(xs)
        if time
        else parts.named(parts.category_axis(xs, boundaryGap=False), along, below=True),
        yAxis=parts.named(parts.value_axis(unit, scale=not from_zero), word),
        series=drawn,
    )


def _one(name: str, one: Sequence[Point], colour: str) -> list[Option]:
    """The line, its band, and, if the last interval is partial, the dashed join to its hollow point."""
    partial = len(one) > 1 and one[-1].partial and one[-1].amount is not None
    whole = one[:-1] if partial else one
    style = {"width": 1.75, "color": colour, "cap": "round", "join": "round"}
    lone = sum(point.amount is not None for point in whole) == 1
    drawn: list[Option] = [
        {
            "id": name,
            "name": name,
            "type": "line",
            "showSymbol": lone,
            "symbol": "circle",
            "symbolSize": 5,
            "lineStyle": style,
            "itemStyle": {"color": colour},
            "data": [[point.x, point.amount] for point in whole],
        }
    ]
    drawn += _band(name, whole, colour)
    if partial:
        drawn += _tail(name, whole[-1], one[-1], colour)
    return drawn


def _tail(name: str, before: Point, last: Point, colour: str) -> list[Option]:
    pair = [[before.x, before.amount], [last.x, last.amount]]
    hollow = {"color": "@surface", "borderColor": colour, "borderWidth": 1.5}
    dashed = {"width": 1.75, "color": colour, "type": [4, 4]}
    shape = {"type": "line", "symbol": "circle"}
    return [
        {
            **parts.HELPER,
            **shape,
            "id": f"_{name}:join",
            "showSymbol": False,
            "lineStyle": dashed,
            "data": pair,
        },
        {
            **shape,
            "id": f"{name}:partial",
            "name": f"{name} so far",
            "symbolSize": 6,
            "z": 4,
            "itemStyle": hollow,
            "lineStyle": {"color": colour},
            "data": [[last.x, last.amount]],
        },
    ]


def _band(name: str, one: Sequence[Point], colour: str) -> list[Option]:
    if not any(point.low is not None and point.high is not None for point in one):
        return []
    common: Option = {
        **parts.HELPER,
        "type": "line",
        "stack": f"_{name}:band",
        "stackStrategy": "all",
        "showSymbol": False,
        "lineStyle": {"width": 0, "color": colour},
        "z": 1,
    }
    lows = [[point.x, point.low] for point in one]
    gaps = [[point.x, _gap(point)] for point in one]
    area = {"color": f"{colour.split('/')[0]}/14", "opacity": 1}
    return [
        {**common, "id": f"_{name}:low", "data": lows},
        {**common, "id": f"_{name}:band", "data": gaps, "areaStyle": area},
    ]


def _gap(point: Point) -> float | None:
    return None if point.low is None or point.high is None else round(point.high - point.low, 6)


def _names(read: Mapping[str, Sequence[Point]], tones: Mapping[str, str] | None) -> list[tuple[Any, float, str, str]]:
    """Each line's name at its last amount, in the line's colour."""
    found = []
    for i, (name, one) in enumerate(read.items()):
        last = next((point for point in reversed(one) if point.amount is not None), None)
        if last is not None and last.amount is not None:
            found.append((last.x, last.amount, name, parts.tone(name, i, tones).split("/")[0]))
    return found


def _apart(read: Mapping[str, Sequence[Point]], from_zero: bool) -> float:
    """The distance in amounts that a line of text needs: a fourteenth of the axis."""
    amounts = [point.amount for one in read.values() for point in one if point.amount is not None]
    return (max(amounts) - min([*amounts, 0.0] if from_zero else amounts)) / 14
