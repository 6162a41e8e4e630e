"""What was decided."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.experiments.records import Experiment
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "experiments.decided", title="Decided experiments", unit="experiments", better="none",
    source="Count of decisions to ship, roll back or call inconclusive; stopped runs and keep running are none",
)  # fmt: skip
def decided(facts: Facts, period: Period) -> Value:
    """Experiments decided in the period. None when no experiment was ever planned."""
    if not facts.book.count(select(Experiment)):
        return facts.value(None, sample=0)
    query = select(Experiment).where(
        Experiment.state == "decided", Experiment.decided_at >= period.since, Experiment.decided_at < period.until
    )
    rows = [
        {
            "experiment": one.id, "title": one.title, "decision": one.decision, "decided_at": one.decided_at,
            "decided_by": one.decided_by, "reason": one.reason, "difference": one.measured.get("difference"),
        }
        for one in facts.book.all(query.order_by(Experiment.decided_at))
    ]  # fmt: skip
    return facts.value(len(rows), sample=len(rows), rows=rows)
