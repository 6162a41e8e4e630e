"""When experiments ran."""

from __future__ import annotations

from sqlalchemy import or_, select

from callsheet.experiments.records import Experiment
from callsheet.metrics import Column, Facts, Period, Report, report


@report(
    "experiments.course", title="Courses of experiments", source="Starts and ends as decided here",
    columns=(
        Column("experiment", "Experiment", ref="experiment"), Column("title", "Title"),
        Column("started_at", "Started", unit="time"), Column("ended_at", "Ended", unit="time"),
        Column("state", "State"),
    ),
)  # fmt: skip
def course(facts: Facts, period: Period) -> Report:
    """Experiments that ran at some time of the period, by their start; those under way have no end."""
    query = select(Experiment).where(
        Experiment.started_at < period.until, or_(Experiment.ended_at.is_(None), Experiment.ended_at >= period.since)
    )
    rows = [
        {"experiment": one.id, "title": one.title, "started_at": one.started_at, "ended_at": one.ended_at,
         "state": one.state}
        for one in facts.book.all(query.order_by(Experiment.started_at, Experiment.id))
    ]  # fmt: skip
    return facts.report(rows)
