"""Share of requesters who were told."""

from __future__ import annotations

from datetime import timedelta

from callsheet.metrics import Facts, Period, Value, metric


@metric(
    "loop.requesters_told", title="Requesters told", unit="%", better="higher",
    source="Callsheet: requesters by feedback, deliveries by ledger",
)  # fmt: skip
def requesters_told(facts: Facts, period: Period) -> Value:
    """Of those who asked for something released in the 90 days up to the end of the period, the share who have been told.

    Nothing asked for was released: None. Requests that are not released yet are left out.
    """
    since = min(period.until, facts.now) - timedelta(days=90)
    found = facts.read.report("loop.untold")
    rows = [row for row in found.rows if since <= row["released_at"] < period.until]
    asked = sum(row["asked"] for row in rows)
    amount = 100 * sum(row["told"] for row in rows) / asked if asked else None
    return facts.value(amount, sample=asked, left_out=found.left_out, why=found.left_out_why, rows=rows)
