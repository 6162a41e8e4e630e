"""Account health: the chance that an account leaves, learnt from those that left, or named rules where too few did.

Time is cut into windows of 28 days that end at the moment of judging; window 0 is the latest. An account-month is
an account at the end of a window, with what it did up to then and whether it left within the 28 days after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from callsheet.base.text import count, number
from callsheet.usage.health.model import (
    BY_CHANCE,
    LEAST_LEFT_LATE,
    MEASURES,
    Checked,
    Floats,
    Learnt,
    Months,
    Truths,
    checked_on_late,
    late_months,
    learnt,
    levelled,
)

WINDOW = 28
"""Days of a window, and days ahead that a chance looks."""
USUAL = 3
"""Windows before the latest that "usually" means."""
LEAST_LEFT = 20
"""Departures needed in all to state a chance."""
AT_RISK, TIMES = 0.2, 3.0
"""At risk: a chance of at least this, and this many times the usual one."""
CERTAIN = 0.05
LONG_WEEKS, LEAST_WEEKS = 8, 6
WORTH_SAYING = 0.15
"""Log odds that a measure must add to be named as a reason."""


@dataclass(frozen=True, slots=True)
class Course:
    """What accounts did, a row an account, a column a window (0 the latest): days with activity, people, features
    used, events, complaints; and how many days before the end of window 0 they were last there in the window or
    earlier (NaN: never by then). `begun` and `left` are days before the end of window 0 (NaN: not known, not left).
    `weeks` tells activity by 7 days, column 0 the latest.
    """

    ids: tuple[str, ...]
    segment: tuple[str, ...]
    days: Floats
    persons: Floats
    features: Floats
    events: Floats
    complaints: Floats
    last: Floats
    begun: Floats
    left: Floats
    weeks: Truths

    @property
    def windows(self) -> int:
        """Number of windows."""
        return int(self.days.shape[1])


@dataclass(frozen=True, slots=True)
class Judged:
    """One account now. `chance` is None where rules judge. `level`: at risk, watch, steady or dormant."""

    place: int
    level: str
    chance: float | None = None
    low: float | None = None
    high: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """All accounts now; `basis` is `model` or `rules`, `words` say why. `young` accounts are not judged."""

    basis: str
    words: str
    judged: tuple[Judged, ...]
    young: int
    months: int
    left: int
    checked: Checked | None = None
    coefficients: dict[str, float] = field(default_factory=dict)


def health(course: Course) -> Health:
    """Judge all accounts that are there and at least one window old."""
    known = _months(course, range(1, course.windows - 1))
    now = _months(course, range(1)) if course.windows else known
    young = _young(course)
    months, left = len(known.place), int(known.left.sum())
    checked = checked_on_late(known) if left >= LEAST_LEFT else None
    if checked is None or not checked.better:
        words = _too_few(left, months) if checked is None else _no_better(checked)
        return Health("rules", words, tuple(_ruled(course, now)), young, months, left, checked)
    model, lately = levelled(learnt(known.measures, known.left), known, late_months(known))
    words = (
        f"Chance to leave within {WINDOW} days, learnt from {months:,} account-months with {left} departures. On the"
        f" latest {checked.months:,} its Brier score is {checked.score:.4f}, that of the base rate"
        f" {checked.base_score:.4f}; chance does as well with p {checked.by_chance:.2g}.{lately}"
    )
    names = dict(zip(model.names, (float(one) for one in model.fit.coefficients), strict=True))
    return Health("model", words, tuple(_modelled(course, now, model)), young, months, left, checked, names)


def _too_few(left: int, months: int) -> str:
    if not left:
        return "No departure of an account is known, so named rules judge and no chance is stated."
    return (
        f"{count(left, 'departure')} in {months:,} account-months are too few to learn from ({LEAST_LEFT} are needed,"
        f" {LEAST_LEFT_LATE} of them late), so named rules judge and no chance is stated."
    )


def _no_better(checked: Checked) -> str:
    return (
        f"On the latest {checked.months:,} account-months the learnt chances did no better than the base rate, beyond"
        f" chance (log loss {checked.loss:.4f} against {checked.base_loss:.4f}, p {checked.by_chance:.2g}; at most"
        f" {BY_CHANCE:g} is needed), so named rules judge and no chance is stated."
    )


def _here(course: Course, window: int) -> Truths:
    """Accounts that at the end of a window are a window old, were ever active, and have not left."""
    end = WINDOW * window
    begun = np.isnan(course.begun) | (course.begun >= end + WINDOW)
    return begun & ~np.isnan(course.last[:, window]) & ~(course.left > end)


def _young(course: Course) -> int:
    return int((~_here(course, 0) & ~(course.left > 0)).sum()) if course.windows else 0


def _months(course: Course, windows: Sequence[int]) -> Months:
    places, which, measures, left = [], [], [np.empty((0, len(MEASURES)))], []
    for window in windows:
        here = np.flatnonzero(_here(course, window))
        end = WINDOW * window
        places.append(here)
        which.append(np.full(here.size, window))
        measures.append(_measures(course, window, here))
        gone = course.left[here]
        left.append((gone <= end) & (gone > end - WINDOW))
    joined = [np.concatenate(parts) if parts else np.empty(0) for parts in (places, which, left)]
    return Months(joined[0].astype(np.int64), joined[1].astype(np.int64), np.vstack(measures), joined[2].astype(bool))


def usual(amounts: Floats, window: int) -> Floats:
    """Return the mean over the windows before; of none: the window's own."""
    before = amounts[:, window + 1 : window + 1 + USUAL]
    return np.asarray(before.mean(axis=1) if before.shape[1] else amounts[:, window])


