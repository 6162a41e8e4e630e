"""Ways between stops, as bands whose width is how many took them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.base import text
from callsheet.charts import parts
from callsheet.charts.parts import Option

ROW = 30


def sankey(
    nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]], *, title: str, unit: str = "paths"
) -> Option:
    """Nodes `{"key", "name", "step"}` in columns by step (from 1), edges `{"source", "target", "count"}` between keys.

    Edges run from one step to the next. `"quiet": True` on a node draws it in grey (what is summed up). Nodes without
    any edge are left out; no edges: no data.
    """
    drawn = [edge for edge in edges if edge["count"] > 0]
    joined = {edge[end] for edge in drawn for end in ("source", "target")}
    shown = [node for node in nodes if node["key"] in joined]
    if not drawn:
        return parts.empty("sankey", title)
    columns: dict[int, int] = {}
    for node in shown:
        columns[node["step"]] = columns.get(node["step"], 0) + 1
    height = max(240, max(columns.values()) * ROW + 16)
    return parts.option(
        "sankey",
        title,
        unit=unit,
        height=height,
        tooltip=parts.tooltip("item"),
        series=[_series(unit, shown, drawn, max(columns))],
    )


def _series(unit: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]], steps: int) -> Option:
    return {
        "id": "paths",
        "name": unit,
        "type": "sankey",
        "top": 8, "bottom": 8, "left": 4, "right": 136,
        "nodeWidth": 8,
        "nodeGap": 12,
        "draggable": False,
        "layoutIterations": 24,
        "emphasis": {"focus": "adjacency"},
        "label": {**parts.label("@ink-2"), "width": 128, "overflow": "truncate", "ellipsis": "…"},
        "lineStyle": {"color": "@accent/30", "opacity": 0.55, "curveness": 0.5},
        "data": [_node(node, steps) for node in nodes],
        "links": [{"source": one["source"], "target": one["target"], "value": one["count"]} for one in edges],
    }  # fmt: skip


def _node(node: Mapping[str, Any], steps: int) -> Option:
    count = node.get("count")
    words = f"{node['name']} {text.number(count)}" if count is not None else str(node["name"])
    colour = "@ink-3/45" if node.get("quiet") else "@accent/75"
    return {
        "name": node["key"],
        "depth": min(node["step"], steps) - 1,
        "itemStyle": {"color": colour, "borderWidth": 0},
        "label": {"formatter": words.replace("{", "(").replace("}", ")")},
    }
