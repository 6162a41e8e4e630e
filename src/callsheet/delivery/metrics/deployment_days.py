"""On how many days of a week something reaches production."""

from __future__ import annotations

import numpy as np

from callsheet.base.text import count
from callsheet.base.time import local_day
from callsheet.delivery.metrics.deployments_of import deployed
from callsheet.delivery.metrics.spans import until_now
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.deployment_days", title="Deployment days a week", unit="days", better="higher", scopes=("team", "product"),
    window=28, source="DORA (dora.dev): deployment frequency, as median deployment days a week",
)  # fmt: skip
def deployment_days(facts: Facts, period: Period) -> Value:
    """Median number of days in a week with a successful deployment to production, over the last four weeks.

    Weeks are counted back from the end of the period. The plain count stands in the note. 0 for weeks without one;
    no amount when no deployment was ever recorded by then.
    """
    end = until_now(facts, period)
    ever = facts.deployments.filter(facts.deployments.deployed_at < end).count()
    if not facts.scalar(ever):
        return facts.value(None, sample=0)
    went = deployed(facts, period)
    went = went.filter(went.status.isnull() | (went.status != "failure"))
    local = went.mutate(day=local_day(went.deployed_at, facts.zone, period.since, period.until))
    days = {row["day"] for row in facts.records(local.select("day").distinct())}
    number = int(facts.scalar(went.count()))
    back = [(period.until.date() - day).days // 7 for day in days]
    weeks = [back.count(week) for week in range(4)]
    return facts.value(float(np.median(weeks)), sample=number, rows=went, note=count(number, "deployment"))
