"""Sufficient statistics of one arm: size, mean and variance, from sums that one aggregate query gives."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.base.errors import BadInput
from callsheet.stats.checks import count, finite, hits_of


@dataclass(frozen=True)
class Moments:
    """Units, their mean and their sample variance (n - 1); both None where n is too small."""

    n: int
    mean: float | None
    variance: float | None

    @property
    def error(self) -> float | None:
        """Standard error of the mean."""
        return None if self.variance is None else math.sqrt(self.variance / self.n)


def from_sums(n: int, total: float, squares: float, centre: float = 0.0) -> Moments:
    """Moments from n, the sum of (x - centre) and the sum of (x - centre) squared.

    Centre near the mean before squaring: with a mean a million times the spread, plain sums of squares lose
    every digit. What cannot be told from rounding is given as variance 0, and later refused as "does not
    vary".
    """
    size = count(n, "n")
    if size == 0:
        return Moments(0, None, None)
    if not (math.isfinite(total) and math.isfinite(squares)) or squares < 0:
        raise BadInput("The sums of an arm are missing, infinite or negative.", "Leave such rows out before summing.")
    mean = centre + total / size
    if size == 1:
        return Moments(1, mean, None)
    spread = squares - total * total / size
    if spread < -1e-9 * squares:
        raise BadInput("The sum of squares is too small for the sum.", "Sum both over the same rows and centre.")
    lost = spread <= 1e-13 * squares
    return Moments(size, mean, 0.0 if lost else spread / (size - 1))


def from_values(values: ArrayLike) -> Moments:
    """Moments of raw values (centred inside)."""
    array = finite(values, "The sample")
    centre = float(array.mean()) if array.size else 0.0
    away = array - centre
    return from_sums(int(array.size), float(away.sum()), float(np.square(away).sum()), centre)


def from_hits(hits: int, n: int) -> Moments:
    """Moments of a 0/1 measure; the variance is p (1 - p) n / (n - 1)."""
    h, size = hits_of(hits, n, "The arm")
    if size < 2:
        return Moments(size, float(h) if size else None, None)
    p = h / size
    return Moments(size, p, p * (1 - p) * size / (size - 1))
