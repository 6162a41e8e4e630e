"""Forecast ranges against promises, one row an initiative: the roadmap's timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from callsheet.base.text import chance
from callsheet.charts import parts
from callsheet.charts.parts import Option

ROW = 30
NEAR = 14
"""Days that an axis reaches at least past the last forecast for promises; half the forecasts' reach when longer."""


def range_row(rows: Sequence[Mapping[str, Any]], *, title: str, today: str | None = None) -> Option:
    """Rows `{"name", "p50", "p85", "p95", "low"?, "promised"?, "chance"?}`, all times ISO days.

    The dot is the 50% day, the thick bar ends at 85%, the thin line at 95%; with `low` (the 15% day, say) the
    bar starts there. The upright tick is the promise; `chance` (of keeping it, 0 to 1) is written at right.
    A row without a forecast keeps its place. A promise far past every forecast does not stretch the axis: an
    arrow with its day stands at the edge.
    """
    known = [row for row in rows if row.get("p50") or row.get("promised")]
    if not known:
        return parts.empty("range_row", title)
    names = [str(row["name"]) for row in rows]
    placed = list(enumerate(rows))
    days = [str(row[key]) for row in rows for key in ("low", "p50", "p95") if row.get(key)]
    thin = _strokes("_thin", placed, "p95", 3, "@ink-3/35")
    thick = _strokes("_thick", placed, "p85", 8, "@accent/55")
    if today:
        thin["markLine"] = parts.vertical_marks([(today, "today", "left")], inverse=True)
        days.append(today)
    promised = [str(row["promised"]) for row in rows if row.get("promised")]
    limit = _limit(days, promised)
    days += [min(day, limit) for day in promised]
    height = len(rows) * ROW + 46
    return parts.option(
        "range_row",
        title,
        unit="",
        height=height,
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=22, right=46 if any(row.get("chance") is not None for row in rows) else 14),
        xAxis=parts.time_axis(
            days, min=min(days), max=max(days), splitLine={"show": True, "lineStyle": {"color": "@line-soft"}}
        ),
        yAxis=parts.row_axis(names),
        series=[thin, thick, _dots(placed), _promises(placed, limit), _chances(placed, max(days))],
    )


def _strokes(key: str, placed: Sequence[tuple[int, Mapping[str, Any]]], end: str, wide: float, colour: str) -> Option:
    """One stroke a row, from the low or 50% day to `end`: a line with gaps."""
    data: list[list[Any]] = []
    for i, row in placed:
        start = row.get("low") or row.get("p50")
        if start and row.get(end):
            data += [[start, i], [row[end], i], [row[end], None]]
    return {
        **parts.HELPER,
        "id": key,
        "type": "line",
        "showSymbol": False,
        "lineStyle": {"width": wide, "color": colour, "cap": "round"},
        "z": 2 if wide < 5 else 3,
        "data": data,
    }


def _dots(placed: Sequence[tuple[int, Mapping[str, Any]]]) -> Option:
    return {
        "id": "p50",
        "name": "50%",
        "type": "scatter",
        "symbolSize": 10,
        "z": 4,
        "itemStyle": {"color": "@surface", "borderColor": "@accent", "borderWidth": 2},
        "data": [{"value": [row["p50"], i], "name": _said(row)} for i, row in placed if row.get("p50")],
    }


def _limit(days: Sequence[str], promised: Sequence[str]) -> str:
    """The last day that a promise may bring the axis to."""
    if not days:
        return max(promised, default="")
    first, last = date.fromisoformat(min(days)[:10]), date.fromisoformat(max(days)[:10])
    return (last + timedelta(days=max(NEAR, (last - first).days // 2))).isoformat()


def _promise(i: int, row: Mapping[str, Any], limit: str) -> Option:
    day = str(row["promised"])
    said = f"{row['name']}: promised {parts.day_text(day)}"
    if day <= limit:
        return {"value": [day, i], "name": said}
    label = {"show": True, "formatter": f"{parts.day_text(day)} →", "position": "left", "distance": 0}
    return {"value": [limit, i], "name": said, "symbolSize": 0.1, "label": {**parts.label("@ink-3"), **label}}


def _promises(placed: Sequence[tuple[int, Mapping[str, Any]]], limit: str) -> Option:
    data = [_promise(i, row, limit) for i, row in placed if row.get("promised")]
    return {
        "id": "promised",
        "name": "promised",
        "type": "scatter",
        "symbol": "rect",
        "symbolSize": [2, 17],
        "z": 5,
        "itemStyle": {"color": "@ink"},
        "data": data,
    }


def _chances(placed: Sequence[tuple[int, Mapping[str, Any]]], last: str) -> Option:
    items = [
        (last, float(i), chance(row["chance"]), _tone(row["chance"]))
        for i, row in placed
        if row.get("chance") is not None
    ]
    return parts.end_labels(items, distance=12)


def _tone(likely: float) -> str:
    return "@good" if likely >= 0.85 else "@warn" if likely >= 0.4 else "@bad"


def _said(row: Mapping[str, Any]) -> str:
    levels = (("50%", row.get("p50")), ("85%", row.get("p85")), ("95%", row.get("p95")))
    return f"{row['name']}: " + ", ".join(f"{name} by {parts.day_text(str(day))}" for name, day in levels if day)
