"""How long it takes to recover from a failed deployment."""

from __future__ import annotations

import numpy as np

from callsheet.delivery.metrics.deployments_of import tied
from callsheet.delivery.metrics.spans import at_quantile
from callsheet.delivery.rules import reasons
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.recovery_time", title="Recovery time", unit="hours", better="lower", scopes=("team", "product"), window=90,
    source="DORA (dora.dev): failed deployment recovery time; the median",
)  # fmt: skip
def recovery_time(facts: Facts, period: Period) -> Value:
    """Median hours from the deployment that broke something to the end of the incident, over the last 90 days.

    Incidents that are tied to no deployment, or not resolved, are left out and counted. None: no amount.
    """
    rows, loose, unresolved = [], 0, 0
    for entry in tied(facts, period):
        if entry.cause is None:
            loose += 1
        elif entry.incident["resolved_at"] is None:
            unresolved += 1
        else:
            hours = (entry.incident["resolved_at"] - entry.cause.moment).total_seconds() / 3600
            rows.append(
                {**entry.incident, "cause": entry.cause.ref, "confidence": entry.cause.confidence, "hours": hours}
            )
    good = [row["hours"] for row in rows if row["hours"] >= 0]
    wrong = len(rows) - len(good)
    why = reasons({"tied to no deployment": loose, "not resolved": unresolved, "resolved before deployed": wrong})
    amount, interval = at_quantile(np.asarray(good, dtype=np.float64), 0.5)
    left_out = loose + unresolved + wrong
    return facts.value(amount, sample=len(good), left_out=left_out, why=why, interval=interval, rows=rows)
