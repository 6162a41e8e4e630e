"""Read an experiment from sufficient statistics, and say what its plan tells us to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from callsheet.base.errors import BadInput
from callsheet.stats.checks import share
from callsheet.stats.intervals import Difference, Relative, proportion_difference, relative, welch
from callsheet.stats.moments import Moments, from_hits, from_sums
from callsheet.stats.srm import SampleRatio, sample_ratio

Verdict = Literal["ship", "roll back", "keep running", "inconclusive"]


@dataclass(frozen=True)
class Arm:
    """One arm: units n, sum of x. Means also need the sum of squares; both sums may be of (x - centre)."""

    name: str
    n: int
    total: float
    squares: float | None = None
    centre: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """A treatment against the control; `p_holm` is corrected for the number of treatments (Holm 1979)."""

    arm: str
    value: float | None
    difference: Difference
    relative: Relative
    p_holm: float | None


@dataclass(frozen=True)
class Readout:
    """Every treatment against the control. With `refused` the numbers may be shown, but name no winner."""

    kind: Literal["proportion", "mean"]
    control: str
    control_value: float | None
    comparisons: tuple[Comparison, ...]
    srm: SampleRatio
    level: float
    refused: str | None

    def of(self, arm: str) -> Comparison:
        """The comparison of one treatment."""
        for comparison in self.comparisons:
            if comparison.arm == arm:
                return comparison
        names = ", ".join(c.arm for c in self.comparisons)
        raise BadInput(f"There is no treatment arm {arm!r}.", f"Choose one of: {names}.")


@dataclass(frozen=True)
class Decision:
    """What the plan's rule says, and why; `verdict` is None where the data may not name a winner."""

    verdict: Verdict | None
    why: str


def read_proportions(
    control: Arm,
    treatments: Sequence[Arm],
    *,
    allocation: Sequence[float] | None = None,
    level: float = 0.95,
    srm_limit: float = 0.001,
    method: Literal["newcombe", "wald"] = "newcombe",
) -> Readout:
    """Shares of units that did something (`total` is their number), each treatment less the control.

    With several treatments the intervals hold together (Bonferroni), and p_holm beside the plain p.
    `allocation` are the planned weights, control first.
    """
    each = _each_level(level, treatments)
    base = from_hits(_whole(control), control.n)
    comparisons = []
    for arm in treatments:
        hits = _whole(arm)
        gap = proportion_difference(hits, arm.n, _whole(control), control.n, each, method)
        own = from_hits(hits, arm.n)
        comparisons.append(Comparison(arm.name, own.mean, gap, relative(own, base, each), None))
    return _readout("proportion", control, treatments, base, comparisons, allocation, each, srm_limit)


def read_means(
    control: Arm,
    treatments: Sequence[Arm],
    *,
    allocation: Sequence[float] | None = None,
    level: float = 0.95,
    srm_limit: float = 0.001,
) -> Readout:
    """Means per unit, each treatment less the control, by Welch; several treatments as in
    `read_proportions`.
    """
    each = _each_level(level, treatments)
    base = _moments(control)
    comparisons = []
    for arm in treatments:
        own = _moments(arm)
        gap = welch(own, base, each)
        comparisons.append(Comparison(arm.name, own.mean, gap, relative(own, base, each), None))
    return _readout("mean", control, treatments, base, comparisons, allocation, each, srm_limit)


def decide(
    readout: Readout,
    arm: str,
    *,
    smallest: float,
    better: Literal["higher", "lower"] = "higher",
    complete: bool = False,
) -> Decision:
    """Apply the rule: the interval of the difference against the smallest effect worth having (absolute, >=
    0).

    Ship when the whole interval is at least that good and better than nothing; roll back when the whole
    interval falls short of it (an effect worth having is ruled out). In between: keep running until the
    planned sample is `complete`, then inconclusive. A refused readout has no verdict.
    """
    if smallest < 0:
        raise BadInput(f"The smallest effect worth having is {smallest:g}.", "State its size, 0 or more.")
    if readout.refused:
        return Decision(None, readout.refused)
    gap = readout.of(arm).difference
    if gap.low is None or gap.high is None:
        waiting: Verdict = "inconclusive" if complete else "keep running"
        return Decision(waiting, f"There is no interval yet: {gap.why}.")
    low, high = (gap.low, gap.high) if better == "higher" else (-gap.high, -gap.low)
    span = f"The gain is between {low:.4g} and {high:.4g}"
    if low >= smallest and low > 0:
        return Decision("ship", f"{span}: at least the {smallest:.4g} worth having.")
    if high < smallest:
        harm = "it does harm" if high < 0 else f"the {smallest:.4g} worth having is ruled out"
        return Decision("roll back", f"{span}: {harm}.")
    if complete:
        return Decision("inconclusive", f"{span}, and the planned sample is in: it cannot tell.")
    return Decision("keep running", f"{span}: it may or may not reach {smallest:.4g}, and more units are to come.")


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction of a family of p-values, in their given order. Source: Holm (1979)."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    corrected, worst = [0.0] * len(ps), 0.0
    for step, i in enumerate(order):
        worst = max(worst, min(1.0, ps[i] * (len(ps) - step)))
        corrected[i] = worst
    return tuple(corrected)


def _each_level(level: float, treatments: Sequence[Arm]) -> float:
    share(level, "The level", inner=True)
    if not treatments:
        raise BadInput("There is only a control.", "Give at least one treatment arm.")
    return level if len(treatments) == 1 else 1 - (1 - level) / len(treatments)


def _whole(arm: Arm) -> int:
    if arm.centre or arm.total != int(arm.total):
        raise BadInput(f"Arm {arm.name!r} has {arm.total:g} hits.", "Give a plain count, not a centred sum.")
    return int(arm.total)


def _moments(arm: Arm) -> Moments:
    if arm.squares is None:
        raise BadInput(f"Arm {arm.name!r} has no sum of squares.", "A mean needs it; a share does not.")
    return from_sums(arm.n, arm.total, arm.squares, arm.centre)


def _readout(
    kind: Literal["proportion", "mean"],
    control: Arm,
    treatments: Sequence[Arm],
    base: Moments,
    comparisons: Sequence[Comparison],
    allocation: Sequence[float] | None,
    level: float,
    srm_limit: float,
) -> Readout:
    srm = sample_ratio([control.n, *(a.n for a in treatments)], allocation, srm_limit)
    known = [i for i, c in enumerate(comparisons) if c.difference.p is not None]
    corrected = dict(zip(known, holm([comparisons[i].difference.p or 0.0 for i in known]), strict=True))
    tested = tuple(replace(c, p_holm=corrected.get(i)) for i, c in enumerate(comparisons))
    refused = None if srm.ok else f"The split is not the planned one: {srm.sentence}. Find the cause first."
    return Readout(kind, control.name, base.mean, tested, srm, level, refused)
