"""How long changes wait for their first review."""

from __future__ import annotations

from callsheet.delivery.metrics.spans import at_quantile, elapsed, usable
from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "delivery.review_wait", title="Wait for first review", unit="days", better="lower", scopes=("team", "product"),
    window=28, source="DORA (dora.dev): lead time split, pickup = opened to first review",
)  # fmt: skip
def review_wait(facts: Facts, period: Period) -> Value:
    """Median days from opening a change to its first review, for changes first reviewed in the last 28 days.

    Changes merged in that time with no recorded review, and reviews dated before the opening, are left out.
    """
    changes = facts.changes
    reviewed = changes.filter(period.holds(changes.first_review_at))
    reviewed = reviewed.mutate(days=elapsed(reviewed.created_at, reviewed.first_review_at))
    unseen = changes.filter(period.holds(changes.merged_at) & changes.first_review_at.isnull())
    days, wrong, why = usable(facts, reviewed, missing="opening unknown", negative="reviewed before opened")
    skipped = int(facts.scalar(unseen.count()))
    parts = [why] if why else []
    parts += [f"{skipped:,} merged without a recorded review"] if skipped else []
    amount, interval = at_quantile(days, 0.5)
    return facts.value(
        amount, sample=len(days), left_out=wrong + skipped, why=", ".join(parts), interval=interval, rows=reviewed
    )
