"""What is being tried: the experiments under way, and how many."""

from __future__ import annotations

from sqlalchemy import or_, select

from callsheet.charts import Option, intervals
from callsheet.experiments.metrics.reading import read, summary
from callsheet.experiments.records import Experiment
from callsheet.metrics import Column, Facts, Period, Report, Value, metric, report

SOURCE = (
    "Shares: difference by Newcombe (1998) with the pooled z test; means: Welch (1947). Split: chi-square or exact "
    "binomial (Fabijan et al. 2019). Rule: the 95% interval against the smallest worthwhile effect"
)


def running_chart(found: Report) -> Option:
    """Effects of shares with their intervals; those with a broken split are grey."""
    rows = [
        {
            "name": row["title"], "estimate": row["difference"], "low": row["low"], "high": row["high"],
            **({} if row["srm_ok"] else {"tone": "@ink-3"}),
        }
        for row in found.rows
        if row["unit"] == "points"
    ]  # fmt: skip
    return intervals(rows, title="Effects of running experiments with their 95% intervals", unit="share")


@report(
    "experiments.running", title="Running experiments", chart=running_chart, source=SOURCE,
    columns=(
        Column("experiment", "Experiment", ref="experiment"), Column("title", "Title"),
        Column("owner", "Owner", ref="person"), Column("initiative", "Initiative", ref="initiative"),
        Column("state", "State"), Column("started_at", "Started", unit="date"), Column("day", "Day"),
        Column("planned_days", "Of days"), Column("units", "Units", doc="First exposed on a complete day"),
        Column("srm_p", "Split, p", doc="Chance of a split at least this far from the planned one"),
        Column("srm_ok", "Split holds"),
        Column("difference", "Effect", doc="In the metric's own unit; shares of 0 to 1 where the unit says points"),
        Column("low", "Low", doc="95%"), Column("high", "High", doc="95%"),
        Column("relative", "Relative", unit="share", doc="Delta method on the ratio of means"), Column("p", "p"),
        Column("worthwhile", "Worthwhile", doc="Smallest effect worth having"), Column("verdict", "Rule says"),
        Column("verdict_words", "Why"), Column("unit", "Unit"),
    ),
)  # fmt: skip
def running_report(facts: Facts, period: Period) -> Report:
    """Experiments under way at the end of the period: their split, the effect of the leading treatment with its
    interval, and what the plan's rule says. Only units first exposed on complete days are read; those of the
    day under way are left out.
    """
    now = min(period.until, facts.now)
    rows = [summary(read(facts, one, now)) for one in under_way(facts, period)]
    return facts.report(
        rows, sample=sum(row["units"] for row in rows), left_out=sum(row["left_out"] for row in rows),
        why="units of a day that is not over, or of arms not in the plan",
    )  # fmt: skip


@metric(
    "experiments.running", title="Running experiments", unit="experiments", better="none",
    source="Count of experiments started and not yet decided or stopped",
)  # fmt: skip
def running(facts: Facts, period: Period) -> Value:
    """Experiments under way at the end of the period. None when no experiment was ever planned."""
    if not facts.book.count(select(Experiment)):
        return facts.value(None, sample=0)
    rows = [
        {"experiment": one.id, "title": one.title, "owner": one.owner, "started_at": one.started_at}
        for one in under_way(facts, period)
    ]
    return facts.value(len(rows), sample=len(rows), rows=rows)


def under_way(facts: Facts, period: Period) -> list[Experiment]:
    """Return the experiments that ran at the end of the period, or run now, oldest first."""
    end = min(period.until, facts.now)
    query = select(Experiment).where(
        Experiment.started_at <= end, or_(Experiment.ended_at.is_(None), Experiment.ended_at > end)
    )
    return facts.book.all(query.order_by(Experiment.started_at, Experiment.id))
