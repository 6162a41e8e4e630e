"""Promises that will probably be missed."""

from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "roadmap.at_risk",
    title="Promises at risk",
    unit="promises",
    better="lower",
    source="Callsheet: chance from delivery.initiatives below thresholds.delayed_chance",
    scopes=("team", "product"),
)
def at_risk(facts: Facts, period: Period) -> Value:
    """Open promises whose chance is below the threshold `delayed_chance` today.

    Forecasts of the past are not kept, so a period that is over has no data; nor has one without a promise
    that could be forecast. Promises without a forecast are left out.
    """
    if period.until < facts.now:
        return facts.value(None, sample=0, note="forecasts of the past are not kept")
    rows = [
        row for row in facts.read.report("roadmap.promises", None, **facts.scope).rows if row["promised_at"] is not None
    ]
    known = [row for row in rows if row["chance"] is not None]
    risky = [row for row in known if row["chance"] < facts.thresholds.delayed_chance]
    left = len(rows) - len(known)
    return facts.value(len(risky) if known else None, sample=len(known), left_out=left, why="no forecast", rows=risky)
