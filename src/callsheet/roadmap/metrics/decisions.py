"""The log of decisions."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.roadmap.records import Decision


@report(
    "roadmap.decisions",
    title="Decisions",
    source="Callsheet: the decision log",
    columns=(
        Column("title", "Decision", href="/decisions/{decision}"),
        Column("decided_at", "Decided", unit="date"),
        Column("by", "By"),
        Column("ref", "About", ref="any"),
        Column("review_at", "Review", unit="date"),
        Column("due", "Due"),
        Column("outcome", "Outcome"),
    ),
)
def decisions(facts: Facts, period: Period) -> Report:
    """Every decision made before the end of the period: those due for review first, then the newest.

    `due`: the review date has come and nobody wrote down how it came out.
    """
    names = ("title", "ref", "because", "options", "dissent", "evidence", "prediction", "by", "decided_at",
             "review_at", "outcome", "reviewed_at")  # fmt: skip
    query = select(Decision).where(Decision.decided_at < period.until).order_by(Decision.decided_at.desc(), Decision.id)
    rows = [
        {"decision": row.id} | {name: getattr(row, name) for name in names}
        | {"due": row.review_at is not None and row.review_at <= facts.now and row.reviewed_at is None}
        for row in facts.book.all(query)
    ]  # fmt: skip
    rows.sort(key=lambda row: not row["due"])
    return facts.report(rows)
