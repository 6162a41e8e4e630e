"""How well promises were kept: of chances (Brier score) and of ranges (coverage)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.base.errors import BadInput
from callsheet.stats.checks import finite, share
from callsheet.stats.intervals import wilson


@dataclass(frozen=True)
class Coverage:
    """Share of outcomes that fell where they were promised to, with its Wilson interval; None with no
    outcomes.
    """

    promised: float
    held: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def honest(self) -> bool | None:
        """Whether the promise is inside the interval of what was kept; None with no outcomes."""
        return None if self.low is None or self.high is None else self.low <= self.promised <= self.high


def brier(chances: ArrayLike, outcomes: ArrayLike) -> float | None:
    """Mean squared distance of the stated chance from what happened (0 or 1): 0 is perfect, .25 a coin;
    None of none.

    Source: Brier (1950), in the one-sided form used for events that happen or not.
    """
    stated, happened = finite(chances, "The chances"), finite(outcomes, "The outcomes")
    if stated.size != happened.size:
        raise BadInput(f"{stated.size} chances but {happened.size} outcomes.", "Give one outcome per chance.")
    if ((stated < 0) | (stated > 1)).any() or (~np.isin(happened, (0, 1))).any():
        raise BadInput("Chances go from 0 to 1 (write 80% as 0.8) and outcomes are 0 or 1.")
    return float(np.square(stated - happened).mean()) if stated.size else None


def kept(hits: ArrayLike, promised: float, level: float = 0.95) -> Coverage:
    """Coverage from yes/no per promise. Promises that overlap in time make it too narrow: say so."""
    share(promised, "The promise")
    yes = np.asarray(hits, dtype=bool).ravel()
    interval = wilson(int(yes.sum()), int(yes.size), level)
    return Coverage(promised, interval.amount, interval.low, interval.high, int(yes.size))


def coverage(lows: ArrayLike, highs: ArrayLike, actuals: ArrayLike, promised: float = 0.9) -> Coverage:
    """Share of actuals inside their predicted ranges (both ends count as inside) against the promised
    share.
    """
    low, high, actual = finite(lows, "The lows"), finite(highs, "The highs"), finite(actuals, "The actuals")
    if not low.size == high.size == actual.size:
        raise BadInput("Give one low, one high and one actual value per prediction.")
    if (low > high).any():
        raise BadInput("A predicted range has its low end above its high end.", "Swap them.")
    return kept((low <= actual) & (actual <= high), promised)


def log_loss(chances: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean of -log of the chance that was stated for what happened: 0 is perfect, log 2 a coin.

    Chances are above 0 and below 1, as certainty that fails would cost without bound. Source: Good (1952).
    """
    stated, happened = finite(chances, "The chances"), finite(outcomes, "The outcomes")
    if not stated.size or stated.size != happened.size:
        raise BadInput(f"{stated.size} chances but {happened.size} outcomes.", "Give one outcome per chance.")
    if ((stated <= 0) | (stated >= 1)).any() or (~np.isin(happened, (0, 1))).any():
        raise BadInput("Chances are above 0 and below 1, and outcomes are 0 or 1.")
    return float(-np.log(np.where(happened == 1, stated, 1 - stated)).mean())


def told_by_chance(
    chances: ArrayLike, outcomes: ArrayLike, groups: ArrayLike, draws: int = 999, seed: int = 1
) -> float:
    """Return how likely chances that tell nothing have a log loss as small: the p of a permutation test.

    Outcomes are dealt anew within each group (a month), `draws` times by a fixed seed; the log loss moves with the sum
    of the log odds of those that happened. p = (1 + as good ones) / (1 + draws): Phipson & Smyth (2010).
    """
    stated, happened = finite(chances, "The chances"), finite(outcomes, "The outcomes")
    among = np.asarray(groups)
    if not stated.size == happened.size == among.size:
        raise BadInput("Give one chance, one outcome and one group each.")
    odds, rng, dealt = np.log(stated / (1 - stated)), np.random.default_rng(seed), np.zeros(draws)
    for group in np.unique(among):
        inside = odds[among == group]
        hits = int(happened[among == group].sum())
        dealt += [inside[rng.choice(inside.size, hits, replace=False, shuffle=False)].sum() for _ in range(draws)]
    seen = float(odds[happened == 1].sum())
    return float((1 + (dealt >= seen - 1e-9 * abs(seen)).sum()) / (1 + draws))
