"""Priorities by RICE, with the doubt in their order."""

from __future__ import annotations

from typing import Any

from callsheet.charts import Option, intervals
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.metrics.evidence import Evidence, Input
from callsheet.roadmap.metrics.plans import initiatives
from callsheet.roadmap.records import Initiative
from callsheet.roadmap.rules import OPEN
from callsheet.stats.rank import FIELDS, Ranking, rank


def scores_chart(found: Report) -> Option:
    """Each score with its range: where ranges overlap, the order is a guess."""
    rows = [
        {"name": row["title"], "estimate": row["score"], "low": row["low"], "high": row["high"], "tone": "@accent"}
        for row in found.rows
    ]
    return intervals(rows, title="Scores with their range", unit="", signed=False)


@report(
    "roadmap.scores",
    title="Scores",
    source="RICE (Intercom, McBride 2016): reach x impact x confidence / effort, by simulation over input ranges",
    columns=(
        Column("place", "Place"),
        Column("title", "Initiative", href="/roadmap/initiatives/{initiative}"),
        Column("stage", "Stage"),
        Column("score", "Score", unit="score", doc="Median of the simulated scores"),
        Column("low", "Low", unit="score", doc="5% quantile"),
        Column("high", "High", unit="score", doc="95% quantile"),
        Column("above_next", "Beats the next", unit="share", doc="Chance of scoring above the one below"),
        Column("held", "Place held", unit="share", doc="Chance that it keeps exactly this place"),
        Column("reach", "Reach", unit="accounts"),
        Column("impact", "Impact"),
        Column("confidence", "Confidence", unit="share"),
        Column("effort", "Effort", unit="weeks"),
        Column("demand", "Demand", unit="money"),
        Column("overrides", "Set by hand"),
    ),
    scopes=("team", "product"),
    chart=scores_chart,
)
def scores(facts: Facts, period: Period) -> Report:
    """Open initiatives by reach x impact x confidence / effort, the highest first.

    Inputs are filled from evidence (`inputs` says which, with its sample): reach and demand from the accounts
    behind requests, confidence from their number, effort from open items and the team's pace over 12 weeks;
    what a person set instead stands beside it. Ranges are 90% and lognormal. An order is as sure as
    `above_next`: a lead of a third can be no more than a guess. Left out: initiatives done or dropped.
    """
    known, evidence = initiatives(facts), Evidence(facts, period)
    open_rows = {row.id: row for row in known if row.stage in OPEN}
    inputs = {key: evidence.inputs(row) for key, row in open_rows.items()}
    if not inputs:
        return facts.report([], left_out=len(known), why="done or dropped")
    ranking = rank({key: {name: one[name].used for name in FIELDS["rice"]} for key, one in inputs.items()})
    rows = [
        _row(place, open_rows[key], inputs[key], ranking, ranking.order[place : place + 1])
        for place, key in enumerate(ranking.order, 1)
    ]
    note = f"the leader leads in {ranking.first:.0%} of {ranking.trials:,} simulations"
    return facts.report(rows, left_out=len(known) - len(rows), why="done or dropped", note=note)


def _row(
    place: int, row: Initiative, inputs: dict[str, Input], ranking: Ranking, following: tuple[str, ...]
) -> dict[str, Any]:
    used = {name: one.override["amount"] if one.override else one.amount for name, one in inputs.items()}
    return {
        "place": place, "initiative": row.id, "title": row.title, "stage": row.stage, "team": row.team,
        "score": ranking.score[row.id], "low": ranking.low[row.id], "high": ranking.high[row.id],
        "above_next": ranking.above[row.id][following[0]] if following else None, "held": ranking.held[row.id],
        **used, "demand_accounts": inputs["demand"].sample, "demand_revenue": inputs["demand"].amount,
        "inputs": [one.plain() for one in inputs.values()],
        "overrides": ", ".join(name for name, one in inputs.items() if one.override),
    }  # fmt: skip
