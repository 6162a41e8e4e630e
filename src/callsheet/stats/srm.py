"""Sample-ratio mismatch: did the split that was planned really happen?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import count, share
from callsheet.stats.tails import log_chi_square, p_of, p_text

DRAWS = 100_000


@dataclass(frozen=True)
class SampleRatio:
    """Units seen and expected per arm, and the chance of a split at least this far off under the plan.

    `p` is floored at 2.2e-308; `log_p` (natural) is exact. `ok` is False when p is below `limit`.
    """

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p: float
    log_p: float
    method: str
    limit: float

    @property
    def ok(self) -> bool:
        """Whether the split is believable."""
        return self.log_p >= math.log(self.limit)

    @property
    def sentence(self) -> str:
        """What was seen against what was planned, for people."""
        seen = " / ".join(f"{n:,}" for n in self.observed)
        plan = " / ".join(f"{n:,.0f}" for n in self.expected)
        return f"{seen} units where {plan} were planned ({p_text(self.log_p)})"


def sample_ratio(
    counts: Sequence[int], allocation: Sequence[float] | None = None, limit: float = 0.001, seed: int = 0
) -> SampleRatio:
    """Test the units per arm against the planned allocation (weights; equal when not given).

    Chi-square by its survival function. Two arms with n < 1000 or fewer than 5 expected in an arm: exact
    two-sided binomial (sums every split no likelier than the one seen). More arms with fewer than 5
    expected: 100,000 seeded multinomial draws. No units at all: p is 1. Source: Fabijan et al. (2019),
    Diagnosing Sample Ratio Mismatch.
    """
    observed = tuple(count(n, "Units in an arm") for n in counts)
    share(limit, "The limit", inner=True)
    shares = _shares(observed, allocation)
    total = sum(observed)
    expected = tuple(float(total * s) for s in shares)
    if total == 0:
        return SampleRatio(observed, expected, 1.0, 0.0, "exact binomial", limit)
    sparse = min(expected) < 5
    if len(observed) == 2 and (total < 1000 or sparse):
        method, log_p = "exact binomial", _log_binomial(observed[0], total, float(shares[0]))
    elif sparse:
        method, log_p = "simulated multinomial", _log_simulated(observed, shares, seed)
    else:
        statistic = sum((o - e) ** 2 / e for o, e in zip(observed, expected, strict=True))
        method, log_p = "chi-square", log_chi_square(statistic, len(observed) - 1)
    log_p = min(0.0, log_p)
    return SampleRatio(observed, expected, p_of(log_p), log_p, method, limit)


def _shares(observed: tuple[int, ...], allocation: Sequence[float] | None) -> NDArray[np.float64]:
    weights = np.ones(len(observed)) if allocation is None else np.asarray(allocation, dtype=np.float64)
    if len(observed) < 2:
        raise BadInput("A sample ratio needs at least two arms.")
    if weights.shape != (len(observed),):
        raise BadInput(f"{len(observed)} arms but {weights.size} allocations.", "Give one weight per arm.")
    if not np.isfinite(weights).all() or (weights <= 0).any():
        raise BadInput("Every arm needs an allocation above 0.", "Leave closed arms out.")
    normal: NDArray[np.float64] = weights / weights.sum()
    return normal


def _log_binomial(hits: int, n: int, p: float) -> float:
    from scipy.special import gammaln, logsumexp, xlog1py, xlogy  # scipy.stats takes 40 MB more

    k = np.arange(n + 1)
    chances = gammaln(n + 1) - (gammaln(k + 1) + gammaln(n - k + 1)) + xlogy(k, p) + xlog1py(n - k, -p)
    return float(logsumexp(chances[chances <= chances[hits] + 1e-7]))


def _log_simulated(observed: tuple[int, ...], shares: NDArray[np.float64], seed: int) -> float:
    expected = sum(observed) * shares
    draws = np.random.default_rng(seed).multinomial(sum(observed), shares, size=DRAWS)
    seen = float((np.square(np.asarray(observed) - expected) / expected).sum())
    drawn = (np.square(draws - expected) / expected).sum(axis=1)
    return math.log((int((drawn >= seen - 1e-9).sum()) + 1) / (DRAWS + 1))
