"""Who came, stayed and went, period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

TONES = {"new": "@accent/80", "returning": "@accent/40", "resurrecting": "@violet/70", "dormant": "@ink-3/45"}


def lifecycle(
    labels: Sequence[str],
    states: Mapping[str, Sequence[float | None]],
    *,
    title: str,
    unit: str = "people",
    tones: Mapping[str, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
    partial: Sequence[bool] = (),
) -> Option:
    """Bars over the line for those present, under it for those gone (give these as negative amounts).

    Bars of intervals that are not over (`partial`, one a label) are faint.

    Known states have their own tones: new, returning, resurrecting, dormant. Names stand at the last bar;
    `notes` are (one of the labels, text).
    """
    for name, values in states.items():
        parts.same_length(name, values, len(labels))
    stack = {name: [parts.scaled(value, unit) for value in values] for name, values in states.items()}
    if not any(value for values in stack.values() for value in values):
        return parts.empty("lifecycle", title)
    colours = {name: parts.tone(name, i, {**TONES, **(tones or {})}) for i, name in enumerate(stack)}
    drawn: list[Option] = [
        _bars(name, values, colours[name]) | {"data": parts.faint(values, partial)} for name, values in stack.items()
    ]
    shown = [parts.day_text(text) for text in labels]
    late = set(shown[int(len(shown) * 0.67) :])
    marked = [(parts.day_text(when), text) for when, text in notes if parts.day_text(when) in shown]
    marks = parts.vertical_marks([(x, text, "right" if x in late else "left") for x, text in marked])
    drawn[0]["markLine"] = parts.behind(marks)
    word = parts.word(unit)
    ends = parts.end_labels(_names(shown, stack, colours), apart=_apart(stack), distance=18)
    ends["label"] |= {"backgroundColor": "@surface", "padding": [1, 2]}  # the zero line runs behind them
    return parts.option(
        "lifecycle",
        title,
        unit=unit,
        grid=parts.grid(top=24, right=parts.name_width(stack) + 16),
        xAxis=_axes(labels),
        yAxis=parts.named(parts.value_axis(unit), word),
        series=[*drawn, ends],
    )


def _axes(labels: Sequence[str]) -> list[Option]:
    """The zero line stays where zero is; the labels stand at the bottom, on an axis of their own."""
    zero = parts.category_axis(labels, axisLabel={"show": False})
    zero["axisLine"] = {"onZero": True, "lineStyle": {"color": "@ink-3"}}
    bottom = parts.category_axis(labels, position="bottom")
    bottom["axisLine"] = {"show": False, "onZero": False}
    return [zero, bottom]


def _bars(name: str, values: Sequence[float | None], colour: str) -> Option:
    return {
        "id": name,
        "name": name,
        "type": "bar",
        "stack": "all",
        "barMaxWidth": 28,
        "barCategoryGap": "30%",
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "data": list(values),
    }


def _names(
    shown: Sequence[str], stack: Mapping[str, Sequence[float | None]], colours: Mapping[str, str]
) -> list[tuple[Any, float, str, str]]:
    """Each state's name beside its part of the last bar."""
    up = down = 0.0
    items = []
    for name, values in stack.items():
        last = values[-1] or 0.0
        base = up if last >= 0 else down
        if any(values):
            items.append((shown[-1], base + last / 2, name, _ink(colours[name])))
        up, down = (up + last, down) if last >= 0 else (up, down + last)
    return items


def _apart(stack: Mapping[str, Sequence[float | None]]) -> float:
    """The distance in amounts that a line of text needs: a fourteenth of the axis."""
    columns = [[amount or 0.0 for amount in column] for column in zip(*stack.values(), strict=True)]
    top = max(sum(amount for amount in column if amount > 0) for column in columns)
    low = min(sum(amount for amount in column if amount < 0) for column in columns)
    return (top - low) / 14


def _ink(colour: str) -> str:
    """A tone strong enough for text."""
    return {"@ink-3": "@ink-2"}.get(base := colour.split("/")[0], base)
