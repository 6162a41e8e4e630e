"""What all charts share: the frame of an option, axes, labels, colours and how numbers are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from callsheet.base.errors import BadInput
from callsheet.charts.fonts import width
from callsheet.charts.timeline import ticks

Option = dict[str, Any]
Note = tuple[str, str]
"""A mark on a time axis: ISO time, label."""

CURRENCIES: Final = ("€", "$", "£")
PALETTE: Final = ("@accent", "@violet", "@warn", "@good", "@ink-3", "@bad")
AREAS: Final = ("@ink-3/30", "@accent/45", "@violet/45", "@good/40", "@warn/45", "@accent/75")
BARS: Final = ("@accent/80", "@accent/35", "@ink-3/45", "@violet/60", "@warn/60", "@good/60")
HELPER: Final[Option] = {"silent": True, "tooltip": {"show": False}, "emphasis": {"disabled": True}}
DAY_FORMATS: Final = {
    "year": "{yyyy}",
    "month": "{MMM}",
    "day": "{d} {MMM}",
    "hour": "{HH}:{mm}",
    "minute": "{HH}:{mm}",
    "second": "{HH}:{mm}:{ss}",
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def option(chart: str, title: str, *, unit: str = "", height: int = 240, **parts: Any) -> Option:
    """The frame of an option: description, grid, tooltip, text style; `parts` are added or replace.

    `title` is the sentence that a screen reader says, and the title of the SVG.
    """
    return {
        "animation": False,
        "callsheet": {"chart": chart, "unit": shown_unit(unit), "height": height, "empty": False},
        "aria": {"enabled": True, "label": {"description": title}},
        "textStyle": {"color": "@ink-2", "fontSize": 11},
        "grid": grid(),
        "tooltip": tooltip("axis"),
        **parts,
    }


def empty(chart: str, title: str, message: str = "No data in this period", *, height: int = 240) -> Option:
    """An option that says why there is nothing to draw."""
    style = {"text": message, "fill": "@ink-3", "fontSize": 12, "textAlign": "center"}
    said = f"{title}. {message}." if title else f"{message}."
    return {
        "animation": False,
        "callsheet": {"chart": chart, "unit": "", "height": height, "empty": True},
        "aria": {"enabled": True, "label": {"description": said}},
        "textStyle": {"color": "@ink-2", "fontSize": 12},
        "graphic": [{"type": "text", "left": "center", "top": "middle", "silent": True, "style": style}],
        "series": [],
    }


def grid(*, top: float = 12, right: float = 12, bottom: float = 4, left: float = 4) -> Option:
    """The plot's margins; axis labels are kept inside the outer bounds at any width."""
    edges = {"top": top, "right": right, "bottom": bottom, "left": left}
    return {**edges, "outerBoundsMode": "same", "outerBoundsContain": "axisLabel"}


def tooltip(trigger: str) -> Option:
    """A quiet box; numbers get their unit in the browser."""
    return {
        "trigger": trigger,
        "confine": True,
        "backgroundColor": "@raised",
        "borderColor": "@line",
        "borderWidth": 1,
        "padding": [6, 10],
        "textStyle": {"color": "@ink", "fontSize": 12},
        "axisPointer": {"type": "line", "lineStyle": {"color": "@line"}, "label": {"show": False}},
    }


def label(colour: str = "@ink-3", size: int = 11) -> Option:
    """Small text."""
    return {"color": colour, "fontSize": size}


def value_axis(unit: str = "", **more: Any) -> Option:
    """An axis of numbers: hairlines, no axis line, about four steps. A unit that is a word stands above."""
    shown = shown_unit(unit)
    axis: Option = {
        "type": "value",
        "splitNumber": 4,
        "axisLine": {"show": False, "onZero": False},
        "axisTick": {"show": False},
        "axisLabel": {**label(), "formatter": pattern(shown)},
        "splitLine": {"lineStyle": {"color": "@line-soft", "width": 1}},
    }
    if shown in ("items", "people", "accounts", "customers", "changes"):
        axis["minInterval"] = 1
    return axis | more


