"""Where changes wait: days by stage."""

from __future__ import annotations

from callsheet.base.text import number
from callsheet.base.time import Period, last
from callsheet.metrics.registry import report_named
from callsheet.sheet.model import Ask, Section, section

WEEKS = 12


@section("waiting", place=40, cadences=("weekly", "monthly"))
def waiting(ask: Ask) -> Section:
    """Median days by stage and week, with what relieving the limiting stage would bring."""
    part = Section("waiting", "Where changes wait", "chart", note=f"median days by stage, {WEEKS} weeks", wide=False)
    if not ask.reader.has("delivery.stage_wait"):
        return part
    span: Period = last(WEEKS * 7, ask.reader.now, ask.reader.zone)
    found = ask.reader.report("delivery.stage_wait", span)
    spec = report_named("delivery.stage_wait")
    if not found.rows or spec.chart is None:
        return part
    part.chart, part.href = spec.chart(found), "/delivery"
    for row in ask.reader.report("delivery.stages").rows:
        if row.get("limits") and row.get("gain_days"):
            stage = str(row.get("label") or row["stage"]).lower()
            part.caption = (
                f"Relieving {stage} would shorten changes by {number(row['gain_days'])} days"
                f" [{number(row.get('gain_low'))}, {number(row.get('gain_high'))}]."
            )
    return part
