"""What a series should be at a place, from the same places of earlier seasons and the trend over them.

The same hour of the same weekday, or the same weekday, over the last weeks: their median, carried along the growth
from week to week, and an interval around it. One odd week moves neither, which means would not withstand.
At a width of 3.5 a normal variable is outside in 0.5 of 1,000 cases; simulated series that are independent noise are in
0.3 to 3 of 1,000 where a season has seven places, in 6 where it is one and 12 are known, in 20 where 8 are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import median

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.rates import silent_p

LEAST, LEAST_ALONE = 4, 8
"""Earlier seasons with an amount, below which nothing is expected; where a season is one place, so many."""
STEEPEST = math.log(2)
"""Growth from season to season that is followed at most: twice as much, or half."""
_TO_SD, _MEAN_TO_SD = 1.4826, 1.253314
"""Make the median (mean) absolute deviation of a normal variable its standard deviation."""
_NEAR, _CUT_SD = 3.0, 0.98658
"""Deviations beyond which a residual does not count for the spread; the standard deviation of a normal variable
cut off there."""
_WORTH = 0.6
"""Degrees of freedom of that spread for each of the ordinary one; by simulation, see the tests."""
_STEPS = 8
_SLOPE = 1.1
"""Variance of the Theil-Sen slope for each of the least squares one, for normal residuals (Sen 1968)."""
Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount between two bounds, from `seasons` earlier ones; None when these are too few. `spread` is the
    standard deviation of what is seen about what is expected, the error of the latter and of itself included: `width`
    of them are an interval as rarely left as `width` of a normal variable."""

    amount: float | None
    low: float | None
    high: float | None
    seasons: int
    spread: float | None = None


def expected(
    amounts: Sequence[float | None], place: int, *, season: int, seasons: int = 6, width: float = 3.5,
    counts: bool = False,
) -> Expected:  # fmt: skip
    """Return what is expected at `place` from the `seasons` seasons of `season` amounts before it; see `forecast`."""
    if season < 1 or seasons < 1:
        raise BadInput("A season and their number are above 0.")
    table = np.full(season * seasons, np.nan)
    known = amounts[max(0, place - season * seasons) : place]
    if known:
        table[-len(known) :] = [np.nan if one is None else one for one in known]
    return forecast(table.reshape(seasons, season)[::-1], width=width, counts=counts)


def forecast(table: Table, *, every: int = 1, width: float = 3.5, counts: bool = False) -> Expected:
    """Return what follows on a table of earlier seasons: row 0 is the last season, column 0 the place that is asked
    for, and the others the places after it, up to the one before the next season; NaN where there is no amount.

    Centre: the median over the rows of column 0, each moved along the trend. The trend is the Theil-Sen slope (Sen
    1968) of the seasons' levels: of log(sum of a row / sum of the columns' medians) for counts and amounts above 0,
    at most STEEPEST, so that growth is a factor; of the mean difference, where amounts are 0 or below.

    Spread: residuals about the columns' medians, of every `every`th column, those beyond 3 robust deviations
    (Hampel 1974) left out, for the degrees of freedom that are left. Its square is, of a mean m, m + k m^2 for counts
    (negative binomial, McCullagh & Nelder 1989, 11.2; k is at least 0, so Poisson at least), k m^2 for amounts above
    0 and k otherwise. The interval is the prediction interval of a new amount: it holds the error of the median
    (pi / 2n of a variance) and of the trend, and is so wide that normal residuals are outside as often as a normal
    variable is beyond `width` deviations: by Student's t for k, which is estimated, by the normal for Poisson's part.
    Both are skewed: Poisson's part is that of square roots, whose variance is 1/4 (Anscombe 1948), and upwards the
    part of k is a factor, exp of what it is downwards.
    Counts are 0 or more; where no count is so unlikely by itself, `low` is at least 1.

    With fewer than LEAST (LEAST_ALONE, of one column) amounts in column 0 nothing is expected.
    """
    if width <= 0:
        raise BadInput("The width of the interval is above 0.")
    seasons = int(np.isfinite(table[:, 0]).sum())
    if seasons < needed(table.shape[1]):
        return Expected(None, None, None, seasons)
    known = table[np.isfinite(table)]
    times = counts or bool((known > 0).all())
    slope = _slope(table, times)
    back = np.arange(1, len(table) + 1)[:, None]
    level = table * np.exp(slope * back) if times else table + slope * back
    columns = level[:, ::every][:, np.isfinite(level[:, ::every]).sum(axis=0) >= LEAST]
    middles = _medians(columns)
    away, means = columns - middles, np.broadcast_to(middles, columns.shape)
    if times:
        away, means = away * np.exp(-slope * back), means * np.exp(-slope * back)
    there = np.isfinite(away)
    k = _k(away[there], means[there], columns.shape[1] + 1, counts=counts, times=times)
    free = _WORTH * max(1, int(there.sum()) - columns.shape[1] - 1)
    return _interval(float(middles[0]), k, _error(seasons, table.shape[1]), free, seasons, width, counts, times)


