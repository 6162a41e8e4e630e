"""How long a change takes from its first commit to production."""

from __future__ import annotations

from typing import Any

from callsheet.delivery.metrics.spans import at_quantile, elapsed, usable
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.change_lead_time", title="Change lead time", unit="days", better="lower", scopes=("team", "product"),
    window=28, source="DORA (dora.dev): change lead time, committed to deployed; the median",
)  # fmt: skip
def change_lead_time(facts: Facts, period: Period) -> Value:
    """Median days from a change's first commit to its deployment, or to its merge where deployments are not known.

    Changes that got there in the last 28 days. A squash merge hides the first commit: it is then taken from the
    change's own commits. Where deployments are known, changes merged before the first of them are left out, as are
    changes with no known commit and negative spans.
    """
    changes = with_commit(facts)
    reached = changes.mutate(ended_at=changes.deployed_at.coalesce(changes.merged_at))
    reached = reached.filter(period.holds(reached.ended_at))
    first = facts.scalar(facts.deployments.deployed_at.min())
    early = 0
    if first is not None:
        early = int(facts.scalar(reached.filter(reached.ended_at < first).count()))
        reached = reached.filter(reached.ended_at >= first)
    timed = reached.mutate(days=elapsed(reached.begun_at, reached.ended_at))
    days, wrong, why = usable(facts, timed, missing="first commit unknown", negative="deployed before committed")
    parts = [why] if why else []
    parts += [f"{early:,} before the first known deployment"] if early else []
    amount, interval = at_quantile(days, 0.5)
    return facts.value(
        amount, sample=len(days), left_out=wrong + early, why=", ".join(parts), interval=interval, rows=timed
    )


def with_commit(facts: Facts) -> Any:
    """Return changes with `begun_at`: the first commit as recorded, else the first of the change's own commits."""
    commits = facts.workspace.facts.tables()["commits"]
    first = (
        commits.filter(commits.change_id.notnull() & (commits.change_id != ""))
        .group_by("change_id").agg(authored_first_at=lambda t: t.authored_at.min())
    )  # fmt: skip
    joined = facts.changes.left_join(first, "change_id").drop("change_id_right")
    return joined.mutate(begun_at=joined.first_commit_at.coalesce(joined.authored_first_at)).drop("authored_first_at")
