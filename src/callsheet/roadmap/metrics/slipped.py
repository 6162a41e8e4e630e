"""Initiatives that slipped."""

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.roadmap.metrics.plans import initiatives


@metric(
    "roadmap.slipped",
    title="Initiatives slipped",
    unit="initiatives",
    better="lower",
    source="Callsheet: distinct initiatives in roadmap.slips",
    scopes=("team", "product"),
)
def slipped(facts: Facts, period: Period) -> Value:
    """Initiatives whose promised date moved later, or whose status went backwards, in the period.

    One that slipped twice counts once. No initiative was known by the end of the period: no data.
    """
    known = sum(row.created_at < period.until for row in initiatives(facts))
    moves = facts.read.report("roadmap.slips", period, **facts.scope).rows
    rows = [row for row in moves if row["turn"] in ("later", "back")]
    number = len({row["initiative"] for row in rows})
    return facts.value(number if known or rows else None, sample=max(known, number), rows=rows)
