"""Quantiles, by one definition everywhere, and their interval without assuming a shape."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.stats.checks import finite, share


@dataclass(frozen=True)
class QuantileInterval:
    """A quantile with the two order statistics that enclose it.

    `low` or `high` is None where the sample is too small to bound that side; `held` is the chance the
    interval really has (at least `level`, for ranks are whole numbers; exact for continuous values, more
    with ties).
    """

    q: float
    amount: float | None
    low: float | None
    high: float | None
    level: float
    held: float
    n: int


def quantile(values: ArrayLike, q: float) -> float | None:
    """The q-quantile by linear interpolation between closest ranks; None of nothing.

    Source: Hyndman & Fan (1996), definition 7.
    """
    share(q, "The quantile")
    array = finite(values, "The sample")
    return float(np.quantile(array, q, method="linear")) if array.size else None


def quantile_interval(values: ArrayLike, q: float, level: float = 0.95) -> QuantileInterval:
    """The q-quantile and the interval between order statistics that holds it with chance `level`.

    The number of values below the true quantile is Binomial(n, q), whatever the distribution; each side
    takes the nearest rank with at most (1 - level) / 2 beyond it. Source: Conover, Practical Nonparametric
    Statistics (3rd ed.), 3.2; Hahn & Meeker (1991), 5.2.
    """
    from scipy.special import bdtr, bdtrc

    share(q, "The quantile", inner=True)
    share(level, "The level", inner=True)
    ordered = np.sort(finite(values, "The sample"))
    n = int(ordered.size)
    if n == 0:
        return QuantileInterval(q, None, None, None, level, 0.0, 0)
    tail = (1 - level) / 2
    ranks = np.arange(n + 1)
    below = int(np.searchsorted(bdtr(ranks, n, q), tail))
    above = int(np.argmax(bdtrc(ranks, n, q) <= tail)) + 1
    held = float(bdtr(above - 1, n, q) - (bdtr(below - 1, n, q) if below else 0.0))
    return QuantileInterval(
        q=q,
        amount=quantile(ordered, q),
        low=float(ordered[below - 1]) if below >= 1 else None,
        high=float(ordered[above - 1]) if above <= n else None,
        level=level,
        held=held,
        n=n,
    )