def needed(season: int) -> int:
    """Return how many earlier seasons are needed, each of so many places."""
    return LEAST if season > 1 else LEAST_ALONE


def _slope(table: Table, times: bool) -> float:
    """The trend, a season on; 0 where too few seasons have a level."""
    columns = table[:, np.isfinite(table).any(axis=0)]
    middles, there = _medians(columns), np.isfinite(columns)
    sums, usual = np.where(there, columns, 0.0).sum(axis=1), (there * middles).sum(axis=1)
    half = there.sum(axis=1) * 2 >= table.shape[1]
    if times:
        fit = half & (sums > 0) & (usual > 0)
        levels = np.log(np.where(fit, sums, 1.0) / np.where(fit, usual, 1.0)).tolist()
    else:
        fit, levels = half, ((sums - usual) / np.maximum(1, there.sum(axis=1))).tolist()
    places = np.flatnonzero(fit)
    if places.size < LEAST:
        return 0.0
    slope: float = median([(levels[i] - levels[j]) / (j - i) for i, j in combinations(places.tolist(), 2)])
    return max(-STEEPEST, min(STEEPEST, slope)) if times else slope


def _error(n: int, season: int) -> float:
    """The variance of a prediction over that of one amount: itself, the median of n, and the slope over n seasons."""
    ahead = (n + 1) / 2
    return 1 + math.pi / (2 * n) + _SLOPE * ahead**2 * 12 / (n * (n * n - 1) * season)


def _k(away: Table, means: Table, lost: int, *, counts: bool, times: bool) -> float:
    """k of the variance, so that the residuals over their standard deviations have a robust spread of 1."""
    if not counts:
        return _spread(away / means if times else away, lost) ** 2
    floor, k, typical = np.maximum(means, 1.0), 0.0, float(np.sqrt(np.mean(np.square(means))))
    if typical <= 1:
        return 0.0
    squares = np.square(means)
    for _ in range(_STEPS):
        before, over = k, _spread(away / np.sqrt(floor + k * squares), lost) ** 2
        k = max(0.0, (over * (1 + k * typical) - 1) / typical)
        if abs(k - before) <= 0.01 * k:
            break
    return k


def _median(amounts: Table) -> float:
    """As np.median, which takes ten times as long for few amounts."""
    return float(median(amounts.tolist()))


def _medians(columns: Table) -> Table:
    """The median of what is known in each column."""
    if np.isfinite(columns).all():
        return np.asarray(np.median(columns, axis=0))
    return np.asarray(np.nanmedian(columns, axis=0))


def _spread(away: Table, lost: int) -> float:
    sizes = np.abs(away)
    rough = _TO_SD * _median(sizes) or _MEAN_TO_SD * float(np.mean(sizes))
    rough *= math.sqrt(away.size / max(1, away.size - lost))
    near = away[sizes <= _NEAR * rough]
    free = max(1.0, near.size * (1 - lost / away.size))
    return math.sqrt(float(np.square(near).sum()) / free) / _CUT_SD


def _interval(
    middle: float, k: float, error: float, free: float, seasons: int, width: float, counts: bool, times: bool
) -> Expected:  # fmt: skip
    chance = max(middle, 1.0) if counts else 0.0
    extra = k * middle * middle if times else k
    own, more = width * math.sqrt(error * chance), quantile(width, round(free, 1)) * math.sqrt(error * extra)
    spread, way = math.hypot(own, more) / width, width * math.sqrt(error) / 2
    root = math.sqrt(chance)
    low = middle - math.hypot(chance - max(0.0, root - way) ** 2, more)
    if times and middle > 0:
        more = middle * math.expm1(min(more / middle, 50.0))
    high = middle + math.hypot((root + way) ** 2 - chance if counts else 0.0, more)
    if counts:
        low = max(0.0, low)
        sure = middle - 2 * math.sqrt((error - 1) * (chance + extra))
        if low < 1 and sure > 0 and silent_p(sure, 1 + k * sure) < _beyond(width):
            low = 1.0
    return Expected(middle, low, high, seasons, spread)


def _beyond(width: float) -> float:
    return math.erfc(width / math.sqrt(2)) / 2


@lru_cache(maxsize=1024)
def quantile(width: float, free: float) -> float:
    """Return how many deviations of Student's t are passed as rarely as `width` are of a normal variable."""
    from scipy.special import stdtrit

    return -float(stdtrit(free, _beyond(width)))
