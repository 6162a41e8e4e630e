"""Promises: forecast ranges against what was promised."""

from __future__ import annotations

from callsheet.metrics.registry import Column
from callsheet.sheet.model import Ask, Section, section


@section("promises", place=30)
def promises(ask: Ask) -> Section:
    """Promised initiatives that are not done, the least likely first."""
    if not ask.reader.has("roadmap.promises"):
        return Section("promises", "Promises", "promises")
    found = ask.reader.report("roadmap.promises")
    rows = sorted(found.rows, key=lambda row: row["chance"] if row.get("chance") is not None else 2)
    held = [row["coverage85"] for row in rows if row.get("coverage85") is not None]
    note = "simulated from 7-day blocks of the team's own history"
    if held:
        note += f" · 85% dates held {sum(held) / len(held):.0%} of the time"
    keys = (
        "initiative",
        "title",
        "team",
        "left",
        "p50_at",
        "p85_at",
        "p95_at",
        "promised_at",
        "chance",
        "why",
        "why_not",
    )
    columns = [
        Column("title", "Initiative"), Column("team", "Team"), Column("left", "Left", "items"),
        Column("range", "Forecast 50 – 85 – 95% · promised"), Column("chance", "Chance", "chance"), Column("why", "Why"),
    ]  # fmt: skip
    plain = [{key: row.get(key) for key in keys} for row in rows if row.get("promised_at") is not None]
    return Section(
        "promises", "Promises", "promises", note=note, columns=columns, rows=plain, href="/roadmap?tab=timeline"
    )
