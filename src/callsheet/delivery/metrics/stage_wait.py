"""Where changes wait, week by week."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callsheet.base.time import day_start, local_date
from callsheet.charts import Option, stacked_area
from callsheet.delivery.metrics.spans import until_now
from callsheet.delivery.metrics.stages_of import UNSEEN, median, spans
from callsheet.metrics import Column, Facts, Period, Report, report

WEEKS = 12
LAYERS = {
    "coding": "coding", "first_review": "first review", "review_to_merge": "review to merge",
    "open_to_merge": "open to merge",
}  # fmt: skip


def chart(found: Report) -> Option:
    """Median days by stage and week, stacked; the first review is the stage to look at."""
    known = [row for row in found.rows if row["sample"]]
    layers = {
        label: [(row["week"], row[key]) for row in known]
        for key, label in LAYERS.items()
        if any(row[key] is not None for row in known)
    }
    return stacked_area(layers, title="Median days by stage and week", unit="days", emphasis="first review")


@report(
    "delivery.stage_wait", title="Where changes wait, by week", chart=chart, scopes=("team", "product"),
    source="DORA (dora.dev), lead time split",
    columns=(
        Column("week", "Week of", "date"), Column("coding", "Coding", "days"), Column("first_review", "First review", "days"),
        Column("review_to_merge", "Review to merge", "days"), Column("open_to_merge", "Open to merge", "days"),
        Column("sample", "Changes"),
    ),
)  # fmt: skip
def stage_wait(facts: Facts, period: Period) -> Report:
    """Median days by stage of the changes merged in each of the last twelve weeks; weeks begin on Monday.

    Where reviews are not recorded, only the time from opening to merge is given. The last week may not be over.
    """
    end = until_now(facts, period)
    today = local_date(end - timedelta(microseconds=1), facts.zone)
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    edges = [day_start(day, facts.zone) for day in (*starts, monday + timedelta(weeks=1))]
    found = spans(facts, edges[0], end)
    keys = ("coding", "first_review", "review_to_merge") if found.reviewed else ("open_to_merge",)
    rows: list[dict[str, Any]] = []
    for index, day in enumerate(starts):
        row: dict[str, Any] = dict.fromkeys(("coding", "first_review", "review_to_merge", "open_to_merge"))
        row |= {key: median(found.within(edges[index], edges[index + 1], key)) for key in keys}
        rows.append({"week": day.isoformat(), **row, "sample": int(found.mask(edges[index], edges[index + 1]).sum())})
    number = sum(row["sample"] for row in rows)
    return facts.report(
        rows if number else [], sample=number, left_out=sum(found.faults[key] for key in keys),
        why="a stage ends before it begins", note="" if found.reviewed or not number else UNSEEN,
    )  # fmt: skip
