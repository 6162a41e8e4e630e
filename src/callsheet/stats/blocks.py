"""Replay a daily history in blocks of seven days: the engine under the forecasts and their back-test."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats, finite

WEEK = 7
HORIZON = 3650
"""Days after which a trial counts as not finished."""


def daily_counts(history: ArrayLike) -> NDArray[np.int64]:
    """Finishes per day as whole numbers, oldest first; days without any are zeros, not gaps."""
    days = finite(history, "The history")
    if (days < 0).any() or (days != np.floor(days)).any():
        raise BadInput("The history has a negative or broken count.", "Give whole finishes per day, zeros too.")
    return days.astype(np.int64)


def active_weeks(history: NDArray[np.int64]) -> int:
    """Whole 7-day blocks, counted back from the end, in which anything was finished."""
    whole = history[history.size % WEEK :]
    return int((whole.reshape(-1, WEEK).sum(axis=1) > 0).sum())


def blocks(past: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every 7-day window (teams x windows x 7), turned so that column 0 is the weekday after the history."""
    windows = np.lib.stride_tricks.sliding_window_view(past, WEEK, axis=1)
    starts = np.arange(windows.shape[1])[:, None]
    turn = (past.shape[1] + np.arange(WEEK)[None, :] - starts) % WEEK
    turned: NDArray[np.int64] = np.take_along_axis(windows, turn[None, :, :], axis=2)
    return turned


def finish_days(
    past: NDArray[np.int64], scopes: Sequence[Floats], rng: np.random.Generator, wip: int = 1
) -> NDArray[np.int64]:
    """Day on which each team finishes its scope in each trial (teams x trials); HORIZON + 1 when never.

    All teams of a trial draw the same past weeks. A scope of 0 is done on day 0. `wip` thins the finishes:
    each belongs to this scope with a chance of 1 in `wip`.
    """
    weeks = blocks(past)
    left = np.stack(scopes)
    done = np.where(left <= 0, 0, HORIZON + 1).astype(np.int64)
    still = np.flatnonzero((left > 0).any(axis=0))
    for start in range(0, HORIZON, WEEK):
        if not still.size:
            break
        drawn = weeks[:, rng.integers(weeks.shape[1], size=still.size), :]
        if wip > 1:
            drawn = rng.binomial(drawn, 1 / wip)
        running = drawn.cumsum(axis=2)
        need = left[:, still]
        ends = (need > 0) & (running[:, :, -1] >= need)
        day = start + 1 + (running < need[:, :, None]).sum(axis=2)
        done[:, still] = np.where(ends, day, done[:, still])
        left[:, still] = need - running[:, :, -1]
        still = still[(left[:, still] > 0).any(axis=0)]
    return np.minimum(done, HORIZON + 1)


def totals(
    past: NDArray[np.int64], days: int, trials: int, rng: np.random.Generator, wip: int = 1
) -> NDArray[np.int64]:
    """Items that one team finishes in the next `days`, one number a trial."""
    weeks = blocks(past[None, :])[0]
    sums = np.zeros(trials, dtype=np.int64)
    for start in range(0, days, WEEK):
        part = min(WEEK, days - start)
        drawn = weeks[rng.integers(weeks.shape[0], size=trials), :part].sum(axis=1)
        sums += rng.binomial(drawn, 1 / wip) if wip > 1 else drawn
    return sums
