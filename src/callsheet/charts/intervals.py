"""Effects with their intervals: what an experiment showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.charts import parts
from callsheet.charts.parts import Option

ROW = 42
LABEL: Option = {**parts.label("@ink"), "backgroundColor": "@surface", "padding": [1, 3]}


def intervals(
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str,
    unit: str = "",
    smallest: float | None = None,
    better: str = "higher",
    signed: bool = True,
) -> Option:
    """Rows `{"name", "estimate", "low", "high", "tone"?}`: a dot and its interval, around a line at zero.

    `smallest` is the smallest worthwhile effect, marked on the side that is `better` ("higher" or "lower").
    `signed` is False for amounts that are no differences: they are written without a plus.
    With the unit "share" the effects are differences of shares, shown in points.
    An interval clear of zero on the better side is good, on the other bad, else neutral. Open ends are None.
    """
    known = [row for row in rows if row.get("estimate") is not None]
    if not known:
        return parts.empty("intervals", title)
    written = "points" if unit == "share" else unit
    read = [_read(row, unit, better) for row in known]
    ends = [x for row in read for x in (row["low"], row["estimate"], row["high"]) if x is not None]
    worth = _worth(smallest, unit, better)
    low, high = min([*ends, 0.0, worth or 0.0]), max([*ends, 0.0, worth or 0.0])
    air = (high - low or 1.0) * 0.08
    edges = (low - air, high + air)
    axis = parts.value_axis(written, min=round(edges[0], 6), max=round(edges[1], 6), splitNumber=5)
    axis["axisLabel"] |= {"showMinLabel": False, "showMaxLabel": False}
    drawn = [_stroke(i, row, edges) for i, row in enumerate(read)]
    drawn[0]["markLine"] = _marks(worth, low, high)
    return parts.option(
        "intervals",
        title,
        unit=written,
        height=len(read) * ROW + (64 if parts.word(written) else 48),
        tooltip=parts.tooltip("item"),
        grid=parts.grid(top=22, right=14, bottom=20 if parts.word(written) else 4),
        xAxis=parts.named(axis, parts.word(written), below=True),
        yAxis=parts.row_axis([row["name"] for row in read]),
        series=[*drawn, _dots(read, written, signed)],
    )


def _read(row: Mapping[str, Any], unit: str, better: str) -> dict[str, Any]:
    low, high = parts.scaled(row.get("low"), unit), parts.scaled(row.get("high"), unit)
    up = low is not None and low > 0
    down = high is not None and high < 0
    good, bad = (up, down) if better == "higher" else (down, up)
    judged = "@good" if good else "@bad" if bad else "@ink-2"
    estimate = parts.scaled(row["estimate"], unit)
    tone = row.get("tone") or judged
    return {"name": str(row["name"]), "estimate": estimate, "low": low, "high": high, "tone": tone}


def _worth(smallest: float | None, unit: str, better: str) -> float | None:
    size = parts.scaled(smallest, unit)
    return None if size is None else abs(size) if better == "higher" else -abs(size)


def _stroke(index: int, row: Mapping[str, Any], edges: tuple[float, float]) -> Option:
    start = edges[0] if row["low"] is None else row["low"]
    end = edges[1] if row["high"] is None else row["high"]
    return {
        **parts.HELPER,
        "id": f"_interval:{index}",
        "type": "line",
        "showSymbol": False,
        "lineStyle": {"width": 3, "color": f"{row['tone'].split('/')[0]}/55", "cap": "round"},
        "z": 3,
        "data": [[start, index], [end, index]],
    }


def _dots(read: Sequence[Mapping[str, Any]], unit: str, signed: bool) -> Option:
    data = [
        {
            "value": [row["estimate"], i],
            "name": _text(row, unit, signed),
            "itemStyle": {"color": row["tone"]},
        }
        for i, row in enumerate(read)
    ]
    return {
        "id": "estimates",
        "name": "effect",
        "type": "scatter",
        "symbolSize": 9,
        "z": 6,
        "itemStyle": {"borderColor": "@surface", "borderWidth": 1.5},
        "label": {"show": True, "formatter": "{b}", "position": "top", "distance": 4, **LABEL},
        "data": data,
    }


def _text(row: Mapping[str, Any], unit: str, signed: bool) -> str:
    ends = ["…" if end is None else parts.number(end, unit, sign=signed) for end in (row["low"], row["high"])]
    return f"{parts.number(row['estimate'], unit, sign=signed)} [{ends[0]}, {ends[1]}]"


def _marks(worth: float | None, low: float, high: float) -> Option:
    marks: list[tuple[Any, str, str]] = []
    if worth is not None:
        crowded = worth > low + 0.6 * (high - low)
        marks.append((worth, "worthwhile", "right" if crowded else "left"))
    mark = parts.vertical_marks(marks, inverse=True)
    mark["data"].append({"xAxis": 0, "name": "", "lineStyle": {"type": "solid", "color": "@ink-3"}})
    return mark
