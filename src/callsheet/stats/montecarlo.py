"""Forecast by replaying a team's own past: when will it be done, how many by then.

A trial strings together 7-day blocks drawn from the daily throughput, turned so that weekdays meet weekdays
(single days lose the rhythm of a week: measured on nine real series they held 68% where 85% was promised,
weeks held 85%). Days without a finish are part of the history.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base import text
from callsheet.base.errors import BadInput
from callsheet.stats.blocks import HORIZON, active_weeks, daily_counts, finish_days, totals
from callsheet.stats.checks import Floats, share

PERCENTILES = (50, 70, 85, 95)
TRIALS = 10_000
WANTED_DAYS = 90
ACTIVE_WEEKS = 5


@dataclass(frozen=True)
class Risk:
    """Something that happens with `chance` and then adds between `low` and `high` items."""

    chance: float
    low: float
    high: float


@dataclass(frozen=True)
class Scope:
    """Items left: between low and high, each splitting into between split_low and split_high, plus risks."""

    low: float
    high: float
    split_low: float = 1.0
    split_high: float = 1.0
    risks: tuple[Risk, ...] = ()

    def draw(self, rng: np.random.Generator, trials: int) -> Floats:
        """ceil(U(low, high) x U(split)) + the impacts of the risks that strike, one number a trial."""
        pairs = [
            (self.low, self.high),
            (self.split_low, self.split_high),
            *((r.low, r.high) for r in self.risks),
        ]
        if any(not 0 <= low <= high < np.inf for low, high in pairs):
            raise BadInput("A range of the scope is negative or upside down.", "Give 0 <= low <= high.")
        base = rng.uniform(self.low, self.high, trials) * rng.uniform(self.split_low, self.split_high, trials)
        left: Floats = np.ceil(base - 1e-9)
        for risk in self.risks:
            strikes = rng.random(trials) < share(risk.chance, "The chance of a risk")
            left = left + strikes * rng.uniform(risk.low, risk.high, trials)
        return left


@dataclass(frozen=True)
class Basis:
    """What a forecast rests on; `why` is set where it cannot give a number, `notes` where it can but
    thinly.
    """

    trials: int
    days: int
    active_weeks: int
    finished: int
    why: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class When:
    """Days after `after` (and dates) by which the scope is done, by percentile; None is beyond ten years.

    With `basis.why` there is no number: the mappings are empty and every chance is None.
    """

    after: dt.date
    days: Mapping[int, int | None]
    dates: Mapping[int, dt.date | None]
    basis: Basis
    outcomes: NDArray[np.int64] = field(repr=False, compare=False)

    def chance(self, by: dt.date) -> float | None:
        """Chance to be done on or before a day."""
        if not self.outcomes.size:
            return None
        return float(np.searchsorted(self.outcomes, (by - self.after).days, side="right") / self.outcomes.size)


@dataclass(frozen=True)
class HowMany:
    """Items finished in the days up to and with `until`: `at_least[85]` is reached with a chance of 85%."""

    after: dt.date
    until: dt.date
    at_least: Mapping[int, int]
    basis: Basis
    outcomes: NDArray[np.int64] = field(repr=False, compare=False)

    def chance(self, items: float) -> float | None:
        """Chance to finish at least this many."""
        if not self.outcomes.size:
            return None
        return float(1 - np.searchsorted(self.outcomes, items, side="left") / self.outcomes.size)


def chance_text(chance: float | None) -> str:
    """A chance for people: no false certainty beyond 95% or below 1%, no number without history."""
    if chance is None:
        return "no forecast"
    return text.chance(chance)


def when(
    history: ArrayLike,
    scope: Scope,
    after: dt.date,
    *,
    trials: int = TRIALS,
    seed: int = 0,
    wip: int = 1,
) -> When:
    """When a scope is done, from the finishes per day up to and with the day `after` (the forecast's day 0).

    `wip` features in work share the throughput: each finish belongs to this one with a chance of 1 in `wip`,
    for as long as it lasts. Fewer than 5 weeks with a finish: no number, and the reason.
    """
    past, basis = _basis([history], trials)
    if basis.why:
        return When(after, {}, {}, basis, np.empty(0, dtype=np.int64))
    rng = np.random.default_rng(seed)
    outcomes = finish_days(past, [scope.draw(rng, trials)], rng, _wip(wip))[0]
    return _when(after, np.sort(outcomes), basis)


def when_together(
    teams: Mapping[str, tuple[ArrayLike, Scope]],
    after: dt.date,
    *,
    shared_people: bool = False,
    trials: int = TRIALS,
    seed: int = 0,
    wip: int = 1,
) -> When:
    """When the last of several teams is done with its own scope.

    A trial draws the same past weeks for all teams, so that holidays and joint troubles stay joint;
    histories are cut to their common last days. People shared between teams break any such model: then the
    answer is widened to the latest that any dependence between the teams allows (Frechet's bound, 1 - sum
    of chances of being late).
    """
    past, basis = _basis([history for history, _ in teams.values()], trials, tuple(teams))
    if basis.why:
        return When(after, {}, {}, basis, np.empty(0, dtype=np.int64))
    rng = np.random.default_rng(seed)
    scopes = [scope.draw(rng, trials) for _, scope in teams.values()]
    each = finish_days(past, scopes, rng, _wip(wip))
    if not shared_people:
        return _when(after, np.sort(each.max(axis=0)), basis)
    note = "Teams share people: the dates are the latest that fits the teams' own forecasts."
    widened = replace(basis, notes=(*basis.notes, note))
    return _when(after, _latest_joint(each), widened)


def how_many(
    history: ArrayLike,
    after: dt.date,
    until: dt.date,
    *,
    trials: int = TRIALS,
    seed: int = 0,
    wip: int = 1,
) -> HowMany:
    """How many items are finished from the day after `after` up to and with `until`; arguments as in
    `when`.
    """
    past, basis = _basis([history], trials)
    days = (until - after).days
    if not 0 <= days <= HORIZON:
        raise BadInput(f"{until} is {days} days after {after}.", f"Choose an end 0 to {HORIZON} days ahead.")
    if basis.why:
        return HowMany(after, until, {}, basis, np.empty(0, dtype=np.int64))
    rng = np.random.default_rng(seed)
    outcomes = np.sort(totals(past[0], days, trials, rng, _wip(wip)))
    at_least = {p: int(np.floor(np.quantile(outcomes, 1 - p / 100, method="linear") + 1e-9)) for p in PERCENTILES}
    return HowMany(after, until, at_least, basis, outcomes)


def percentile_days(outcomes: NDArray[np.int64], chance: float) -> int | None:
    """The day by which this share of sorted trials is done (definition 7, rounded up); None beyond ten
    years.
    """
    day = int(np.ceil(np.quantile(outcomes, chance, method="linear") - 1e-9))
    return day if day <= HORIZON else None


def _basis(histories: Sequence[ArrayLike], trials: int, names: tuple[str, ...] = ()) -> tuple[NDArray[np.int64], Basis]:
    """The histories as one array (teams x days), and whether it can carry a forecast."""
    if trials < TRIALS:
        raise BadInput(f"{trials} trials are too few.", f"Use at least {TRIALS}; they take milliseconds.")
    series = [daily_counts(h) for h in histories]
    if not series:
        raise BadInput("There is no team to forecast.", "Give at least one history.")
    days = min(s.size for s in series)
    past = np.stack([s[s.size - days :] for s in series])
    active = [active_weeks(s) for s in past]
    weakest = int(np.argmin(active))
    why: str | None = None
    notes: tuple[str, ...] = ()
    if active[weakest] < ACTIVE_WEEKS:
        who = f"{names[weakest]}: " if names else ""
        why = f"{who}only {active[weakest]} weeks with a finish in {days} days; a forecast needs {ACTIVE_WEEKS}"
    elif days < WANTED_DAYS:
        notes = (f"Only {days} days of history; {WANTED_DAYS} make a forecast that holds.",)
    return past, Basis(trials, days, active[weakest], int(past.sum()), why, notes)


def _wip(wip: int) -> int:
    if wip < 1:
        raise BadInput(f"{wip} features in work.", "Count this one too: 1 or more.")
    return wip


def _latest_joint(each: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sorted outcomes of the whole under Frechet's lower bound of the teams' joint distribution."""
    trials = each.shape[1]
    days = np.unique(each)
    late = sum(1 - np.searchsorted(np.sort(team), days, side="right") / trials for team in each)
    reached = np.maximum.accumulate(1 - np.asarray(late))
    ranks = (np.arange(trials) + 0.5) / trials
    at = np.searchsorted(reached, ranks - 1e-12)
    outcomes: NDArray[np.int64] = np.append(days, HORIZON + 1)[at]
    return outcomes


def _when(after: dt.date, outcomes: NDArray[np.int64], basis: Basis) -> When:
    days = {p: percentile_days(outcomes, p / 100) for p in PERCENTILES}
    dates = {p: None if d is None else after + dt.timedelta(days=d) for p, d in days.items()}
    return When(after, days, dates, basis, outcomes)
