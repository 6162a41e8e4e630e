"""Shared readings of changes: how long each stayed in its stages, week by week or before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from callsheet.delivery.metrics.change_lead_time import with_commit
from callsheet.delivery.metrics.spans import elapsed, floats
from callsheet.delivery.rules import STAGES, WHOLE
from callsheet.metrics import Facts

Floats = NDArray[np.float64]
UNSEEN = "Reviews are not recorded here; only opening and merge are known."


@dataclass(frozen=True)
class Spans:
    """Changes merged in a span: `merged` (seconds since 1970), days by stage (NaN: not known or negative)."""

    merged: Floats
    days: dict[str, Floats]
    faults: dict[str, int]
    reviewed: bool
    deployed: bool

    @property
    def stages(self) -> list[tuple[str, str]]:
        """Key and label of the stages that the data can tell apart."""
        if not self.reviewed:
            return [WHOLE[:2]]
        known = STAGES if self.deployed else STAGES[:3]
        return [(key, label) for key, label, _, _ in known]

    def within(self, since: datetime, until: datetime, stage: str) -> Floats:
        """Return the known days in a stage of the changes merged in `[since, until)`."""
        days = self.days[stage][self.mask(since, until)]
        return days[~np.isnan(days)]

    def mask(self, since: datetime, until: datetime) -> NDArray[np.bool_]:
        """Which changes were merged in `[since, until)`."""
        begin, end = (np.datetime64(moment, "s").astype(np.int64) for moment in (since, until))
        found: NDArray[np.bool_] = (self.merged >= begin) & (self.merged < end)
        return found


def spans(facts: Facts, since: datetime, until: datetime) -> Spans:
    """Read the changes merged in `[since, until)` with their stages.

    Reviews count as recorded, and deployments as known, when at least a fifth (a half) of the changes have them.
    """
    table = with_commit(facts)
    merged = table.filter((table.merged_at >= since) & (table.merged_at < until)).mutate(first_commit_at=table.begun_at)
    wanted = {key: elapsed(merged[begin], merged[end]) for key, _, begin, end in (*STAGES, WHOLE)}
    rows = facts.run(merged.select(merged_s=merged.merged_at.epoch_seconds(), **wanted))
    days, faults = {}, {}
    for key in wanted:
        values = floats(rows[key])
        faults[key] = int((values < 0).sum())
        days[key] = np.where(values < 0, np.nan, values)
    size = max(1, rows.num_rows)
    reviewed = float((~np.isnan(days["first_review"])).sum()) / size
    deployed = float((~np.isnan(days["deploy"])).sum()) / size
    moments = floats(rows["merged_s"])
    return Spans(moments, days, faults, reviewed >= 0.2, deployed >= 0.5)


def median(values: Floats) -> float | None:
    """Return the median; None of nothing."""
    return float(np.median(values)) if values.size else None