def named(axis: Option, name: str, *, below: bool = False) -> Option:
    """The axis with a name: above a vertical axis, aligned left; `below` a horizontal one, at its middle."""
    if not name:
        return axis
    if below:
        return axis | {"name": name, "nameLocation": "middle", "nameGap": 24, "nameTextStyle": label()}
    style = {**label(), "align": "left", "padding": [0, 0, 0, -4]}
    return axis | {"name": name, "nameLocation": "end", "nameGap": 10, "nameTextStyle": style}


def time_axis(times: Sequence[str], **more: Any) -> Option:
    """An axis over these times: regular labels that never collide, no ticks, no hairlines."""
    named_days = ticks(times)
    chosen = {"customValues": named_days} if named_days else {}
    axis: Option = {
        "type": "time",
        "splitNumber": 5,
        "axisLine": {"lineStyle": {"color": "@line"}},
        "axisTick": {"show": False, **chosen},
        "axisLabel": {**label(), **chosen, "hideOverlap": True, "formatter": dict(DAY_FORMATS)},
        "splitLine": {"show": False},
    }
    return axis | more


def category_axis(names: Sequence[str], **more: Any) -> Option:
    """An axis of names (ISO days are written "16 Nov")."""
    axis: Option = {
        "type": "category",
        "data": [day_text(name) for name in names],
        "axisLine": {"lineStyle": {"color": "@line"}},
        "axisTick": {"show": False},
        "axisLabel": {**label(), "hideOverlap": True},
        "splitLine": {"show": False},
    }
    return axis | more


def row_axis(names: Sequence[str], **more: Any) -> Option:
    """A vertical axis of row names, first on top; long names are shortened."""
    text = {
        **label("@ink-2"),
        "width": min(150, name_width(names)),
        "overflow": "truncate",
        "ellipsis": "…",
        "interval": 0,
    }
    line = {"show": False}
    return category_axis(names, inverse=True, axisLine=line, axisLabel=text) | more


def name_width(names: Iterable[str], size: float = 11) -> int:
    """Pixels that the widest name needs, rounded up, with a little air."""
    return int(max((width(name, size) for name in names), default=0)) + 4


def notes_mark(notes: Sequence[Note], span: Sequence[str]) -> Option:
    """A markLine part: vertical dotted marks with their labels above the plot.

    `span` are the times of the axis: a label in its last third stands to the left of its mark. Notes outside
    of the span are left out.
    """
    ordered = sorted(span)
    shown = [(when, text) for when, text in notes if ordered and ordered[0] <= when <= ordered[-1]]
    late = ordered[int(len(ordered) * 0.67)] if ordered else ""
    return vertical_marks([(when, text, "right" if when >= late else "left") for when, text in shown])


def vertical_marks(
    marks: Iterable[tuple[Any, str, str]],
    colour: str = "@ink-3",
    *,
    kind: str = "dashed",
    inverse: bool = False,
) -> Option:
    """A markLine part of (x, label, side of the text at the mark); `inverse` if the vertical axis is."""
    offset = {"left": [3, 0], "right": [-3, 0], "center": [0, 0]}
    data = [
        {
            "xAxis": x,
            "name": text,
            "label": {"align": side, "offset": offset[side]},
            "lineStyle": {"color": colour},
        }
        for x, text, side in marks
    ]
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {
            "show": True,
            "formatter": "{b}",
            "position": "start" if inverse else "end",
            "distance": 5,
            **label("@ink-2"),
        },
        "lineStyle": {"type": kind, "width": 1, "color": colour},
        "data": data,
    }


FAINT = 0.45
"""Opacity of what is not over yet."""


def behind(mark: Option) -> Option:
    """A markLine part whose lines pass behind bars, not over them."""
    return mark | {"z": 1}


def faint(values: Sequence[float | None], partial: Sequence[bool]) -> list[Any]:
    """The data of bars; those of intervals that are not over are faint."""
    open_ = [*partial, *([False] * (len(values) - len(partial)))]
    return [
        {"value": value, "itemStyle": {"opacity": FAINT}} if faded and value is not None else value
        for value, faded in zip(values, open_, strict=True)
    ]


