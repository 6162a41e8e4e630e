"""One feature: its adoption, its curve, whatever its age."""

from __future__ import annotations

from typing import Any

from callsheet.charts import Option
from callsheet.metrics import Facts, Report
from callsheet.usage.metrics.adoption import adoption_rows
from callsheet.usage.metrics.adoption_curve import curve_chart
from callsheet.usage.metrics.shared import could_use, entry_of, uses_of
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
    entry = entry_of(feature)
    able = sum(could_use(facts, [entry], facts.now)[entry.id].values())
    return curve_chart(Report(curve(entry, able, uses_of(facts, [entry], facts.now)[entry.id], facts.now)))
