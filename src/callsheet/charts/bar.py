"""Bars: one or several series, side by side or stacked, standing or lying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option


def bar(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    title: str,
    unit: str = "",
    stacked: bool = False,
    horizontal: bool = False,
    tones: Mapping[str, str] | None = None,
    notes: Sequence[Note] = (),
    partial: Sequence[bool] = (),
    along: str = "",
) -> Option:
    """A bar a label and series. One lying series carries its amounts; several get a legend above.

    Bars of intervals that are not over (`partial`, one a label) are faint. None leaves a place empty. Labels that are
    ISO days are written short. `notes` on standing bars are (one of the labels, text). `along` names their axis.
    """
    for name, values in series.items():
        parts.same_length(name, values, len(labels))
    scaled = {name: [parts.scaled(value, unit) for value in values] for name, values in series.items()}
    if not any(value is not None for values in scaled.values() for value in values):
        return parts.empty("bar", title)
    valued = horizontal and len(series) == 1
    last = len(series) - 1
    drawn = []
    for i, (name, values) in enumerate(scaled.items()):
        rounded = (not stacked) or i == last
        one = _bars(name, values, parts.tone(name, i, tones, parts.BARS), horizontal, rounded)
        one |= {"data": parts.faint(values, partial)}
        drawn.append(one | ({"stack": "all"} if stacked else {}) | (_amounts(values, unit) if valued else {}))
    if notes and not horizontal:
        drawn[0]["markLine"] = parts.behind(_marks(labels, notes))
    several = len(series) > 1
    frame = parts.option(
        "bar",
        title,
        unit=unit,
        height=_height(len(labels), len(series), stacked) if horizontal else 240,
        series=drawn,
        **({"legend": parts.legend(list(series))} if several else {}),
    )
    return frame | _axes(labels, unit, horizontal, several, along)


def _axes(labels: Sequence[str], unit: str, horizontal: bool, several: bool, along: str) -> Option:
    top = 28 if several else 8
    if horizontal:
        value = parts.value_axis(unit)
        if not several:
            value |= {"axisLabel": {"show": False}, "splitLine": {"show": False}}
        return {
            "grid": parts.grid(top=top, right=16 if several else 56, bottom=4),
            "xAxis": value,
            "yAxis": parts.row_axis(labels),
        }
    word = parts.word(unit)
    return {
        "grid": parts.grid(top=top + (16 if word else 4), bottom=26 if along else 4),
        "xAxis": parts.named(parts.category_axis(labels), along, below=True),
        "yAxis": parts.named(parts.value_axis(unit), word),
    }


def _bars(name: str, values: Sequence[float | None], colour: str, horizontal: bool, rounded: bool) -> Option:
    corner = [0, 2, 2, 0] if horizontal else [2, 2, 0, 0]
    return {
        "id": name,
        "name": name,
        "type": "bar",
        "barMaxWidth": 14 if horizontal else 28,
        "barGap": "15%",
        "barCategoryGap": "38%",
        "itemStyle": {"color": colour, "borderRadius": corner if rounded else 0},
        "emphasis": {"disabled": True},
        "data": list(values),
    }


def _marks(labels: Sequence[str], notes: Sequence[Note]) -> Option:
    """Notes at their bars; texts in the last third stand to the left."""
    late = set(labels[int(len(labels) * 0.67) :])
    shown = [(when, text) for when, text in notes if when in labels]
    return parts.vertical_marks([(parts.day_text(x), text, "right" if x in late else "left") for x, text in shown])


def _amounts(values: Sequence[float | None], unit: str) -> Option:
    data = [
        {
            "value": value,
            "label": {"formatter": "" if value is None else parts.number(value, parts.shown_unit(unit))},
        }
        for value in values
    ]
    return {"data": data, "label": {"show": True, "position": "right", **parts.label("@ink-2")}}


def _height(rows: int, series: int, stacked: bool) -> int:
    each = 26 if stacked or series == 1 else 12 + 15 * series
    return rows * each + (40 if series > 1 else 14)
