"""Whether a rate fell, and whether a silence is chance, when weeks differ more than coins do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.base.errors import BadInput
from callsheet.stats.checks import finite, hits_of


@dataclass(frozen=True)
class Fall:
    """A rate against an earlier one. `p` is one-sided: the chance of so low a rate, or lower, had nothing changed.

    None where one of the two has no units. `dispersion` is by how much weeks vary more than chance alone.
    """

    rate: float | None
    before: float | None
    p: float | None
    dispersion: float


def dispersion(hits: ArrayLike, n: ArrayLike) -> float:
    """Return the Pearson chi-square of the periods' shares about their common share, per degree of freedom; at least
    1, and 1 with fewer than two periods that have units.

    Source: McCullagh & Nelder (1989), 4.5: the quasi-binomial scale.
    """
    h, size = finite(hits, "The hits"), finite(n, "The sizes")
    if h.size != size.size or (h < 0).any() or (h > size).any():
        raise BadInput("Give hits and a size for each period, no more hits than units.")
    h, size = h[size > 0], size[size > 0]
    share = h.sum() / size.sum() if size.size else 0.0
    if size.size < 2 or share in (0.0, 1.0):
        return 1.0
    chi_square = (np.square(h - size * share) / (size * share * (1 - share))).sum()
    return max(1.0, float(chi_square / (size.size - 1)))


def fall(hits: int, n: int, before_hits: int, before_n: int, scale: float = 1.0) -> Fall:
    """Test whether a rate fell: the pooled z test of two proportions, its standard error widened by the square root
    of `scale` (see `dispersion`)."""
    from scipy.special import log_ndtr

    if not scale >= 1:
        raise BadInput(f"The dispersion is {scale:g}; it is at least 1.")
    h, size = hits_of(hits, n, "The rate")
    bh, bsize = hits_of(before_hits, before_n, "The rate before")
    rate, before = (h / size if size else None), (bh / bsize if bsize else None)
    if rate is None or before is None:
        return Fall(rate, before, None, scale)
    pooled = (h + bh) / (size + bsize)
    error = math.sqrt(scale * pooled * (1 - pooled) * (1 / size + 1 / bsize))
    p = math.exp(float(log_ndtr((rate - before) / error))) if error else 1.0
    return Fall(rate, before, p, scale)


def silent_p(expected: float, scale: float = 1.0) -> float:
    """Return the chance of no event where so many are expected, with a variance of `scale` times the mean.

    Poisson at a scale of 1: exp(-expected). Above it the negative binomial with that variance:
    scale ** (-expected / (scale - 1)).
    """
    if expected < 0 or not scale >= 1:
        raise BadInput("What is expected is 0 or more, and the scale 1 or more.")
    if scale < 1 + 1e-9:
        return math.exp(-expected)
    return math.exp(-expected / (scale - 1) * math.log(scale))
