"""What broke: incidents of the period and the release that each is tied to."""

from __future__ import annotations

from callsheet.metrics.registry import Column
from callsheet.sheet.model import Ask, Section, section

MOST = 6


@section("broke", place=58, cadences=("weekly", "monthly"))
def broke(ask: Ask) -> Section:
    """Incidents that began in the period, newest first, with how sure the tie is."""
    part = Section(
        "broke", "Incidents", "table", note="tied to the release before, by time", href="/delivery?tab=incidents"
    )
    if not ask.reader.has("releases.incidents"):
        return part
    rows = ask.reader.report("releases.incidents", ask.period).rows
    keys = ("incident", "title", "started_at", "release", "days_after", "confidence", "why")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("title", "Incident"), Column("started_at", "Began", "time"),
        Column("release", "Release before", href="/releases/{release}"), Column("days_after", "After it", "days"),
        Column("confidence", "Confidence", "share"),
    ]  # fmt: skip
    return part
