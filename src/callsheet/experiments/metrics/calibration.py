"""How good predictions were."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.experiments.records import Experiment
from callsheet.metrics import Facts, Period, Value, metric
from callsheet.stats.calibration import coverage

PROMISED = 0.8


@metric(
    "experiments.calibration", title="Predictions that held", unit="%", better="higher",
    source="Coverage: share of 80% ranges that held the measured effect; interval by Wilson (1927)",
)  # fmt: skip
def calibration(facts: Facts, period: Period) -> Value:
    """Of the predictions of experiments decided up to the end of the period, the share whose range held the
    effect that was measured. 80% is perfect.

    Experiments decided on a broken split, or without a measured effect, are left out. None without
    predictions.
    """
    query = select(Experiment).where(Experiment.state == "decided", Experiment.decided_at < period.until)
    rows, left_out = [], 0
    for one in facts.book.all(query.order_by(Experiment.decided_at)):
        effect = one.measured.get("difference") if one.measured.get("srm_ok") else None
        if effect is None:
            left_out += len(one.predictions)
            continue
        rows += [
            {"experiment": one.id, "title": one.title, **said, "measured": effect,
             "held": said["low"] <= effect <= said["high"], "decided_at": one.decided_at}
            for said in one.predictions
        ]  # fmt: skip
    lows, highs, actuals = ([row[key] for row in rows] for key in ("low", "high", "measured"))
    kept = coverage(lows, highs, actuals, PROMISED)
    within = (100 * kept.low, 100 * kept.high) if kept.low is not None and kept.high is not None else None
    return facts.value(
        None if kept.held is None else 100 * kept.held, sample=len(rows), left_out=left_out, rows=rows, interval=within,
        why="decided on a broken split or without a measured effect",
    )  # fmt: skip
