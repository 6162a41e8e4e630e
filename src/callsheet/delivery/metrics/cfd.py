"""How many items stood in each state, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np

from callsheet.base.time import local_date
from callsheet.charts import Option
from callsheet.charts import cfd as draw
from callsheet.delivery.metrics.spans import items, until_now
from callsheet.delivery.rules import FLOW, moves
from callsheet.metrics import Column, Facts, Period, Report, report

DAYS = 84
LABELS = {"todo": "to do", "doing": "in progress", "waiting": "waiting", "done": "done"}


def chart(found: Report) -> Option:
    """Bands in the order of work; where work moves back, the band shows it."""
    bands = {label: [(row["day"], row[key]) for row in found.rows] for key, label in LABELS.items()}
    return draw(bands, title="Items by state at the end of each day", done="done")


@report(
    "delivery.cfd", title="Cumulative flow", chart=chart, scopes=("team", "product"), source="Kanban Guide (2020)",
    columns=(Column("day", "Day", "date"), *(Column(key, label.capitalize(), "items") for key, label in LABELS.items())),
)  # fmt: skip
def cfd(facts: Facts, period: Period) -> Report:
    """Items in each kind of state at the end of each of the last 84 days; finished ones are counted from the first day.

    An item that moves back leaves the later band again: that is drawn, not hidden. Dropped items leave the chart.
    """
    end = until_now(facts, period)
    last = local_date(end, facts.zone)
    days = [last - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    work = facts.records(items(facts).select("item_id", "created_at", "started_at", "done_at", "category"))
    steps = facts.transitions.filter(facts.transitions.occurred_at < end).order_by("item_id", "occurred_at")
    history: dict[str, list[dict[str, Any]]] = {}
    for step in facts.records(steps):
        history.setdefault(step["item_id"], []).append(step)
    found = [move for row in work for move in moves(row, history.get(row["item_id"], ())) if move[0] < end]
    counts = _by_day(((local_date(moment, facts.zone), old, new) for moment, old, new in found), days)
    base = counts["done"][0] if days else 0
    rows: list[dict[str, Any]] = [
        {"day": day.isoformat(), **{key: int(counts[key][i] - (base if key == "done" else 0)) for key in FLOW}}
        for i, day in enumerate(days)
    ]
    return facts.report(rows if work else [], sample=len(work))


def _by_day(moved: Iterable[tuple[date, str | None, str]], days: list[date]) -> dict[str, Any]:
    first = days[0]
    change = {key: np.zeros(len(days), dtype=np.int64) for key in FLOW}
    for day, old, new in moved:
        index = max(0, (day - first).days)
        if old in change:
            change[old][index] -= 1
        if new in change:
            change[new][index] += 1
    return {key: values.cumsum() for key, values in change.items()}
