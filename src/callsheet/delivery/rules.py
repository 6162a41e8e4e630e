"""Pure rules of delivery: spans, states, batches of closes, shares of a team, causes of incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats
from callsheet.stats.montecarlo import Scope

STAGES = (
    ("coding", "Coding", "first_commit_at", "created_at"),
    ("first_review", "First review", "created_at", "first_review_at"),
    ("review_to_merge", "Review to merge", "first_review_at", "merged_at"),
    ("deploy", "Deploy", "merged_at", "deployed_at"),
)
"""Stages of a change: key, label, where it begins, where it ends."""
WHOLE = ("open_to_merge", "Open to merge", "created_at", "merged_at")
"""The one stage that is left where reviews are not recorded."""
CONTAINERS = ("initiative", "proposal", "epic")
"""Kinds that hold work and are none themselves; flow is measured on what they hold."""
LOOK_BACK = timedelta(days=7)
"""An incident later than this after a deployment is not tied to it."""
BATCH_LEAST, BATCH_SIGMA = 20, 6
FOCUS_DAYS = 28
"""Span in which a team's starts say how much of it an initiative gets."""


def days_between(begin: datetime | None, end: datetime | None) -> float | None:
    """Elapsed days, fractional; None when one end is unknown. A negative span stays negative, for the caller to count."""
    if begin is None or end is None:
        return None
    return (end - begin).total_seconds() / 86400


def batch_days(counts: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """Return the positions of days that closed far too much to be work: more than max(20, mean + 6 sigma).

    A clean-up of a tracker closes dozens of items at once; such days say nothing about pace.
    """
    days = np.asarray(counts, dtype=np.float64)
    if not days.size:
        return []
    limit = max(BATCH_LEAST, float(days.mean() + BATCH_SIGMA * days.std()))
    return [int(i) for i in np.flatnonzero(days > limit)]


def without_batches(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[int]]:
    """Return the daily history with its batch days emptied, and their positions.

    Emptied, not cut out: cutting would shift the weekdays of everything before.
    """
    batches = batch_days(counts)
    clean = counts.copy()
    clean[batches] = 0
    return clean, batches


@dataclass(frozen=True)
class Visit:
    """A stay of an item in a state."""

    state: str
    category: str
    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.until - self.since).total_seconds() / 86400


def visits(created: datetime | None, transitions: Sequence[Mapping[str, Any]], until: datetime) -> list[Visit]:
    """Return every stay of an item, in order, the last one up to `until`; a finished state ends where it begins.

    `transitions` are sorted by time. The stay before the first one counts from `created`, when that is before.
    """
    found: list[Visit] = []
    if not transitions:
        return found
    first = transitions[0]
    if created is not None and created < first["occurred_at"]:
        found.append(Visit(first["from_state"] or "", first["from_category"] or "todo", created, first["occurred_at"]))
    for index, step in enumerate(transitions):
        category = step["to_category"] or ""
        end = transitions[index + 1]["occurred_at"] if index + 1 < len(transitions) else until
        if index + 1 == len(transitions) and category in ("done", "dropped"):
            end = step["occurred_at"]
        found.append(Visit(step["to_state"] or "", category, step["occurred_at"], max(end, step["occurred_at"])))
    return found


def time_in(stays: Iterable[Visit], by: str = "state") -> dict[str, float]:
    """Days by state (or category), every visit of it summed."""
    total: dict[str, float] = {}
    for stay in stays:
        key = stay.state if by == "state" else stay.category
        total[key] = total.get(key, 0.0) + stay.days
    return total


def begun_at(transitions: Sequence[Mapping[str, Any]]) -> datetime | None:
    """Return the first start after the last time that the item was un-started; None when it stands un-started.

    Source: Kanban Guide (2020): an item moved back past the commitment point loses the later dates.
    """
    begun: datetime | None = None
    for step in transitions:
        category = step["to_category"]
        if category in ("doing", "waiting"):
            begun = begun or step["occurred_at"]
        elif category == "todo":
            begun = None
    return begun


