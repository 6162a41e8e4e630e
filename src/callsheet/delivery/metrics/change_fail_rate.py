"""How many deployments break something."""

from __future__ import annotations

from callsheet.delivery.metrics.deployments_of import deployed, tied
from callsheet.metrics import Facts, Period, Value, metric
from callsheet.stats.intervals import wilson


@metric(
    "delivery.change_fail_rate", title="Change fail rate", unit="%", better="lower", scopes=("team", "product"), window=28,
    source="DORA (dora.dev): deployments that need immediate intervention, of all deployments",
)  # fmt: skip
def change_fail_rate(facts: Facts, period: Period) -> Value:
    """Share of the last 28 days' deployments that failed, or that an incident is tied to.

    An incident is tied to the deployment a source names, else to the last one of its service within seven days
    before. Incidents tied to none are left out and counted. No deployment: no amount, never 0.
    """
    rows = facts.records(deployed(facts, period))
    found = tied(facts, period)
    blamed = {entry.cause.ref for entry in found if entry.cause}
    bad = [row for row in rows if row["status"] == "failure" or f"deployment:{row['deployment_id']}" in blamed]
    loose = sum(entry.cause is None for entry in found)
    if not rows:
        return facts.value(None, sample=0, left_out=loose, why="incidents tied to no deployment")
    interval = wilson(len(bad), len(rows))
    bounds = None if interval.low is None or interval.high is None else (100 * interval.low, 100 * interval.high)
    return facts.value(
        100 * len(bad) / len(rows), sample=len(rows), left_out=loose, why="incidents tied to no deployment",
        interval=bounds, rows=rows,
    )  # fmt: skip
