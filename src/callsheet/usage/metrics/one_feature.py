"""One feature: its adoption, its curve, what belongs to it, whatever its age."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from callsheet.charts import Option
from callsheet.metrics import Facts, Period, Report
from callsheet.usage.metrics.adoption import adoption_rows
from callsheet.usage.metrics.adoption_curve import curve_chart
from callsheet.usage.metrics.shared import entry_of
from callsheet.usage.questions.reach import joints, reached
from callsheet.usage.records import Feature
from callsheet.usage.rules import curve


def feature_adoption(facts: Facts, feature_id: str) -> dict[str, Any] | None:
    """Return the feature's row of the adoption report as of now; None while it is not released."""
    feature = facts.book.get(Feature, feature_id)
    if feature.released_at is None or feature.released_at > facts.now:
        return None
    return adoption_rows(facts, [entry_of(feature)], facts.now)[0]


def feature_chart(facts: Facts, feature_id: str) -> Option:
    """Return the chart of its adoption over the days since its release; empty while it is not released."""
    feature = facts.book.get(Feature, feature_id)
    if feature.released_at is None or feature.released_at > facts.now:
        return curve_chart(Report([]))
    reach = reached(facts, [entry_of(feature)], facts.now)[feature_id]
    return curve_chart(Report(curve(reach.feature, reach.able.num_rows, reach.uses, facts.now)))


def belongings(facts: Facts, feature_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the loop joins to a feature, with its title as the report of its kind gives it: the releases and
    initiatives that delivered it, the experiments on it; by kind, rows of `id`, `title`, `note`."""
    found = joints(facts, feature_id)
    named = {kind: _named(facts, kind) if ids else {} for kind, ids in found.items()}
    return {
        kind: [{"id": key, **named[kind].get(key, {"title": key, "note": ""})} for key in ids]
        for kind, ids in found.items()
    }


def _named(facts: Facts, kind: str) -> dict[str, dict[str, str]]:
    """Titles and states by id, from the named reports of their domains, where these are there."""
    read, found = facts.read, {}
    if kind == "release":
        table = facts.workspace.facts.tables()["releases"]
        rows = facts.records(table.select("release_id", "version", "released_at"))
        return {
            row["release_id"]: {
                "title": row["version"] or row["release_id"],
                "note": f"{row['released_at']:%Y-%m-%d}" if row["released_at"] else "",
            }
            for row in rows
        }
    if kind == "initiative" and read.has("roadmap.portfolio"):
        found = {row["initiative"]: row for row in read.report("roadmap.portfolio").rows}
        return {key: {"title": row["title"], "note": row["stage"]} for key, row in found.items()}
    if kind == "experiment" and read.has("experiments.running"):
        ever = Period(datetime(1970, 1, 1), facts.now + timedelta(days=1))
        decided = read.rows("experiments.decided", ever)
        running = read.report("experiments.running").rows
        return {row["experiment"]: {"title": row["title"], "note": str(row["decision"])} for row in decided} | {
            row["experiment"]: {"title": row["title"], "note": str(row["state"])} for row in running
        }
    return {}
