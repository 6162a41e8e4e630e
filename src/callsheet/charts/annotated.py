"""Notes on a finished chart: vertical marks at their days, whatever drew the chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Note, Option

TOP = 24
"""Pixels above the plot that the words of a mark need."""


def annotated(option: Option, notes: Sequence[Note], starts: Sequence[str] = ()) -> Option:
    """Return the option with marks at these notes (ISO day, label), if its horizontal axis is time.

    `starts` are the beginnings of the intervals of a chart whose axis has names: a note stands at the interval it
    falls into. Several notes of one place share a mark. The option given is not changed.
    """
    axis, series = option.get("xAxis"), option.get("series") or []
    axis = axis[0] if isinstance(axis, list) and axis else axis
    if not notes or not series or not isinstance(axis, dict):
        return option
    if axis.get("type") == "time":
        mark = parts.notes_mark(_joined(notes), _places(series))
    elif axis.get("type") == "category" and starts and len(axis.get("data", ())) == len(starts):
        mark = _mark_places(notes, starts)
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
        place = sum(start <= when for start in starts) - 1
        if place >= 0:
            found.setdefault(place, []).append(text)
    late = len(starts) * 0.67
    marks = [(place, _words(texts), "right" if place >= late else "left") for place, texts in found.items()]
    return parts.vertical_marks(marks)
