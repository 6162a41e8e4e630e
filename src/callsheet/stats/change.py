"""Is the change real? Two samples of values, of yes/no, or two counts, with one plain test each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats, count, finite, share
from callsheet.stats.intervals import proportion_difference
from callsheet.stats.tails import log_two_sided, p_of

SHUFFLES = 9_999


@dataclass(frozen=True)
class Change:
    """Before and after in the unit of the figure, the p-value of "nothing changed", and the method by name.

    `p` is None (and `why` says why) where there is too little to test. `tendency` is the chance that a
    value from after exceeds one from before (ties half), for samples of values.
    """

    before: float | None
    after: float | None
    n_before: int
    n_after: int
    p: float | None
    method: str
    tendency: float | None = None
    why: str | None = None

    @property
    def amount(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    def real(self, alpha: float = 0.01) -> bool:
        """Whether chance is an unlikely explanation; an untested change is not real."""
        return self.p is not None and self.p < share(alpha, "Alpha", inner=True)


def values_changed(before: ArrayLike, after: ArrayLike, *, smallest: int = 8, seed: int = 0) -> Change:
    """Medians of two samples and the Mann-Whitney test (two-sided), which does not mind long tails.

    Exact where samples are small and without ties, seeded permutation of the ranks where small with ties,
    else the normal form with tie correction. It tests that one sample tends to larger values; a mere change
    of spread can move it too. Fewer than `smallest` on a side: not tested. Source: Mann & Whitney (1947).
    """
    old, new = finite(before, "The sample before"), finite(after, "The sample after")
    middles = _median(old), _median(new)
    sizes = int(old.size), int(new.size)
    if min(sizes) < max(1, smallest):
        why = f"only {min(sizes)} values on one side; a test needs {max(1, smallest)}"
        return Change(*middles, *sizes, None, "mann-whitney", why=why)
    small = min(sizes) < 20 and sum(sizes) < 200
    tied = np.unique(np.concatenate([old, new])).size < sum(sizes)
    if small and tied:
        tendency, p = _permuted(old, new, seed)
        return Change(*middles, *sizes, p, "mann-whitney, permuted", tendency)
    if not small:
        tendency, p = _normal(old, new)
        return Change(*middles, *sizes, p, "mann-whitney, asymptotic", tendency)
    from scipy.stats import mannwhitneyu

    result = mannwhitneyu(new, old, alternative="two-sided", method="exact")
    tendency = float(result.statistic) / (old.size * new.size)
    return Change(*middles, *sizes, float(result.pvalue), "mann-whitney, exact", tendency)


def shares_changed(before: tuple[int, int], after: tuple[int, int]) -> Change:
    """Two shares as (hits, n): pooled z test, or Fisher's exact test where fewer than 5 are expected in a
    cell.
    """
    from scipy.stats import fisher_exact

    (h, n), (g, m) = before, after
    gap = proportion_difference(g, m, h, n)
    first, second = (h / n if n else None), (g / m if m else None)
    if gap.p is None:
        return Change(first, second, n, m, None, "pooled z", why="one side has no units")
    pooled = (h + g) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) >= 5:
        return Change(first, second, n, m, gap.p, "pooled z")
    p = float(fisher_exact(np.array([[h, n - h], [g, m - g]])).pvalue)
    return Change(first, second, n, m, min(1.0, p), "fisher exact")


def counts_changed(before: int, after: int, days_before: float = 1.0, days_after: float = 1.0) -> Change:
    """Two counts of rare events as rates per day: given their sum, the split is binomial in the days
    observed.

    Exact up to 10,000 events, the normal form beyond. n is the number of events. Assumes that events come
    one by one; a batch makes it too sure. Source: Przyborowski & Wilenski (1940).
    """
    from scipy.stats import binomtest

    a, b = count(before, "The count before"), count(after, "The count after")
    if not (0 < days_before < np.inf and 0 < days_after < np.inf):
        raise BadInput("A count was observed for no time.", "Give the days of both periods, above 0.")
    expected = days_after / (days_before + days_after)
    rates = a / days_before, b / days_after
    if a + b == 0:
        return Change(*rates, a, b, None, "conditional binomial", why="nothing happened in either period")
    if a + b <= 10_000:
        return Change(*rates, a, b, float(binomtest(b, a + b, expected).pvalue), "conditional binomial")
    z = (b - (a + b) * expected) / np.sqrt((a + b) * expected * (1 - expected))
    return Change(*rates, a, b, p_of(log_two_sided(float(z))), "conditional binomial, normal")


def _median(values: Floats) -> float | None:
    return float(np.median(values)) if values.size else None


def _normal(old: Floats, new: Floats) -> tuple[float, float]:
    """Tendency and p of the rank sum by its normal form, with corrections for ties and continuity.

    Own arithmetic, since scipy.stats alone costs a second to import; the tests compare the two.
    """
    _, place, ties = np.unique(np.concatenate([old, new]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    n, m, size = old.size, new.size, old.size + new.size
    u = float(ranks[n:].sum()) - m * (m + 1) / 2
    tied = float((ties.astype(float) ** 3 - ties).sum()) / (size * (size - 1))
    spread = np.sqrt(n * m / 12 * (size + 1 - tied))
    gap = abs(u - n * m / 2) - 0.5
    p = p_of(log_two_sided(float(max(gap, 0.0) / spread))) if spread > 0 else 1.0
    return u / (n * m), min(1.0, p)


def _permuted(old: Floats, new: Floats, seed: int) -> tuple[float, float]:
    """Tendency and permutation p of the rank sum (9,999 seeded shuffles; the seen order counts as one)."""
    from scipy.stats import rankdata

    ranks: NDArray[np.float64] = rankdata(np.concatenate([old, new]))
    middle = new.size * (ranks.size + 1) / 2
    seen = float(ranks[old.size :].sum()) - middle
    shuffled = np.random.default_rng(seed).permuted(np.tile(ranks, (SHUFFLES, 1)), axis=1)
    drawn = shuffled[:, old.size :].sum(axis=1) - middle
    p = (int((np.abs(drawn) >= abs(seen) - 1e-9).sum()) + 1) / (SHUFFLES + 1)
    return seen / (old.size * new.size) + 0.5, p
