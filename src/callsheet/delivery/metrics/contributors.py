"""How many people contribute."""

from __future__ import annotations

from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.contributors", title="Contributors", unit="people", better="higher", scopes=("team", "product"),
    source="CHAOSS: contributors, by commits", window=28,
)  # fmt: skip
def contributors(facts: Facts, period: Period) -> Value:
    """Different authors of commits in the last 28 days. No commit is known at all: no amount.

    Commits without an author are left out and counted.
    """
    known = facts.scalar(facts.commits.count())
    made = facts.commits.filter(period.holds(facts.commits.committed_at))
    people, size, nobody = facts.scalars(made.author.nunique(), made.count(), made.author.isnull().sum())
    return facts.value(people if known else None, sample=size, left_out=nobody, why="no author", rows=made)
