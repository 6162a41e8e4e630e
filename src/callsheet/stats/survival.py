"""How long until it happens, when for some it has not happened yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import finite
from callsheet.stats.intervals import normal_quantile


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve, told as the share to whom it happened by each time of an event.

    `share[i]` of all would have had it by `time[i]`, between `low[i]` and `high[i]`. `at_risk[i]` were watched up to
    then without it, `happened[i]` had it right then. Between times the share stays what it was.
    """

    time: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    happened: NDArray[np.int64]
    n: int

    def by(self, time: float) -> tuple[float, float, float]:
        """Return (share, low, high) by `time`; zeros before the first event."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0:
            return 0.0, 0.0, 0.0
        return float(self.share[place]), float(self.low[place]), float(self.high[place])

    def quantile(self, share: float) -> float | None:
        """Return the first time by which `share` of all had it; None when it was not reached."""
        if not 0 < share <= 1:
            raise BadInput(f"The share is {share:g}; it must be above 0 and up to 1.")
        reached = np.flatnonzero(self.share >= share - 1e-12)
        return float(self.time[reached[0]]) if reached.size else None


def kaplan_meier(times: ArrayLike, happened: ArrayLike, level: float = 0.95) -> Curve:
    """Return the curve of units watched for `times`, at whose end it happened or the watching ended (censored).

    Those who left at the time of an event count as watched at it. The interval is Greenwood's on the log(-log)
    scale, which stays within 0 and 1; where everybody had it, it ends at 1 with no width. Times are 0 or more.
    Source: Kaplan & Meier (1958); Greenwood (1926); Kalbfleisch & Prentice (1980) for the scale.
    """
    watched, event = finite(times, "The times"), finite(happened, "What happened").astype(bool)
    if watched.size != event.size:
        raise BadInput(f"{watched.size} times but {event.size} outcomes.", "Give one outcome per time.")
    if (watched < 0).any():
        raise BadInput("A time is below 0.", "Leave out those to whom it happened before they were watched.")
    z = normal_quantile(level)
    at, count = np.unique(watched[event], return_counts=True)
    ordered = np.sort(watched)
    risk = watched.size - np.searchsorted(ordered, at, side="left")
    left = np.asarray(np.cumprod(1 - count / risk), dtype=np.float64)
    left[risk == count] = 0.0  # all who were left had it: exactly, not nearly
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(risk > count, count / (risk * (risk - count)), 0.0))
        reach = z * np.sqrt(greenwood) / np.abs(np.log(left))
        low, high = 1 - left ** np.exp(-reach), 1 - left ** np.exp(reach)
    gone = left == 0
    low, high = np.where(gone, 1.0, low), np.where(gone, 1.0, high)
    return Curve(at, 1 - left, low, high, risk.astype(np.int64), count.astype(np.int64), int(watched.size))
