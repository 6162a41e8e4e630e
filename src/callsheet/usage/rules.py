"""Rules of usage: what counts as a feature's use, and how adoption is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from callsheet.base.errors import BadInput
from callsheet.base.time import Period, local_date
from callsheet.stats.intervals import wilson

STAGES = ("planned", "beta", "released", "retired")
NEW_DAYS = 90
"""Days after its release in which a feature counts as newly released."""
CURVE_DAYS = 120
MOST_STEPS = 10
KEPT_AFTER = timedelta(days=7)
"""An account that uses a feature this long after its first use has kept it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the reports need of a feature of the catalogue."""

    id: str
    name: str
    owner: str
    released_at: datetime
    events: tuple[str, ...] = ()
    predicted: tuple[float | None, float | None, float | None] = (None, None, None)
    predicted_days: int | None = None
    exposed_by: tuple[str, ...] = ()
    flag: str = ""
    could_use: tuple[Mapping[str, Any], ...] = ()

    @property
    def due_days(self) -> int:
        """Days after the release by which the predicted share should be reached."""
        return self.predicted_days or NEW_DAYS


@dataclass(frozen=True, slots=True)
class Use:
    """One account's (or person's) use of one feature since its release."""

    unit_id: str
    first_at: datetime
    last_at: datetime
    uses: int
    segment: str | None = None
    revenue: float | None = None


def check_prediction(share: float | None, low: float | None, high: float | None) -> None:
    """Refuse a predicted share that is none: shares of 0 to 1, low <= share <= high."""
    given = [value for value in (share, low, high) if value is not None]
    if any(not 0 <= value <= 1 for value in given):
        raise BadInput("A predicted share lies between 0 and 1.", "Write 30% as 0.3.")
    if share is None and given:
        raise BadInput("There is a range but no predicted share.", "Give predicted_share as well.")
    bottom, top = low if low is not None else share, high if high is not None else share
    if share is not None and not (bottom or 0.0) <= share <= (1.0 if top is None else top):
        raise BadInput("The predicted share lies outside of its own range.", "Give low <= share <= high.")


def check_days(days: int | None) -> None:
    """Refuse a day for a prediction that is none."""
    if days is not None and not 1 <= days <= 3650:
        raise BadInput("A prediction is for a day from 1 to 3650 after the release.", "Write 90 for three months.")


def check_activation(step: int | None) -> None:
    """Refuse a place on the way to value that is none."""
    if step is not None and not 1 <= step <= MOST_STEPS:
        raise BadInput(f"The way to value has steps 1 to {MOST_STEPS}.", "Leave it empty for a feature beside the way.")


def due(feature: Entry, days: float) -> tuple[float | None, float | None, float | None]:
    """Return (share, low, high) of the prediction as far as it should have come `days` after the release.

    A straight line from 0 at the release to the predicted share at `due_days`: adoption grows fastest at first, so
    the line asks for less than a usual course would, and only what is surely too little counts as behind.
    """
    part = min(1.0, max(0.0, days / feature.due_days))
    share, low, high = feature.predicted
    low, high = share if low is None else low, share if high is None else high
    return tuple(None if one is None else one * part for one in (share, low, high))  # type: ignore[return-value]


def standing(feature: Entry, low: float | None, high: float | None, days: float) -> str:
    """Return where adoption stands against its prediction; empty without one, or without anybody who could.

    `ahead`: surely above the whole predicted share already. `behind`: surely below the low end of what is due at
    this age. Else `on its way` until the predicted day, and `as predicted` from then on.
    """
    share, due_low = feature.predicted[0], due(feature, days)[1]
    if share is None or due_low is None or low is None or high is None:
        return ""
    if low > share:
        return "ahead"
    if high < due_low:
        return "behind"
    return "on its way" if days < feature.due_days else "as predicted"


def adoption(
    feature: Entry, could_use: Mapping[str, int], uses: Sequence[Use], now: datetime, *, exposed: int | None = None,
    revenue: float | None = None, watched: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Return the adoption of one feature.

    `could_use` are eligible accounts by segment: those active since the release that satisfy the feature's
    condition. Every account of `uses` is among them. `exposed` of them are known to have seen it, None when
    nothing tells; `revenue` is what they pay a year together. `kept` counts accounts that used it again 7 or more
    days after their first use, of the `kept_of` whose first use is that long ago; None while there is none.
    `watched` tells whether events are known from the release on: else nobody knows when the first use was.
    """
    eligible, tried = sum(could_use.values()), len(uses)
    share, days = wilson(tried, eligible), (now - feature.released_at).total_seconds() / 86_400
    old = [use for use in uses if use.first_at + KEPT_AFTER <= now]
    hours = [(use.first_at - feature.released_at).total_seconds() / 3600 for use in uses]
    paid = [use.revenue for use in uses if use.revenue is not None]
    predicted, low, high = feature.predicted
    due_share, due_low, due_high = due(feature, days)
    return {
        "feature": feature.id, "title": feature.name, "owner": feature.owner, "released_at": feature.released_at,
        "days": int(days), "could_use": eligible, "exposed": exposed, "tried": tried,
        "tried_share": share.amount, "tried_low": share.low, "tried_high": share.high,
        "repeated": sum(use.uses > 1 for use in uses),
        "kept": sum(use.last_at - use.first_at >= KEPT_AFTER for use in old) if old else None, "kept_of": len(old),
        "first_use_hours": round(median(hours), 1) if hours and watched else None,
        "predicted_share": predicted, "predicted_low": low, "predicted_high": high,
        "predicted_days": None if predicted is None else feature.due_days,
        "due_share": due_share, "due_low": due_low, "due_high": due_high,
        "standing": standing(feature, share.low, share.high, days),
        "revenue_tried": sum(paid) if paid else None, "revenue_could_use": revenue,
        "revenue_share": sum(paid) / revenue if revenue else None, "segments": _split(could_use, uses),
    }  # fmt: skip


