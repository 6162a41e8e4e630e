"""Consequences that could not be carried out."""

from __future__ import annotations

from sqlalchemy import select

from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.store.book import LogEntry, ReactionDone


@report(
    "loop.failures", title="Failed consequences", source="Callsheet: the worker's own notes",
    columns=(
        Column("ref", "Of", ref="any"), Column("verb", "What happened"), Column("reaction", "What should have followed"),
        Column("error", "Why not"), Column("done_at", "Tried", "time"),
    ),
)  # fmt: skip
def failures(facts: Facts, period: Period) -> Report:
    """What should have followed from something that happened and could not be carried out, newest first.

    Everything that is still undone is here, whatever the period.
    """
    query = (
        select(LogEntry.ref, LogEntry.verb, ReactionDone.reaction, ReactionDone.error, ReactionDone.done_at)
        .join(ReactionDone, ReactionDone.entry_id == LogEntry.id)
        .where(ReactionDone.error != "")
        .order_by(ReactionDone.done_at.desc())
    )
    names = ("ref", "verb", "reaction", "error", "done_at")
    return facts.report([dict(zip(names, row, strict=True)) for row in facts.book.rows(query)])
