"""The whole readout of one experiment, and its charts."""

from __future__ import annotations

from typing import Any

from callsheet.charts import Option, intervals, line
from callsheet.experiments.metrics.reading import METHOD, Reading, by_day, summary
from callsheet.stats.srm import SampleRatio


def readout(reading: Reading) -> dict[str, Any]:
    """Return everything the experiment's page shows. With a broken split `refused` says so, and no number may
    be called a winner."""
    one, split = reading.experiment, reading.split
    return summary(reading) | {
        "read_until": reading.until, "left_out_why": reading.sums.why, "complete": reading.day >= one.planned_days,
        "refused": reading.readout.refused, "metric_kind": one.metric_kind, "method": METHOD[one.metric_kind],
        "comparisons": [
            {
                "arm": each.arm, "value": each.value, "difference": each.difference.amount, "low": each.difference.low,
                "high": each.difference.high, "p": each.difference.p, "p_holm": each.p_holm,
                "relative": each.relative.amount, "relative_low": each.relative.low, "relative_high": each.relative.high,
                "why": each.difference.why,
            }
            for each in reading.readout.comparisons
        ],
        "guardrails": [
            {
                "metric": guard.metric, "arm": guard.arm, "margin": guard.margin, "state": guard.state,
                "difference": guard.difference, "low": guard.low, "high": guard.high, "value": guard.value,
                "control_value": guard.control_value,
            }
            for guard in reading.guards
        ],
        "srm": _ratio(split.overall), "days": by_day(reading),
        "srm_segments": [{"segment": name, **_ratio(ratio)} for name, ratio in split.segments.items()],
        "srm_days": [{"day": day.isoformat(), **_ratio(ratio)} for day, ratio in split.days.items()],
    }  # fmt: skip


def interval_chart(reading: Reading) -> Option:
    """Each treatment's effect with its interval, around zero and the smallest worthwhile effect."""
    one = reading.experiment
    rows: list[dict[str, Any]] = [
        {"name": each.arm, "estimate": each.difference.amount, "low": each.difference.low, "high": each.difference.high}
        for each in reading.readout.comparisons
    ]
    rows += [
        {"name": f"{str(said['by']).capitalize()} predicted", "estimate": said["effect"],
         "low": said["low"], "high": said["high"], "tone": "@ink-3"}
        for said in one.predictions
    ]  # fmt: skip
    if not reading.split.overall.ok:
        rows = [row | {"tone": "@ink-3"} for row in rows]
    unit = "share" if one.metric_kind == "proportion" else ""
    return intervals(
        rows if reading.units else [], title=f"Effect on {one.metric} against {reading.readout.control}", unit=unit,
        smallest=one.worthwhile or None, better=one.better,
    )  # fmt: skip


def days_chart(reading: Reading) -> Option:
    """The effect of all units up to each day, with its interval; shares in points."""
    scale = 100 if reading.experiment.metric_kind == "proportion" else 1
    points = [
        {
            "since": row["day"], "amount": scale * row["so_far"],
            "interval": None if row["low"] is None else (scale * row["low"], scale * row["high"]),
        }
        for row in by_day(reading)
        if row["so_far"] is not None
    ]  # fmt: skip
    unit = "points" if scale == 100 else ""
    return line({"effect so far": points}, title="Effect of all units up to each day", unit=unit, from_zero=False)


def _ratio(ratio: SampleRatio) -> dict[str, Any]:
    return {
        "observed": list(ratio.observed), "expected": list(ratio.expected), "p": ratio.p, "ok": ratio.ok,
        "method": ratio.method, "sentence": ratio.sentence,
    }  # fmt: skip
