"""Intervals of a proportion, a count, a difference and a ratio. All are two-sided, with `level` inside."""

import math
from dataclasses import dataclass
from typing import Literal

from callsheet.base.errors import BadInput
from callsheet.stats.checks import count, hits_of, share
from callsheet.stats.moments import Moments
from callsheet.stats.tails import log_two_sided, log_two_sided_t, p_of


@dataclass(frozen=True)
class Interval:
    """An estimate between two bounds; all three are None when there is no data."""

    amount: float | None
    low: float | None
    high: float | None
    level: float


@dataclass(frozen=True)
class Difference:
    """Treatment less control, its interval and its test; `log_p` stays true where p is too small for a float.

    `method` names the interval, `test` the p-value. `why` says why a figure is missing.
    """

    amount: float | None
    low: float | None
    high: float | None
    level: float
    p: float | None
    log_p: float | None
    method: str
    test: str
    df: float | None = None
    why: str | None = None


@dataclass(frozen=True)
class Relative:
    """(treatment / control) - 1 with an interval; `definition` says how the interval is made."""

    amount: float | None
    low: float | None
    high: float | None
    level: float
    definition: Literal["delta"] = "delta"
    why: str | None = None


def normal_quantile(level: float) -> float:
    """How many standard errors the interval of this level reaches to each side."""
    from scipy.special import ndtri

    return -float(ndtri((1 - share(level, "The level", inner=True)) / 2))


def wilson(hits: int, n: int, level: float = 0.95) -> Interval:
    """A proportion with the score interval, which holds its promise near 0 and 1 and in small samples.

    Nothing observed: all None. Source: Wilson (1927); Brown, Cai & DasGupta (2001).
    """
    h, size = hits_of(hits, n, "The proportion")
    z = normal_quantile(level)
    if size == 0:
        return Interval(None, None, None, level)
    p, z2 = h / size, z * z
    middle = (p + z2 / (2 * size)) / (1 + z2 / size)
    half = z * math.sqrt(p * (1 - p) / size + z2 / (4 * size * size)) / (1 + z2 / size)
    low = 0.0 if h == 0 else max(0.0, middle - half)
    high = 1.0 if h == size else min(1.0, middle + half)
    return Interval(p, low, high, level)


def poisson(events: int, exposure: float = 1.0, level: float = 0.95) -> Interval:
    """A count per exposure with its exact interval. Unit: events per unit of exposure.

    Source: Garwood (1936): the chi-square quantiles with 2k and 2k + 2 degrees of freedom, halved.
    """
    from scipy.special import gammaincinv

    k = count(events, "The count")
    if not exposure > 0 or not math.isfinite(exposure):
        raise BadInput(f"The exposure is {exposure:g}; give the time or units observed, above 0.")
    tail = (1 - share(level, "The level", inner=True)) / 2
    low = float(gammaincinv(k, tail)) if k else 0.0
    high = float(gammaincinv(k + 1, 1 - tail))
    return Interval(k / exposure, low / exposure, high / exposure, level)


def welch(treatment: Moments, control: Moments, level: float = 0.95) -> Difference:
    """Difference of two means with unequal variances.

    Source: Welch (1947), Satterthwaite's degrees of freedom.

    An arm below two units, or two arms that do not vary, has no interval and says so.
    """
    from scipy.special import stdtrit

    share(level, "The level", inner=True)
    name = "welch"
    if treatment.mean is None or control.mean is None:
        return Difference(None, None, None, level, None, None, name, name, why="an arm has no units")
    amount = treatment.mean - control.mean
    if treatment.variance is None or control.variance is None:
        return Difference(amount, None, None, level, None, None, name, name, why="an arm has fewer than 2 units")
    a, b = treatment.variance / treatment.n, control.variance / control.n
    if a + b == 0:
        return Difference(amount, None, None, level, None, None, name, name, why="the values do not vary")
    error = math.sqrt(a + b)
    portion = a / (a + b)  # in this form tiny variances cannot underflow
    df = 1 / (portion**2 / (treatment.n - 1) + (1 - portion) ** 2 / (control.n - 1))
    reach = -float(stdtrit(df, (1 - level) / 2)) * error
    log_p = log_two_sided_t(amount / error, df)
    return Difference(amount, amount - reach, amount + reach, level, p_of(log_p), log_p, name, name, df=df)


def proportion_difference(
    hits: int,
    n: int,
    control_hits: int,
    control_n: int,
    level: float = 0.95,
    method: Literal["newcombe", "wald"] = "newcombe",
) -> Difference:
    """Difference of two independent proportions, treatment less control, with the pooled z test.

    `newcombe` joins the two Wilson intervals (Newcombe 1998, method 10) and is right for small or extreme
    proportions; `wald` is the plain normal interval, for comparison with tools that use it. The test pools
    the arms, so in borderline cases it may disagree with the interval by a hair.
    """
    h, size = hits_of(hits, n, "The treatment")
    ch, csize = hits_of(control_hits, control_n, "The control")
    z = normal_quantile(level)
    if not size or not csize:
        return Difference(None, None, None, level, None, None, method, "pooled z", why="an arm has no units")
    p, c = h / size, ch / csize
    if method == "wald":
        reach = z * math.sqrt(p * (1 - p) / size + c * (1 - c) / csize)
        low, high = p - c - reach, p - c + reach
    else:
        low, high = _newcombe(wilson(h, size, level), wilson(ch, csize, level))
    pooled = (h + ch) / (size + csize)
    error = math.sqrt(pooled * (1 - pooled) * (1 / size + 1 / csize))
    log_p = log_two_sided((p - c) / error) if error else 0.0
    return Difference(p - c, low, high, level, p_of(log_p), log_p, method, "pooled z")


def _newcombe(one: Interval, other: Interval) -> tuple[float, float]:
    p, low, high = one.amount or 0.0, one.low or 0.0, one.high or 0.0
    c, c_low, c_high = other.amount or 0.0, other.low or 0.0, other.high or 0.0
    return p - c - math.hypot(p - low, c_high - c), p - c + math.hypot(high - p, c - c_low)


def relative(treatment: Moments, control: Moments, level: float = 0.95) -> Relative:
    """Relative difference of two independent means, by the delta method on the ratio of means.

    var(r) = var(t)/n/c^2 + t^2 var(c)/n/c^4, normal interval. With the control mean within 3 standard
    errors of 0 the ratio has no usable interval: only the amount is given (none at all for a control mean
    of 0), with the why.
    """
    z = normal_quantile(level)
    if not control.mean or treatment.mean is None:
        return Relative(None, None, None, level, why="the control mean is 0 or missing")
    ratio = treatment.mean / control.mean
    if treatment.error is None or control.error is None:
        return Relative(ratio - 1, None, None, level, why="an arm has fewer than 2 units")
    if abs(control.mean) < 3 * control.error:
        return Relative(ratio - 1, None, None, level, why="the control mean is within 3 standard errors of 0")
    reach = z * math.hypot(treatment.error, ratio * control.error) / abs(control.mean)
    return Relative(ratio - 1, ratio - 1 - reach, ratio - 1 + reach, level)
