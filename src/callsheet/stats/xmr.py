"""Process behaviour chart: is this value news, or the usual noise?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.stats.checks import finite


@dataclass(frozen=True)
class Limits:
    """Natural process limits of a series in its own unit; `outside` are the positions beyond them."""

    mean: float
    low: float
    high: float
    moving_range: float
    n: int
    outside: tuple[int, ...]

    def holds(self, value: float) -> bool:
        """Whether a value is within the limits."""
        return self.low <= value <= self.high


def limits(values: ArrayLike, floor: float | None = 0.0) -> Limits | None:
    """Mean +/- 2.66 x mean moving range, the lower limit not under `floor`; None below two values.

    2.66 = 3 / 1.128, which turns a mean range of two into three sigma. Counts and durations have floor 0; a
    series that may be negative takes `floor=None`. Source: Wheeler, Understanding Variation (1993).
    """
    series = finite(values, "The series")
    if series.size < 2:
        return None
    mean = float(series.mean())
    step = float(np.abs(np.diff(series)).mean())
    low, high = mean - 2.66 * step, mean + 2.66 * step
    low = low if floor is None else max(floor, low)
    outside = tuple(int(i) for i in np.flatnonzero((series < low) | (series > high)))
    return Limits(mean, low, high, step, int(series.size), outside)
