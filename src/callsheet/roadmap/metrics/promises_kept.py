"""Promises that were kept."""

from callsheet.metrics import Facts, Period, Value, metric
from callsheet.roadmap.metrics.plans import initiatives
from callsheet.roadmap.rules import kept, promise_end
from callsheet.stats.intervals import wilson

WINDOW = 90


@metric(
    "roadmap.promises_kept",
    title="Promises kept",
    unit="%",
    better="higher",
    window=WINDOW,
    source="Callsheet: share of promised days that were kept; interval by Wilson (1927)",
    scopes=("team", "product"),
)
def promises_kept(facts: Facts, period: Period) -> Value:
    """Of the initiatives whose promised day ended in the last 90 days, the share that was done by its end.

    The promise is the last one made; dates that moved are counted in roadmap.slipped. Dropped initiatives
    are left out. No promise fell due: no data. The interval is 95%.
    """
    until = min(period.until, facts.now)
    due = [
        row
        for row in initiatives(facts)
        if row.promised_at is not None and period.since < promise_end(row.promised_at, facts.zone) <= until
    ]
    rows = [
        {
            "initiative": row.id, "title": row.title, "promised_at": row.promised_at, "done_at": row.done_at,
            "kept": row.promised_at is not None and kept(row.promised_at, row.done_at, facts.zone),
        }
        for row in due
        if row.stage != "dropped"
    ]  # fmt: skip
    hits = sum(bool(row["kept"]) for row in rows)
    share = wilson(hits, len(rows))
    bounds = None if share.low is None or share.high is None else (100 * share.low, 100 * share.high)
    amount = None if share.amount is None else 100 * share.amount
    dropped = len(due) - len(rows)
    return facts.value(amount, sample=len(rows), left_out=dropped, why="dropped", rows=rows, interval=bounds)