def _measures(course: Course, window: int, here: NDArray[np.int64]) -> Floats:
    def trend(amounts: Floats) -> Floats:
        return np.asarray(np.log((1 + amounts[:, window]) / (1 + usual(amounts, window))))

    recency = np.minimum(course.last[:, window] - WINDOW * window, 2 * WINDOW)
    table = np.column_stack([
        np.log1p(course.days[:, window]), trend(course.days), trend(course.persons), np.maximum(recency, 0),
        np.log1p(course.features[:, window]), _depth(course, window), np.log1p(course.complaints[:, window]),
    ])  # fmt: skip
    return table[here]


def _depth(course: Course, window: int) -> Floats:
    """Events a person, in logarithms, against the median of active accounts of the same segment."""
    own = np.log1p(course.events[:, window] / np.maximum(course.persons[:, window], 1))
    segments, depth = np.array(course.segment), np.zeros(len(course.ids))
    for name in set(course.segment):
        peers = segments == name
        active = own[peers & (course.events[:, window] > 0)]
        depth[peers] = own[peers] - (np.median(active) if active.size else 0.0)
    return depth


def _modelled(course: Course, now: Months, model: Learnt) -> list[Judged]:
    chances, lows, highs = model.chances(now.measures)
    adds, base, found = model.contributions(now.measures), model.fit.events / model.fit.n, []
    for row, place in enumerate(now.place):
        chance = float(chances[row])
        risky = chance >= max(AT_RISK, TIMES * base)
        level = "at risk" if risky else "watch" if chance >= 2 * base else "steady"
        ordered = np.argsort(-adds[row])[:3]
        why = tuple(
            _words(course, int(place), model.names[index]) for index in ordered if adds[row, index] >= WORTH_SAYING
        )
        found.append(Judged(int(place), level, chance, float(lows[row]), float(highs[row]), why))
    return found


def _words(course: Course, place: int, measure: str) -> str:
    days, people = course.days[place, 0], course.persons[place, 0]
    if measure == "days":
        return f"active on {days:.0f} of {WINDOW} days"
    if measure == "days_trend":
        return f"active on {count(int(days), 'day')}, usually {number(float(usual(course.days, 0)[place]))}"
    if measure == "persons_trend":
        return f"{count(int(people), 'person', 'people')}, usually {number(float(usual(course.persons, 0)[place]))}"
    if measure == "recency":
        return (
            f"last there {count(int(course.last[place, 0]), 'day')} ago"
            if course.last[place, 0] >= 1
            else "there today"
        )
    if measure == "breadth":
        return f"uses {count(int(course.features[place, 0]), 'feature')}"
    if measure == "depth":
        times = float(np.exp(_depth(course, 0)[place]))
        return f"does {times:.0%} of what its peers do, a person"
    return count(int(course.complaints[place, 0]), "complaint")


def _ruled(course: Course, now: Months) -> list[Judged]:
    """Judge by rules, each against the account's own history. Silence counts when it would be a surprise for any
    account: its chance under the account's own rhythm, times the number of accounts, is below 5% (Bonferroni)."""
    found = []
    for place in (int(one) for one in now.place):
        silent, chance = silence(course.weeks[place], course.begun[place])
        if silent >= LONG_WEEKS:
            found.append(Judged(place, "dormant", reasons=(f"nobody there for {count(silent, 'week')}",)))
            continue
        reasons = []
        if silent and chance is not None and chance * len(now.place) < CERTAIN:
            reasons.append(f"nobody there for {count(silent, 'week')}, far beyond its own rhythm")
        falls = [
            f"{name}: {amounts[place, 0]:.0f}, usually {number(float(usual(amounts, 0)[place]))}"
            for name, amounts, least in (
                ("days active", course.days, 8), ("people", course.persons, 4), ("features used", course.features, 4),
            )
            if usual(amounts, 0)[place] >= least and amounts[place, 0] <= usual(amounts, 0)[place] / 2
        ]  # fmt: skip
        level = "at risk" if reasons else "watch" if falls else "steady"
        found.append(Judged(place, level, reasons=(*reasons, *falls)))
    return found


def silence(weeks: Truths, begun: float) -> tuple[int, float | None]:
    """Return for how many whole weeks nobody has been there, and how likely so long a silence is by chance.

    The chance is (1 - q)^silence, q the share of the weeks before it with activity, half a week added on both
    sides. None with less than 6 weeks before it.
    """
    there = np.flatnonzero(weeks)
    if not there.size:
        return len(weeks), None
    silent = int(there[0])
    age = len(weeks) if np.isnan(begun) else min(len(weeks), int(begun // 7))
    before = weeks[silent : max(age, silent)]
    if before.size < LEAST_WEEKS:
        return silent, None
    share = (before.sum() + 0.5) / (before.size + 1)
    return silent, float((1 - share) ** silent)
