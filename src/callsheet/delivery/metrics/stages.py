"""Where a change spends its time, against the weeks before, and which stage limits the flow."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from callsheet.delivery.metrics.spans import until_now
from callsheet.delivery.metrics.stages_of import UNSEEN, Spans, median, spans
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.stats.change import values_changed
from callsheet.stats.little import Bottleneck, bottleneck

WEEKS = 6


@report(
    "delivery.stages", title="Where changes wait", scopes=("team", "product"),
    source="DORA (dora.dev), lead time split; relief simulated with a bootstrap interval; Mann-Whitney for the change",
    columns=(
        Column("label", "Stage"), Column("median_days", "Median", "days"), Column("share", "Of the time", "share"),
        Column("before_days", "Before", "days"), Column("before_share", "Of the time before", "share"),
        Column("p", "p of no change", doc="Chance of such a difference if nothing had changed"),
        Column("gain_days", "Relief would save", "days"), Column("gain_low", "at least", "days"),
        Column("gain_high", "at most", "days"), Column("limits", "Limits the flow"), Column("sample", "Changes"),
        Column("left_out", "Left out"),
    ),
)  # fmt: skip
def stages(facts: Facts, period: Period) -> Report:
    """Median days by stage of the changes merged in the last six weeks, against the six weeks before.

    A stage's share is its median of the sum of medians. The stage that limits the flow is the one whose relief to the
    median of the others shortens the whole most, simulated, with a 95% interval. Negative spans are left out and
    counted. Without recorded reviews there is only one stage, from opening to merge, and no share.
    """
    end = until_now(facts, period)
    middle, since = end - timedelta(weeks=WEEKS), end - timedelta(weeks=2 * WEEKS)
    found = spans(facts, since, end)
    limit = _limit(found, middle, end)
    now, before = (_shares(found, begin, until) for begin, until in ((middle, end), (since, middle)))
    rows = [_row(found, index, limit, now, before, (since, middle, end)) for index in range(len(found.stages))]
    number = int(found.mask(middle, end).sum())
    faults = sum(found.faults[key] for key, _ in found.stages)
    note = UNSEEN if number and not found.reviewed else ""
    return facts.report(
        rows if number else [], sample=number, left_out=faults, why="a stage ends before it begins", note=note
    )


def _row(
    found: Spans, index: int, limit: Bottleneck | None, now: dict[str, float | None],
    before: dict[str, float | None], moments: tuple[datetime, datetime, datetime],
) -> dict[str, Any]:  # fmt: skip
    key, label = found.stages[index]
    since, middle, end = moments
    old, new = found.within(since, middle, key), found.within(middle, end, key)
    change = values_changed(old, new)
    limits = limit is not None and limit.stage == index and limit.gain > 0
    return {
        "stage": key, "label": label, "median_days": median(new), "share": now[key], "before_days": median(old),
        "before_share": before[key], "sample": int(new.size), "left_out": found.faults[key], "p": change.p,
        "gain_days": limit.gains[index] * limit.whole if limit else None,
        "gain_low": max(0.0, limit.low) * limit.whole if limit and limits else None,
        "gain_high": limit.high * limit.whole if limit and limits else None, "limits": limits,
    }  # fmt: skip


def _limit(found: Spans, since: datetime, until: datetime) -> Bottleneck | None:
    keys = [key for key, _ in found.stages]
    if len(keys) < 2:
        return None
    mask = found.mask(since, until)
    return bottleneck(np.column_stack([found.days[key][mask] for key in keys]))


def _shares(found: Spans, since: datetime, until: datetime) -> dict[str, float | None]:
    middles = {key: median(found.within(since, until, key)) for key, _ in found.stages}
    whole = sum(value or 0.0 for value in middles.values())
    alone = len(middles) < 2 or whole <= 0
    return {key: None if alone or value is None else value / whole for key, value in middles.items()}
