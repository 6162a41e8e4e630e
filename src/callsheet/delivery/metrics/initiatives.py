"""What is left of each initiative, and when it will be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from callsheet.base.text import joined
from callsheet.delivery.metrics.forecast import TeamPace, focus, numbers, outlook, team_pace
from callsheet.delivery.metrics.spans import elapsed, items
from callsheet.delivery.rules import FOCUS_DAYS, STAGES
from callsheet.metrics import Column, Facts, Period, Report, report

SHARE_DAYS = 56
LEAST = 5
Row = dict[str, Any]


@report(
    "delivery.initiatives", title="Initiatives and their forecasts", scopes=("product",),
    source="Monte Carlo over 7-day blocks of the team's finishes; back-test by rolling origins",
    columns=(
        Column("initiative", "Initiative", ref="initiative"), Column("team", "Team", ref="team"),
        Column("left", "Left", "items"),
        Column("done", "Done", "items"), Column("items_per_week", "A week", "items"), Column("p50_days", "50%", "days"),
        Column("p85_days", "85%", "days"), Column("p95_days", "95%", "days"),
        Column("coverage85", "85% dates held", "share", doc="How often such promises of this team were kept in its own past"),
        Column("origins", "of forecasts"), Column("scope_added_28", "Added in 28 days", "items"),
        Column("review_share", "Waiting for review", "share"), Column("why_not", "No forecast because"),
    ),
)  # fmt: skip
def initiatives(facts: Facts, period: Period) -> Report:
    """Every initiative that has work, with what is left and when it will be done, counted in days from now.

    Each finish of the team belongs to the initiative with the share that it has among the items which the team began
    in the last 28 days: initiatives compete with all other work. Trials replay 7-day blocks of the team's last 180
    days, with zeros, without days that closed a batch. `coverage85` says how often 85% promises of this team would
    have been kept. An initiative of several teams is forecast with the team that has most of what is left.
    """
    linked: dict[str, set[str]] = {}
    for link in facts.links.all("built_by"):
        if link.from_ref.kind == "initiative" and link.to_ref.kind == "work":
            linked.setdefault(link.from_ref.id, set()).add(link.to_ref.id)
    wanted = sorted(set().union(*linked.values())) if linked else []
    if not wanted:
        return facts.report([], note="No initiative is linked to work yet.")
    names = ("item_id", "team", "category", "created_at", "done_at")
    work = {row["item_id"]: row for row in facts.records(items(facts).select(*names)) if row["category"] != "dropped"}
    began, paces = focus(facts, facts.now), dict[str, TeamPace]()
    waits = _review_shares(facts, linked)
    rows = [
        _row(facts, key, [work[item] for item in own if item in work], began, paces) | {"review_share": waits.get(key)}
        for key, own in sorted(linked.items())
    ]
    unknown = sum(item not in work for item in wanted)
    notes = [f"{team}: {pace.history.note}" for team, pace in sorted(paces.items()) if pace.history.note]
    batched = sum(pace.history.left_out for pace in paces.values())
    why = joined([*(["linked but not known here"] if unknown else []), *(["closed in batches"] if batched else [])])
    return facts.report(rows, left_out=unknown + batched, why=why, note="; ".join(notes))


def _row(facts: Facts, key: str, own: list[Row], began: dict[str, list[str]], paces: dict[str, TeamPace]) -> Row:
    left = [row for row in own if row["done_at"] is None and row["category"] != "done"]
    team = _main_team(left or own)
    if team not in paces:
        paces[team] = team_pace(facts, team)
    found = outlook(paces[team], len(left), {row["item_id"] for row in own}, began.get(team, []))
    late = facts.now - timedelta(days=FOCUS_DAYS)
    added = sum(row["created_at"] is not None and row["created_at"] >= late for row in own)
    return {
        "initiative": key, "team": team, "left": len(left), "done": len(own) - len(left),
        "share": found.share, "scope_added_28": added, **numbers(found, paces[team]),
    }  # fmt: skip


def _main_team(rows: list[Row]) -> str:
    teams = [row["team"] or "" for row in rows]
    return max(sorted(set(teams)), key=teams.count) if teams else ""


def _review_shares(facts: Facts, linked: dict[str, set[str]]) -> dict[str, float | None]:
    """Return the first review's part of the sum of median stages, for changes of each initiative merged lately."""
    changes = facts.changes
    since = facts.now - timedelta(days=SHARE_DAYS)
    recent = changes.filter((changes.merged_at >= since) & (changes.merged_at <= facts.now) & changes.item_id.notnull())
    timed = recent.select("item_id", **{key: elapsed(recent[a], recent[b]) for key, _, a, b in STAGES[:3]})
    rows = facts.records(timed)
    found: dict[str, float | None] = {}
    for initiative, own in linked.items():
        mine = [row for row in rows if row["item_id"] in own]
        middles = [_middle([row[key] for row in mine]) for key, *_ in STAGES[:3]]
        whole = sum(value or 0.0 for value in middles)
        found[initiative] = middles[1] / whole if len(mine) >= LEAST and middles[1] is not None and whole else None
    return found


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None and value >= 0]
    return float(np.median(known)) if known else None
