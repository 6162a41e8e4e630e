"""The model behind chances to leave: learnt from account-months, and used only where it tells more than chance.

It is checked on account-months later than all that it had seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from callsheet.stats.calibration import brier, log_loss, told_by_chance
from callsheet.stats.intervals import normal_quantile, wilson
from callsheet.stats.logistic import Fit, fit

LEAST_LEFT_LATE = 5
"""Departures needed among the latest account-months, and among those before."""
BY_CHANCE = 0.01
"""Chance, at most, that measures that tell nothing rank those who left as high."""
BINS, LEAST_BIN = 5, 20
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

MEASURES = {
    "days": -1, "days_trend": -1, "persons_trend": -1, "recency": 1, "breadth": -1, "depth": -1, "complaints": 1,
}  # fmt: skip
"""Measure -> the direction in which more of it can count: 1 towards leaving, -1 away from it."""


@dataclass(frozen=True, slots=True)
class Months:
    """Account-months: place of the account, window, measures, and whether it left in the 28 days after."""

    place: NDArray[np.int64]
    window: NDArray[np.int64]
    measures: Floats
    left: Truths


@dataclass(frozen=True, slots=True)
class Bin:
    """Account-months with similar chances: the mean chance against the share that left, with its interval."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Checked:
    """How the model did on account-months later than all it had seen: its Brier score and log loss, those of the base
    rate, and how likely measures that tell nothing do as well."""

    score: float
    base_score: float
    base_rate: float
    months: int
    left: int
    bins: tuple[Bin, ...]
    loss: float
    base_loss: float
    by_chance: float

    @property
    def better(self) -> bool:
        """Whether it says more than the base rate does, beyond chance."""
        return self.loss < self.base_loss and self.by_chance <= BY_CHANCE


def checked_on_late(known: Months) -> Checked | None:
    """Learn from the earlier two thirds of the windows, and check on the later third; None with too few departures."""
    if np.unique(known.window).size < 3:
        return None
    late = late_months(known)
    if known.left[late].sum() < LEAST_LEFT_LATE or known.left[~late].sum() < LEAST_LEFT_LATE:
        return None
    model = learnt(known.measures[~late], known.left[~late])
    chances, happened = model.chances(known.measures[late])[0], known.left[late]
    base = float(known.left[~late].mean())
    score, base_score = brier(chances, happened), brier(np.full(happened.size, base), happened)
    assert score is not None and base_score is not None  # noqa: S101, PT018 - there are departures among them
    losses = log_loss(chances, happened), log_loss(np.full(happened.size, base), happened)
    by_chance = told_by_chance(chances, happened, known.window[late])
    bins = _bins(chances, happened)
    return Checked(score, base_score, base, int(happened.size), int(happened.sum()), bins, *losses, by_chance)


def late_months(known: Months) -> Truths:
    """The account-months of the latest third of the windows."""
    windows = np.unique(known.window)
    return np.asarray(known.window < windows[-(-windows.size // 3)])


def _bins(chances: Floats, happened: Truths) -> tuple[Bin, ...]:
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, max(1, min(BINS, order.size // LEAST_BIN)))
    found = []
    for part in parts:
        share = wilson(int(happened[part].sum()), int(part.size))
        assert share.amount is not None and share.low is not None and share.high is not None  # noqa: S101, PT018
        found.append(Bin(float(chances[part].mean()), share.amount, share.low, share.high, int(part.size)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model over some of the measures; `wide` is that over all, which tells how sure it is."""

    fit: Fit
    names: tuple[str, ...]
    wide: Fit

    def _own(self, measures: Floats) -> Floats:
        return np.asarray(measures[:, [list(MEASURES).index(name) for name in self.names]])

    def chances(self, measures: Floats) -> tuple[Floats, Floats, Floats]:
        """Return (chance, low, high) of each account-month: 95% intervals, symmetric in log odds.

        The variance is that of the model over all measures, by its penalised likelihood (le Cessie & van Houwelingen
        1992): leaving measures out for their sign is a choice made by the same data, and does not make it surer.
        """
        chances = self.fit.chances(self._own(measures))[0]
        x = np.column_stack([np.ones(len(measures)), self.wide.scaled(measures)])
        reach = normal_quantile(0.95) * np.sqrt(np.einsum("ij,jk,ik->i", x, self.wide.covariance, x))
        less, more = chances * np.exp(-reach), chances * np.exp(reach)
        return chances, less / (1 - chances + less), more / (1 - chances + more)

    def contributions(self, measures: Floats) -> Floats:
        """Return what each measure of `names` adds to the log odds."""
        return np.asarray(self.fit.contributions(self._own(measures)))


def learnt(measures: Floats, left: Truths) -> Learnt:
    """Fit the measures, leaving out, one by one, those that would count in a direction that makes no sense: with few
    departures such a sign is chance, and it would be told to people as a reason."""
    names, wide = list(MEASURES), fit(measures, left)
    while True:
        own = (
            fit(measures[:, [list(MEASURES).index(name) for name in names]], left)
            if len(names) < len(MEASURES)
            else wide
        )
        model = Learnt(own, tuple(names), wide)
        wrong = [
            (abs(size), name) for size, name in zip(model.fit.coefficients, names, strict=True)
            if size * MEASURES[name] < 0
        ]  # fmt: skip
        if not wrong or len(names) == 1:
            return model
        names.remove(max(wrong)[1])


def levelled(model: Learnt, known: Months, late: Truths) -> tuple[Learnt, str]:
    """Move all chances, in log odds, so that those of the late account-months add up to the departures among them,
    where these differ by more than chance (1.96 standard deviations); with words for it. The level is as sure
    as so many departures are: 1 / their number is added to its variance."""
    chances, left = model.chances(known.measures[late])[0], int(known.left[late].sum())
    away = left - float(chances.sum())
    if not left or abs(away) < normal_quantile(0.95) * float(np.sqrt((chances * (1 - chances)).sum())):
        return model, ""
    odds, low, high = np.log(chances / (1 - chances)), -20.0, 20.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-odds - middle))).sum() < left else (low, middle)
    words = f" Lately {left} left where {chances.sum():.0f} were to be expected; the chances are {{}} to that."
    moved = replace(model.fit, intercept=model.fit.intercept + low)
    unsure = model.wide.covariance.copy()
    unsure[0, 0] += 1 / left
    return Learnt(moved, model.names, replace(model.wide, covariance=unsure)), words.format(
        "raised" if away > 0 else "lowered"
    )
