"""How much each feature is used, and whether that changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.base.time import Period
from callsheet.charts import Option, bar
from callsheet.metrics import Column, Facts, Report, report
from callsheet.usage.metrics.shared import catalogue, events_of, with_feature
from callsheet.usage.records import Feature

MOST = 12


def features_chart(found: Report) -> Option:
    """Accounts by feature, those that most accounts used first."""
    rows = sorted((row for row in found.rows if row["accounts"]), key=lambda row: -int(row["accounts"]))[:MOST]
    return bar([row["title"] for row in rows], {"accounts": [row["accounts"] for row in rows]},
               title="Accounts that used each feature", unit="accounts", horizontal=True)  # fmt: skip


@report(
    "usage.features", title="Use by feature", chart=features_chart, scopes=("product", "segment"),
    source="Exact counts of events that carry the feature or one of its event names",
    columns=(
        Column("title", "Feature", href="/usage/features/{feature}"), Column("stage", "Stage"),
        Column("owner", "Owner", ref="person"), Column("uses", "Uses", unit="events"),
        Column("persons", "People", unit="people"), Column("accounts", "Accounts", unit="accounts"),
        Column("uses_before", "Uses before", unit="events", doc="In the span of the same length before"),
        Column("change", "Change", unit="share", doc="None when it was not out, or not used, all of the span before"),
        Column("last_at", "Last used", unit="time"),
    ),
)  # fmt: skip
def features(facts: Facts, period: Period) -> Report:
    """Uses, people and accounts of every feature in the period, with the change against the part of the same
    length before it (as far as the period has come). Features nobody used show 0; features that events name
    but the catalogue lacks are shown with the stage `not in catalogue`. Events of no feature are left out.
    """
    until = max(period.since, min(period.until, facts.now))
    now, before = Period(period.since, until), Period(period.since, until).before()
    events = events_of(facts)
    spans = events.filter((events.occurred_at >= before.since) & (events.occurred_at < until))
    used = with_feature(spans, known := catalogue(facts))
    inside = used.occurred_at >= now.since
    rows = facts.records(
        used.group_by("used").agg(
            uses=used.count(where=inside), uses_before=used.count(where=~inside),
            persons=used.person_id.nunique(where=inside), accounts=used.account_id.nunique(where=inside),
            last_at=used.occurred_at.max(),
        )
    )  # fmt: skip
    counted = {row.pop("used"): row for row in rows}
    nameless = counted.pop(None, {"uses": 0})
    cards = {feature.id: feature for feature in known}
    found = [_row(key, cards.get(key), counted.get(key), before.since) for key in sorted({*cards, *counted})]
    found.sort(key=lambda row: (-row["uses"], row["feature"]))
    return facts.report(
        found, sample=sum(row["uses"] for row in found), left_out=nameless["uses"], why="events of no feature"
    )


def _row(key: str, card: Feature | None, counts: dict[str, Any] | None, begin: datetime) -> dict[str, Any]:
    given = counts or {"uses": 0, "uses_before": 0, "persons": 0, "accounts": 0, "last_at": None}
    out_before = card is None or card.released_at is None or card.released_at <= begin
    change = given["uses"] / given["uses_before"] - 1 if given["uses_before"] and out_before else None
    return {
        "feature": key, "title": card.name if card else key, "stage": card.stage if card else "not in catalogue",
        "owner": card.owner if card else "", **given, "change": change,
    }  # fmt: skip
