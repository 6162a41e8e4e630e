"""What a series should be at a place, from the same places of earlier seasons.

The same hour of the same weekday, or the same weekday, over the last weeks: their median, and an interval of so
many robust standard deviations around it. One odd week does not move it, which a mean would not withstand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from callsheet.base.errors import BadInput

LEAST = 4
"""Earlier seasons with an amount, below which nothing is expected."""
_TO_SD = 1.4826
"""Makes the median absolute deviation of a normal variable its standard deviation."""
_MEAN_TO_SD = 1.253314
"""The same for the mean absolute deviation."""


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount between two bounds, from `seasons` earlier ones; the three are None when these are too few."""

    amount: float | None
    low: float | None
    high: float | None
    seasons: int


def expected(
    amounts: Sequence[float | None], place: int, *, season: int, seasons: int = 6, width: float = 3.5,
    counts: bool = False,
) -> Expected:  # fmt: skip
    """Return what is expected at `place` from the amounts at `place - season`, `place - 2 season` and so on.

    At most `seasons` of them are looked at, those without an amount are left out; fewer than LEAST give None. The
    interval is median +- width * s. s is 1.4826 * the median absolute deviation; where more than half of the
    amounts are alike and that is 0, 1.2533 * the mean absolute deviation about the median. For counts s is at
    least the square root of the median, which is how much counts vary by chance alone (Poisson), and the lower
    bound is at least 0. The width 3.5 and the substitute are those of Iglewicz & Hoaglin (1993), How to detect and
    handle outliers; the identifier goes back to Hampel (1974).
    """
    if season < 1 or seasons < 1 or width <= 0:
        raise BadInput("A season, their number and the width of the interval are above 0.")
    places = [place - season * back for back in range(1, seasons + 1) if place - season * back >= 0]
    known = [amount for one in places if (amount := amounts[one]) is not None]
    if len(known) < LEAST:
        return Expected(None, None, None, len(known))
    middle = float(median(known))
    away = [abs(amount - middle) for amount in known]
    spread = _TO_SD * median(away) or _MEAN_TO_SD * math.fsum(away) / len(away)
    if counts:
        spread = max(spread, math.sqrt(max(middle, 0.0)), 1.0)
    low = middle - width * spread
    return Expected(middle, max(low, 0.0) if counts else low, middle + width * spread, len(known))
