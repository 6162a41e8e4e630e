"""What broke, and after which deployment or release."""

from __future__ import annotations

from datetime import timedelta

from callsheet.delivery.metrics.deployments_of import tied
from callsheet.metrics import Column, Facts, Period, Report, report

LEAST = 90


@report(
    "delivery.incidents", title="Incidents and what they are tied to", scopes=("team", "product"),
    source="DORA (dora.dev); look-back limit of seven days",
    columns=(
        Column("title", "Incident"), Column("service", "Service"), Column("severity", "Severity"),
        Column("started_at", "Began", "time"),
        Column("hours", "Lasted", "hours"), Column("cause", "Tied to", ref="any"), Column("confidence", "Confidence", "share"),
        Column("why", "Because"), Column("url", "Address", "url"),
    ),
)  # fmt: skip
def incidents(facts: Facts, period: Period) -> Report:
    """Incidents that began in the period (at least the last 90 days), newest first, and what each is tied to.

    The cause is what a source states, else the last deployment of the service (or release of its product) within
    seven days before, with a confidence that falls with the gap. Beyond seven days an incident stays unlinked.
    """
    since = min(period.since, period.until - timedelta(days=LEAST))
    rows = []
    for entry in reversed(tied(facts, Period(since, period.until))):
        row, cause = entry.incident, entry.cause
        ended = row["resolved_at"]
        rows.append({
            "incident_id": row["incident_id"], "title": row["title"], "service": row["service"], "severity": row["severity"],
            "started_at": row["started_at"], "resolved_at": ended,
            "hours": (ended - row["started_at"]).total_seconds() / 3600 if ended else None,
            "cause": cause.ref if cause else None, "confidence": cause.confidence if cause else None,
            "why": cause.why if cause else "nothing within seven days before", "url": row["url"],
        })  # fmt: skip
    return facts.report(rows)
