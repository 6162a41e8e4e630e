"""What is in progress, how old it is, and how unusual that is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from callsheet.charts import Option, scatter
from callsheet.delivery.metrics.spans import finished, in_progress, until_now
from callsheet.delivery.rules import percentile_of
from callsheet.metrics import Column, Facts, Period, Report, report

HISTORY = timedelta(days=180)
OLD = 85.0


def chart(found: Report) -> Option:
    """Age against the last move: high and to the left is old and forgotten."""
    items = [
        {"x": row["moved_at"].isoformat(), "y": row["age"], "name": row["title"],
         **({"tone": "@bad"} if (row["percentile"] or 0) > OLD else {})}
        for row in found.rows
    ]  # fmt: skip
    return scatter(items, title="Age of the items in progress by the day they last moved", unit="days")


@report(
    "delivery.aging", title="Work item age", chart=chart, scopes=("team", "product"), source="Kanban Guide (2020)",
    columns=(
        Column("item_id", "Item", href="/delivery/items/{item_id}"), Column("title", "Title"),
        Column("team", "Team", ref="team"),
        Column("state", "State"), Column("owner", "Owner", ref="person"), Column("age", "Age", "days"),
        Column("percentile", "Older than", "%", doc="Share of the team's finished items that took no longer than this"),
        Column("moved_at", "Last moved", "time"),
    ),
)  # fmt: skip
def aging(facts: Facts, period: Period) -> Report:
    """Items in progress, oldest first, each with the share of its team's finished items that took no longer.

    The history is the team's items finished in the 180 days before; a team without any has no percentile.
    """
    moment = until_now(facts, period)
    running = in_progress(facts, moment).filter(lambda t: t.age >= 0)
    steps = facts.transitions.filter(facts.transitions.occurred_at < moment)
    moved = steps.group_by("item_id").agg(last_at=lambda t: t.occurred_at.max())
    shown = running.left_join(moved, "item_id").drop("item_id_right")
    shown = shown.mutate(moved_at=shown.last_at.coalesce(shown.begun_at)).order_by(shown.age.desc())
    history = _history(facts, Period(moment - HISTORY, moment))
    names = ("item_id", "title", "team", "state", "owner", "age", "moved_at")
    rows = [
        {**row, "percentile": percentile_of(row["age"], history.get(row["team"] or "", []))}
        for row in facts.records(shown.select(*names))
    ]
    return facts.report(rows)


def _history(facts: Facts, period: Period) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    done: list[dict[str, Any]] = facts.records(finished(facts, period).select("team", "days"))
    for row in done:
        if row["days"] is not None and row["days"] >= 0 and np.isfinite(row["days"]):
            found.setdefault(row["team"] or "", []).append(row["days"])
    return found