def _split(could_use: Mapping[str, int], uses: Iterable[Use]) -> list[dict[str, Any]]:
    tried: dict[str, int] = {}
    for use in uses:
        tried[use.segment or ""] = tried.get(use.segment or "", 0) + 1
    return [
        {"segment": name, "could_use": size, "tried": tried.get(name, 0), "share": tried.get(name, 0) / size}
        for name, size in sorted(could_use.items())
        if size
    ]


def curve(feature: Entry, eligible: int, uses: Sequence[Use], now: datetime) -> list[dict[str, Any]]:
    """Return, for each day since the release, the share of today's eligible accounts that had tried it by the
    end of that day (24 hours each); the last day is the one under way."""
    if not eligible:
        return []
    ages = sorted((use.first_at - feature.released_at).days for use in uses)
    rows, tried = [], 0
    for day in range((now - feature.released_at).days + 1):
        while tried < len(ages) and ages[tried] <= day:
            tried += 1
        rows.append({
            "feature": feature.id, "title": feature.name, "day": day, "share": tried / eligible, "tried": tried,
            "could_use": eligible,
        })  # fmt: skip
    return rows


def progress(period: Period, now: datetime, zone: str) -> str:
    """Return how far an unfinished period has come: `week to date, 6 of 7 days`; empty when it is over.

    Counts whole local days; today is not over.
    """
    if period.until <= now or now < period.since:
        return ""
    first = local_date(period.since, zone)
    length = (local_date(period.until - timedelta(seconds=1), zone) - first).days + 1
    over = (local_date(now, zone) - first).days
    if length == 1:
        return "today, not over yet"
    monthly = first.day == 1 and 28 <= length <= 31
    word = "week" if length == 7 else "month" if monthly else f"{length} days"
    return f"{word} to date, {over} of {length} days"
