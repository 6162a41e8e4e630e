"""What became of new features: who could use them, tried them, came back."""

from __future__ import annotations

from typing import Any

from callsheet.charts import Option, bar
from callsheet.metrics import Column, Facts, Period, Report, Value, metric, report
from callsheet.usage.metrics.shared import entries
from callsheet.usage.questions.adoption import row_of
from callsheet.usage.questions.reach import reached
from callsheet.usage.rules import NEW_DAYS, Entry

SOURCE = (
    "Adoption tied to the release date: eligible = accounts with any event since the release; kept = used again "
    "7 or more days after the first use; interval by Wilson (1927)"
)
COLUMNS = (
    Column("feature", "Feature", ref="feature"), Column("title", "Title"), Column("owner", "Owner", ref="person"),
    Column("released_at", "Released", unit="date"), Column("days", "Days out", unit="days"),
    Column("could_use", "Could use", unit="accounts",
           doc="Accounts active since the release that satisfy the feature's own condition"),
    Column("exposed", "Saw it", unit="accounts", doc="Known by event, flag or experiment; empty when nothing tells"),
    Column("tried", "Tried", unit="accounts"), Column("tried_share", "Tried, share", unit="share"),
    Column("tried_low", "Low", unit="share", doc="95% interval"), Column("tried_high", "High", unit="share"),
    Column("repeated", "Came back", unit="accounts", doc="Used it more than once"),
    Column("kept", "Kept", unit="accounts", doc="Used it again 7 or more days after the first use"),
    Column("kept_of", "Kept, of", unit="accounts", doc="Accounts whose first use is 7 or more days ago"),
    Column("first_use_hours", "Hours to first use", unit="hours", doc="Median from the release"),
    Column("predicted_share", "Predicted", unit="share"), Column("predicted_low", "Predicted low", unit="share"),
    Column("predicted_high", "Predicted high", unit="share"),
    Column("predicted_days", "Predicted for", unit="days", doc="Days after the release"),
    Column("due_low", "Due by now", unit="share", doc="Low end of the prediction, on a straight line up to its day"),
    Column("standing", "Stands", doc="ahead, on its way, as predicted or behind"),
    Column("revenue_share", "Revenue that tried", unit="share", doc="Of the revenue of those who could"),
    Column("revenue_tried", "Revenue of those who tried", unit="money"),
)  # fmt: skip


def adoption_chart(found: Report) -> Option:
    """Tried against predicted, a bar each."""
    rows = found.rows
    shares = {
        "tried": [row["tried_share"] for row in rows], "predicted": [row["predicted_share"] for row in rows],
    }  # fmt: skip
    return bar([row["title"] for row in rows], shares, title="Share of eligible accounts that tried each new feature",
               unit="share", horizontal=True)  # fmt: skip


def adoption_rows(facts: Facts, features: list[Entry], now: Any) -> list[dict[str, Any]]:
    """Return the adoption of each feature up to `now`."""
    return [row_of(one, now) for one in reached(facts, features, now).values()]


@report(
    "usage.adoption", title="Adoption of new features", source=SOURCE, columns=COLUMNS, chart=adoption_chart,
    scopes=("product", "segment"),
)  # fmt: skip
def adoption_report(facts: Facts, period: Period) -> Report:
    """Features released in the 90 days before the end of the period, newest first: how many of the accounts
    that were active since the release tried each, came back to it and kept it, against what was predicted.
    """
    now = min(period.until, facts.now)
    features = entries(facts, now, NEW_DAYS)
    rows = adoption_rows(facts, features, now)
    unused = sum(not row["could_use"] for row in rows)
    return facts.report(rows, left_out=unused, why="no account has been active since the release")


@metric(
    "usage.adoption", title="Adoption of new features", unit="%", better="higher", window=NEW_DAYS, source=SOURCE,
    scopes=("product", "segment"),
)  # fmt: skip
def adoption(facts: Facts, period: Period) -> Value:
    """The share of accounts that tried what was released in the last 90 days: over all such features, pairs
    of a feature and an account that tried it, of the pairs that could.

    No release, or no account active since: None. The sample is the pairs that could. No interval is given, as
    the pairs of one account depend on one another.
    """
    rows = facts.read.report("usage.adoption", period, **facts.scope).rows
    able, tried = sum(row["could_use"] for row in rows), sum(row["tried"] for row in rows)
    return facts.value(
        100 * tried / able if able else None, sample=able, rows=rows, note=f"{len(rows)} features of {NEW_DAYS} days"
    )
