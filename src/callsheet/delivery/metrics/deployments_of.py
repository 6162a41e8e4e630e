"""Shared readings of deployments and incidents: what reached production, and which of it broke something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from callsheet.delivery.rules import LOOK_BACK, Cause, cause_of
from callsheet.metrics import Facts, Period

PRODUCTION = ("production", "prod", "live", "")


@dataclass(frozen=True)
class Tied:
    """An incident with what it is tied to, if anything."""

    incident: dict[str, Any]
    cause: Cause | None


def deployed(facts: Facts, period: Period) -> Any:
    """Deployments to production in the period, whether they went well or not."""
    table = facts.deployments
    live = table.environment.isnull() | table.environment.lower().isin(PRODUCTION)
    return table.filter(period.holds(table.deployed_at) & live)


def tied(facts: Facts, period: Period) -> list[Tied]:
    """Incidents that began in the period, each tied to a deployment or release of its service before it.

    A stated link counts fully. Otherwise it is the last deployment (or, where a service has none, release of its
    product, at half the confidence) within seven days before, with a confidence that falls with the gap.
    """
    incidents = facts.records(facts.incidents.filter(period.holds(facts.incidents.started_at)).order_by("started_at"))
    if not incidents:
        return []
    # Where a source names both a release and a deployment, the deployment is the nearer cause: it comes last.
    causes = sorted(facts.links.all("caused"), key=lambda link: link.from_ref.kind == "deployment")
    stated = {str(link.to_ref): link for link in causes}
    deployments = _by_service(facts, period)
    releases = _by_product(facts, period)
    found = []
    for row in incidents:
        link = stated.get(f"incident:{row['incident_id']}")
        known = deployments.get(row["service"] or "", [])
        if link is not None:
            moment = next((m for ref, m in known if ref == str(link.from_ref)), row["started_at"])
            found.append(
                Tied(row, Cause(str(link.from_ref), moment, link.confidence, link.why or "stated by the source"))
            )
        elif known:
            found.append(Tied(row, cause_of(row["started_at"], known)))
        else:
            found.append(Tied(row, cause_of(row["started_at"], releases.get(row["product"] or "", []), "product")))
    return found


def _by_service(facts: Facts, period: Period) -> dict[str, list[tuple[str, datetime]]]:
    rows = facts.records(deployed(facts, Period(period.since - LOOK_BACK, period.until)))
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in rows:
        found.setdefault(row["service"] or "", []).append((f"deployment:{row['deployment_id']}", row["deployed_at"]))
    return found


def _by_product(facts: Facts, period: Period) -> dict[str, list[tuple[str, datetime]]]:
    table = facts.releases
    wanted = table.filter((table.released_at >= period.since - LOOK_BACK) & (table.released_at < period.until))
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in facts.records(wanted):
        found.setdefault(row["product"] or "", []).append((f"release:{row['release_id']}", row["released_at"]))
    return found
