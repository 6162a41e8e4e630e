"""Shipped and its effect: releases of the period and how what is new is used."""

from __future__ import annotations

from datetime import datetime

from callsheet.metrics.registry import Column
from callsheet.sheet.model import Ask, Section, section

MOST = 8


@section("shipped", place=55, cadences=("weekly", "monthly"))
def shipped(ask: Ask) -> Section:
    """Releases of the period with their contents, readiness and incidents."""
    part = Section("shipped", "Shipped", "table", note="releases of the period", href="/releases")
    if not ask.reader.has("releases.recent"):
        return part
    rows = [
        row for row in ask.reader.report("releases.recent", ask.period).rows
        if isinstance(row.get("released_at"), datetime) and ask.period.since <= row["released_at"] < ask.period.until
    ]  # fmt: skip
    keys = ("release", "version", "released_at", "items", "published_at", "incidents")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("version", "Release", href="/releases/{release}"), Column("released_at", "Released", "time"),
        Column("items", "Changes", "items"), Column("published_at", "Announced", "time"),
        Column("incidents", "Incidents", "incidents"),
    ]  # fmt: skip
    return part


@section("adopted", place=56, cadences=("weekly", "monthly"))
def adopted(ask: Ask) -> Section:
    """Adoption of what was released lately, against its prediction."""
    part = Section("adopted", "Used", "table", note="accounts that could use it, since its release", href="/usage")
    if not ask.reader.has("usage.adoption"):
        return part
    rows = [row for row in ask.reader.report("usage.adoption").rows if row.get("tried_share") is not None]
    rows = [row for row in rows if (row.get("days") or 0) <= (45 if ask.cadence == "weekly" else 120)]
    keys = ("feature", "title", "tried_share", "predicted_share", "tried", "could_use", "kept")
    part.rows = [{key: row.get(key) for key in keys} for row in rows[:MOST]]
    part.columns = [
        Column("title", "Feature", href="/usage/features/{feature}"), Column("tried_share", "Tried", "share"),
        Column("predicted_share", "Predicted", "share"), Column("could_use", "Could use", "accounts"),
        Column("kept", "Kept", "accounts"),
    ]  # fmt: skip
    return part