def end_labels(items: Sequence[tuple[Any, float, str, str]], *, apart: float = 0, distance: int = 4) -> Option:
    """A helper series that writes (x, y, text, colour) to the right of points, at least `apart` in y."""
    ordered = sorted(items, key=lambda item: item[1])
    heights = spread([y for _, y, _, _ in ordered], apart)
    data = [
        {"value": [x, y], "name": text, "label": {"color": colour}}
        for (x, _, text, colour), y in zip(ordered, heights, strict=True)
    ]
    return {
        **HELPER,
        "id": "_labels",
        "type": "scatter",
        "symbolSize": 0.1,
        "z": 8,
        "data": data,
        "label": {
            "show": True,
            "formatter": "{b}",
            "position": "right",
            "distance": distance,
            **label("@ink-2"),
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "clip": False,
    }


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Rising heights moved up just enough to stand a gap apart."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap) if moved else height)
    return moved


def legend(names: Sequence[str]) -> Option:
    """Names above the plot, for charts whose parts cannot be labelled directly."""
    return {
        "data": list(names),
        "left": 0,
        "top": 0,
        "itemWidth": 9,
        "itemHeight": 9,
        "itemGap": 12,
        "icon": "roundRect",
        "type": "scroll",
        "textStyle": label("@ink-2"),
        "inactiveColor": "@line",
    }


def shown_unit(unit: str) -> str:
    """The unit as it is shown: a share is shown in per cent."""
    return "%" if unit == "share" else unit


def scaled(amount: float | None, unit: str) -> float | None:
    """The number as it is drawn: a share times 100; None and not-a-number stay a gap."""
    if amount is None or amount != amount:
        return None
    return round(amount * 100, 6) if unit == "share" else float(amount)


def pattern(unit: str) -> str:
    """The ECharts template of a number with its unit, for axis labels."""
    if unit in CURRENCIES:
        return unit + "{value}"
    return "{value}%" if unit == "%" else "{value}"


def word(unit: str) -> str:
    """The unit if it is a word to be written above an axis; per cent and currencies stand at the numbers."""
    shown = shown_unit(unit)
    return "" if shown in ("%", *CURRENCIES) else shown


def number(amount: float, unit: str = "", *, sign: bool = False) -> str:
    """A number as it is written in labels: 4.2, 1,284, €412k, 44%; a true minus sign."""
    size = abs(amount)
    if size >= 999_500:
        text = f"{size / 1e6:.1f}".removesuffix(".0") + "M"
    elif size >= 9_999.5:
        text = f"{size / 1e3:.0f}k"
    elif size >= 100 or float(size).is_integer():
        text = f"{size:,.0f}"
    else:
        text = f"{size:.2g}" if size < 0.095 else f"{size:.1f}"
    before = unit if unit in CURRENCIES else ""
    after = "%" if unit == "%" else ""
    mark = "−" if amount < 0 else "+" if sign and amount > 0 else ""
    return f"{mark}{before}{text}{after}"


def is_day(text: object) -> bool:
    """Whether a text is an ISO day or time."""
    return isinstance(text, str) and bool(_ISO.fullmatch(text))


def day_text(text: str, *, year: bool = False) -> str:
    """ "2026-11-16" as "16 Nov" (or "16 Nov 2026"); any other text as it is."""
    if not is_day(text):
        return text
    when = date.fromisoformat(text[:10])
    return f"{when.day} {_MONTHS[when.month - 1]}" + (f" {when.year}" if year else "")


def same_length(name: str, values: Sequence[object], count: int) -> None:
    """Refuse a series that does not fit its axis."""
    if len(values) != count:
        raise BadInput(f"{name} has {len(values)} values for {count} places.", mend="Give one value (or None) a place.")


def tone(name: str, index: int, tones: Mapping[str, str] | None, palette: Sequence[str] = PALETTE) -> str:
    """The colour of a series: its own if given, else the next of the palette."""
    return (tones or {}).get(name) or palette[index % len(palette)]


def days_between(first: str, last: str) -> float:
    """Days from one ISO time to another, with fractions."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 86400