def flow_efficiency(stays: Iterable[Visit]) -> tuple[float, float]:
    """Return (active days, days in progress) of one item: waiting steps are in progress but not active."""
    total = time_in(stays, "category")
    doing, waiting = total.get("doing", 0.0), total.get("waiting", 0.0)
    return doing, doing + waiting


@dataclass(frozen=True)
class SharedScope(Scope):
    """Items of one initiative, counted in finishes of its whole team.

    Each finish of the team is the initiative's with chance `share`, so that n items take n + NegBin(n, share)
    finishes. This is the same as thinning the team's history, without rounding `share` to 1 in k.
    """

    share: float = 1.0

    def draw(self, rng: np.random.Generator, trials: int) -> Floats:
        """Finishes of the team that are needed, one number a trial."""
        if not 0 < self.share <= 1:
            raise BadInput(f"{self.share} is no share of a team.", "Give a share above 0, up to 1.")
        own = super().draw(rng, trials)
        if self.share == 1:
            return own
        others = rng.negative_binomial(np.maximum(own, 1), self.share)
        drawn: Floats = np.where(own > 0, own + others, 0.0)
        return drawn


@dataclass(frozen=True)
class Cause:
    """What an incident is tied to: a deployment or release, how sure, and why."""

    ref: str
    moment: datetime
    confidence: float
    why: str


def cause_of(began: datetime, candidates: Sequence[tuple[str, datetime]], of: str = "service") -> Cause | None:
    """Return the last deployment or release of the service before the incident, within the look-back limit.

    Confidence falls from 0.9 right after it to 0.3 at seven days; half of that where only the product is the same
    (`of="product"`). Beyond seven days the incident stays unlinked. `candidates` are (ref, moment).
    """
    near = [entry for entry in candidates if began - LOOK_BACK <= entry[1] <= began]
    if not near:
        return None
    ref, moment = max(near, key=lambda entry: entry[1])
    gap = (began - moment) / LOOK_BACK
    hours = (began - moment).total_seconds() / 3600
    confidence = (0.9 - 0.6 * gap) * (1 if of == "service" else 0.5)
    return Cause(ref, moment, round(confidence, 2), f"last of its {of}, {hours:.0f} hours before")


def percentile_of(value: float, history: Sequence[float]) -> float | None:
    """Share in per cent of the history that took at most this long; None without history."""
    if not history:
        return None
    return 100.0 * sum(one <= value for one in history) / len(history)


def reasons(counts: Mapping[str, int]) -> str:
    """Return why rows were left out: `7 never started, 1 finished before it began`; empty when none were."""
    return ", ".join(f"{count:,} {why}" for why, count in counts.items() if count)


FLOW = ("todo", "doing", "waiting", "done")
"""Categories in the order of work; `dropped` stands outside."""


def moves(item: Mapping[str, Any], transitions: Sequence[Mapping[str, Any]]) -> list[tuple[datetime, str | None, str]]:
    """Return an item's moves between categories as (moment, from, to), its arrival first (from None).

    An item without a history has the moves that its own dates tell. Consecutive moves always fit together, whatever
    the source says the earlier state was.
    """
    told = [(step["occurred_at"], step["to_category"] or "doing") for step in transitions]
    if not told:
        dates = (("todo", item["created_at"]), ("doing", item["started_at"]), ("done", item["done_at"]))
        told = sorted((moment, category) for category, moment in dates if moment is not None)
    elif item["created_at"] is not None and item["created_at"] < told[0][0]:
        told.insert(0, (item["created_at"], transitions[0]["from_category"] or "todo"))
    found: list[tuple[datetime, str | None, str]] = []
    before: str | None = None
    for moment, category in told:
        found.append((moment, before, category))
        before = category
    return found
