"""Logistic regression with a ridge, for few events and correlated measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats, finite
from callsheet.stats.intervals import normal_quantile

MOST_STEPS = 100
CLOSE = 1e-9


@dataclass(frozen=True)
class Fit:
    """A fitted model. `coefficients` are for measures scaled to mean 0 and spread 1 by `means` and `spreads`.

    `covariance` is that of (intercept, coefficients), of the penalised likelihood. `n` rows with `events` ones.
    """

    intercept: float
    coefficients: Floats
    means: Floats
    spreads: Floats
    covariance: NDArray[np.float64]
    n: int
    events: int
    penalty: float

    def scaled(self, measures: ArrayLike) -> NDArray[np.float64]:
        """Return the measures in spreads from their means."""
        return np.asarray((_table(measures, self.means.size) - self.means) / self.spreads)

    def chances(self, measures: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
        """Return (chance, low, high) for each row: an interval of the model's coefficients, symmetric in log odds."""
        x = np.column_stack([np.ones(len(_table(measures, self.means.size))), self.scaled(measures)])
        odds = x @ np.concatenate([[self.intercept], self.coefficients])
        error = np.sqrt(np.einsum("ij,jk,ik->i", x, self.covariance, x))
        reach = normal_quantile(level) * error
        return _expit(odds), _expit(odds - reach), _expit(odds + reach)

    def contributions(self, measures: ArrayLike) -> NDArray[np.float64]:
        """Return what each measure of each row adds to the log odds, against a row of average measures."""
        return np.asarray(self.scaled(measures) * self.coefficients)


def fit(measures: ArrayLike, outcomes: ArrayLike, penalty: float = 1.0) -> Fit:
    """Fit by Newton's method (iteratively reweighted least squares), halving a step that does not improve.

    Maximises log likelihood - penalty / 2 x sum of squared coefficients of the scaled measures; the intercept is
    not held back. A penalty above 0 has one answer even where ones and zeros are separated completely. Measures
    that do not vary get a coefficient of 0. Source: le Cessie & van Houwelingen (1992).
    """
    x_raw, y = _table(measures), finite(outcomes, "The outcomes")
    if len(x_raw) != y.size:
        raise BadInput(f"{len(x_raw)} rows of measures but {y.size} outcomes.", "Give one outcome per row.")
    if not np.isin(y, (0, 1)).all() or not 0 < y.sum() < y.size:
        raise BadInput("The outcomes must be 0 and 1, with some of each.")
    if not penalty > 0:
        raise BadInput(f"The penalty is {penalty:g}; it must be above 0.")
    means, spreads = x_raw.mean(axis=0), x_raw.std(axis=0)
    spreads = np.where(spreads > 1e-12 * np.maximum(1.0, np.abs(means)), spreads, 1.0)
    x = np.column_stack([np.ones(y.size), (x_raw - means) / spreads])
    ridge = np.full(x.shape[1], float(penalty))
    ridge[0] = 0.0
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    beta, hessian = _climb(x, y, ridge, beta)
    spread = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return Fit(float(beta[0]), beta[1:], means, spreads, spread, int(y.size), int(y.sum()), float(penalty))


def _climb(x: Floats, y: Floats, ridge: Floats, beta: Floats) -> tuple[Floats, NDArray[np.float64]]:
    for _ in range(MOST_STEPS):
        p = _expit(x @ beta)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        slope = x.T @ (y - p) - ridge * beta
        step = np.linalg.solve(hessian, slope)
        before, size = _height(x, y, ridge, beta), 1.0
        while _height(x, y, ridge, beta + size * step) < before - 1e-12 and size > 1e-10:
            size /= 2
        beta = beta + size * step
        if np.abs(step).max() < CLOSE:
            break
    p = _expit(x @ beta)
    return beta, (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)


def _height(x: Floats, y: Floats, ridge: Floats, beta: Floats) -> float:
    """The penalised log likelihood."""
    odds = x @ beta
    return float(y @ odds - np.logaddexp(0, odds).sum() - ridge @ np.square(beta) / 2)


def _expit(odds: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(odds), dtype=np.float64)


def _table(measures: ArrayLike, columns: int | None = None) -> NDArray[np.float64]:
    table = np.asarray(measures, dtype=np.float64)
    if table.ndim != 2 or (columns is not None and table.shape[1] != columns):
        raise BadInput("The measures must be a table with a row per unit and the same columns as at the fit.")
    if not np.isfinite(table).all():
        raise BadInput("A measure is missing or infinite.", "Leave those rows out first, and count them.")
    return table
