"""Initiatives on the board."""

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.roadmap.metrics.plans import initiatives as known
from callsheet.roadmap.metrics.plans import open_at


@metric(
    "roadmap.initiatives",
    title="Initiatives",
    unit="initiatives",
    source="Callsheet: count of initiatives in now, next or later",
    scopes=("team", "product"),
)
def initiatives(facts: Facts, period: Period) -> Value:
    """Initiatives that were on the board, neither done nor dropped, at the end of the period.

    No initiative was ever added: no data.
    """
    added = [row for row in known(facts) if row.created_at < period.until]
    rows = [
        {"initiative": row.id, "title": row.title, "stage": row.stage, "team": row.team, "owner": row.owner}
        for row in added
        if open_at(row, period.until)
    ]
    return facts.value(len(rows) if added else None, sample=len(added), rows=rows)
