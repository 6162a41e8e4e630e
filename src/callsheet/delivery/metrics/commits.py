"""How much is committed."""

from __future__ import annotations

from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.commits", title="Commits", unit="commits", scopes=("team", "product"),
    source="Callsheet: an activity count, not a measure of anyone's work",
)  # fmt: skip
def commits(facts: Facts, period: Period) -> Value:
    """Commits of the period, without merges. No commit is known at all: no amount.

    Commits without a time are left out and counted.
    """
    plain = facts.commits.filter(facts.commits.parents.fill_null(1) < 2)
    made = plain.filter(period.holds(plain.committed_at))
    known, undated, number = facts.scalars(plain.count(), plain.committed_at.isnull().sum(), made.count())
    return facts.value(number if known else None, sample=number, left_out=undated, why="no time", rows=made)
