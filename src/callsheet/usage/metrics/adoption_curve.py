"""How adoption grew, day by day after the release."""

from __future__ import annotations

from callsheet.charts import Option, line
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.usage.metrics.shared import entries
from callsheet.usage.questions.reach import reached
from callsheet.usage.rules import CURVE_DAYS, curve


def curve_chart(found: Report) -> Option:
    """One line a feature over the days since its release; the longest first, so that days stay in order."""
    series: dict[str, list[tuple[int, float]]] = {}
    for row in found.rows:
        series.setdefault(row["title"], []).append((row["day"], row["share"]))
    ordered = dict(sorted(series.items(), key=lambda item: -len(item[1])))
    title = "Share of eligible accounts that tried it, by days since the release"
    return line(ordered, title=title, unit="share", along="days since the release")


@report(
    "usage.adoption_curve", title="Adoption by days since release", chart=curve_chart, scopes=("product", "segment"),
    source="Cumulative share of today's eligible accounts whose first use falls on or before the day",
    columns=(
        Column("feature", "Feature", ref="feature"), Column("title", "Title"),
        Column("day", "Day", doc="24-hour days since the release"), Column("share", "Tried", unit="share"),
        Column("tried", "Accounts", unit="accounts"), Column("could_use", "Could use", unit="accounts"),
    ),
)  # fmt: skip
def adoption_curve(facts: Facts, period: Period) -> Report:
    """For features of the last 120 days: the share of eligible accounts (active since the release) that had
    tried each by the end of every day since. Features with nobody eligible are left out.
    """
    now = min(period.until, facts.now)
    features = entries(facts, now, CURVE_DAYS)
    rows = [
        row
        for one in reached(facts, features, now).values()
        for row in curve(one.feature, one.able.num_rows, one.uses, now)
    ]
    shown = {row["feature"] for row in rows}
    return facts.report(
        rows, sample=len(shown), left_out=len(features) - len(shown), why="no account active since the release"
    )
