"""Notes on a finished chart: vertical marks at their days, whatever drew the chart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from callsheet.charts import parts
from callsheet.charts.fonts import width
from callsheet.charts.parts import Note, Option

TOP = 24
"""Pixels above the plot that the words of a mark need."""
PLOT = 640
"""Pixels that a plot is wide, about: words of marks that would run into each other there are left out."""


def annotated(
    option: Option, notes: Sequence[Note], starts: Sequence[str] = (), first: Collection[str] = ()
) -> Option:  # fmt: skip
    """Return the option with marks at these notes (ISO day, label), if its horizontal axis is time.

    `starts` are the beginnings of the intervals of a chart whose axis has names: a note stands at the interval it
    falls into. Several notes of one place share a mark. Where there is no room for all words, those of the days
    `first` come first. The option given is not changed.
    """
    axis, series = option.get("xAxis"), option.get("series") or []
    axis = axis[0] if isinstance(axis, list) and axis else axis
    if not notes or not series or not isinstance(axis, dict):
        return option
    if axis.get("type") == "time":
        places = _places(series)
        mark = parts.notes_mark(_joined(notes), places)
        mark = _roomy(mark, [_along(one["xAxis"], places) for one in mark["data"]], _named(option), first)
    elif axis.get("type") == "category" and starts and len(axis.get("data", ())) == len(starts):
        mark = _mark_places(notes, starts)
        along = [(one["xAxis"] + 0.5) / len(starts) for one in mark["data"]]
        mark = _roomy(mark, along, _named(option), {_place(day, starts) for day in first})
    else:
        return option
    grid = option.get("grid")
    roomy = {**grid, "top": max(TOP, grid.get("top", 0))} if isinstance(grid, dict) and mark["data"] else grid
    return {**option, "grid": roomy, "series": [{**series[0], "markLine": mark}, *series[1:]]}


def _places(series: Sequence[Option]) -> list[str]:
    points = [point for one in series for point in one.get("data") or ()]
    places = {point[0] if isinstance(point, list | tuple) else _value(point) for point in points}
    return sorted(place for place in places if parts.is_day(place))


def _value(point: Any) -> Any:
    value = point.get("value") if isinstance(point, dict) else None
    return value[0] if isinstance(value, list | tuple) and value else None


def _joined(notes: Sequence[Note]) -> list[Note]:
    found: dict[str, list[str]] = {}
    for when, text in notes:
        found.setdefault(when, []).append(text)
    return [(when, _words(texts)) for when, texts in sorted(found.items())]


def _words(texts: Sequence[str]) -> str:
    """The words of a mark: its first note that has any, and how many more there are."""
    first = next((text for text in texts if text), "")
    return f"{first} +{len(texts) - 1}" if first and len(texts) > 1 else first


def _mark_places(notes: Sequence[Note], starts: Sequence[str]) -> Option:
    found: dict[int, list[str]] = {}
    for when, text in sorted(notes, key=lambda note: note[0]):
        place = _place(when, starts)
        if place >= 0:
            found.setdefault(place, []).append(text)
    late = len(starts) * 0.67
    marks = [(place, _words(texts), "right" if place >= late else "left") for place, texts in found.items()]
    return parts.behind(parts.vertical_marks(marks))


def _place(when: str, starts: Sequence[str]) -> int:
    """The interval that a day falls into; -1 before the first."""
    return sum(start <= when for start in starts) - 1


def _along(when: str, places: Sequence[str]) -> float:
    """Where a moment lies between the first place and the last, 0 to 1."""
    first, moment, last = (datetime.fromisoformat(one) for one in (places[0], when, places[-1]))
    return (moment - first) / (last - first) if last > first else 0.0


def _named(option: Option) -> float:
    """How far the name of the vertical axis reaches into the line of words above the plot."""
    axis = option.get("yAxis")
    name = axis.get("name", "") if isinstance(axis, dict) else ""
    return width(name, 11) + 6 if name else float("-inf")


def _roomy(mark: Option, along: Sequence[float], free: float, first: Collection[Any]) -> Option:
    """The marks without words that have no room; marks without words are drawn faintly.

    Words begin at `free` pixels at the earliest. Those at the places `first` are taken first, then from left to right.
    """
    taken = [(float("-inf"), free)]
    shown = {}
    pairs = list(zip(mark["data"], along, strict=True))
    for one, part in sorted(pairs, key=lambda pair: (pair[0]["xAxis"] not in first, pair[1])):
        size = width(one["name"], 11) + 8 if one["name"] else 0
        begin = part * PLOT - (size if one["label"]["align"] == "right" else 0)
        fits = bool(size) and all(begin + size <= left or begin >= right for left, right in taken)
        taken += [(begin, begin + size)] if fits else []
        shown[part] = one if fits else {**one, "name": "", "lineStyle": {"color": "@line"}}
    return {**mark, "data": [shown[part] for part in sorted(shown)]}
