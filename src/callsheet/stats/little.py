"""Which stage holds up the flow, and what freeing it would give; and Little's law as a check on the data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats, share


@dataclass(frozen=True)
class Bottleneck:
    """The stage whose relief shortens the whole most, in the unit of the durations.

    `whole` and `relieved` are median totals before and after; `gain` is the share by which the whole
    shortens, with its bootstrap interval; `sure` is the share of resamples that name the same stage.
    `gains` and `medians` have one entry a stage (None: nobody entered it).
    """

    stage: int
    whole: float
    relieved: float
    gain: float
    low: float
    high: float
    level: float
    sure: float
    gains: tuple[float, ...]
    medians: tuple[float | None, ...]
    n: int


def bottleneck(
    durations: ArrayLike, *, level: float = 0.95, resamples: int = 400, seed: int = 0, smallest: int = 10
) -> Bottleneck | None:
    """Simulate each stage taking the median of the other stages, and name the one that shortens the whole
    most.

    `durations` is items x stages; NaN means the item skipped the stage. A stage's pace is the median of the
    items that entered it; relief scales every visit by (median pace of the others / own pace) when that is
    below 1. The interval resamples items (percentile bootstrap). None with fewer than `smallest` items,
    fewer than two stages entered, or no time spent at all.
    """
    times = np.asarray(durations, dtype=np.float64)
    if times.ndim != 2 or times.shape[1] < 2:
        raise BadInput("The durations are not items x stages.", "Give a table with at least two stages.")
    if np.isinf(times).any() or (times < 0).any():
        raise BadInput("A duration is negative or infinite.", "Leave it out (NaN) and count it.")
    times = times[~np.isnan(times).all(axis=1)]
    n = int(times.shape[0])
    share(level, "The level", inner=True)
    if n < smallest or (~np.isnan(times)).any(axis=0).sum() < 2:
        return None
    whole, gains, paces = _gains(times)
    if whole <= 0:
        return None
    stage = int(np.argmax(gains))
    rng = np.random.default_rng(seed)
    drawn = np.stack([_gains(times[rng.integers(n, size=n)])[1] for _ in range(resamples)])
    low, high = np.quantile(drawn[:, stage], [(1 - level) / 2, (1 + level) / 2])
    return Bottleneck(
        stage=stage,
        whole=whole,
        relieved=whole * (1 - float(gains[stage])),
        gain=float(gains[stage]),
        low=float(low),
        high=float(high),
        level=level,
        sure=float((drawn.argmax(axis=1) == stage).mean()),
        gains=tuple(float(g) for g in gains),
        medians=tuple(None if np.isnan(p) else float(p) for p in paces),
        n=n,
    )


def little_residual(in_progress: float, per_day: float, days: float) -> float | None:
    """Work in progress not explained by throughput x time in system, as a share of it; None with no work.

    Near 0 when the process is stable and the data complete; above 0 when work is started faster than
    finished or lies untouched, below 0 when starts are missing. Averages over one period. Source: Little
    (1961).
    """
    return (in_progress - per_day * days) / in_progress if in_progress > 0 else None


def _gains(times: Floats) -> tuple[float, Floats, Floats]:
    """Median total, relative shortening per stage, pace per stage."""
    entered = ~np.isnan(times)
    paces = np.array([np.median(c[m]) if m.any() else np.nan for c, m in zip(times.T, entered.T, strict=True)])
    filled = np.where(entered, times, 0.0)
    totals = filled.sum(axis=1)
    whole = float(np.median(totals))
    gains = np.zeros(times.shape[1])
    for stage, pace in enumerate(paces):
        others = np.delete(paces, stage)
        others = others[~np.isnan(others)]
        if not pace > 0 or not others.size or whole <= 0:
            continue
        saved = max(0.0, 1 - float(np.median(others)) / float(pace))
        gains[stage] = 1 - float(np.median(totals - saved * filled[:, stage])) / whole
    return whole, gains, paces
