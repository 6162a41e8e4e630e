"""The daily history of finishes, its batches, and forecasts from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from callsheet.base.text import count, joined, short_day
from callsheet.base.time import Period, day_start, local_date, local_day
from callsheet.delivery.metrics.spans import items
from callsheet.delivery.rules import without_batches
from callsheet.metrics import Facts
from callsheet.stats.backtest import BackTest, Kind, back_test

WINDOW = 180
"""Days of history that a forecast draws from."""
HISTORY = 540
"""Days of history that a back-test may replay."""
NOTHING = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Finishes:
    """Finishes per local day up to and with `last`, oldest first, with batch days emptied (`batches` names them)."""

    last: date
    counts: NDArray[np.int64]
    batches: tuple[tuple[date, int], ...] = ()

    @property
    def recent(self) -> NDArray[np.int64]:
        """The last 180 days."""
        return self.counts[-WINDOW:]

    @property
    def left_out(self) -> int:
        """Items closed in batches."""
        return sum(closed for _, closed in self.batches)

    @property
    def note(self) -> str:
        """Which days were left out as batches; empty when none were."""
        if not self.batches:
            return ""
        days = joined([f"{short_day(day)} ({closed} items)" for day, closed in self.batches])
        return f"{count(len(self.batches), 'day')} closed a batch: {days}"


def daily(facts: Facts, until: datetime, days: int = HISTORY) -> Finishes:
    """Return the finishes per day of the scope, from its first finish (at most `days` ago) up to now."""
    end = min(until, facts.now)
    last = local_date(end, facts.zone)
    since = day_start(last - timedelta(days=days - 1), facts.zone)
    work = items(facts)
    kept = work.category.isnull() | (work.category != "dropped")
    done = work.filter((work.done_at >= since) & (work.done_at <= end) & kept)
    dated = done.mutate(day=local_day(done.done_at, facts.zone, since, end))
    by_day = dated.group_by("day").agg(n=dated.count())
    return of_days({row["day"]: row["n"] for row in facts.records(by_day)}, last)


def of_days(found: dict[date, int], last: date) -> Finishes:
    """Return a history from counts by day; days without a finish are zeros."""
    if not found:
        return Finishes(last, NOTHING)
    first = min(found)
    counts = np.zeros((last - first).days + 1, dtype=np.int64)
    for day, closed in found.items():
        counts[(day - first).days] = closed
    clean, batches = without_batches(counts)
    return Finishes(last, clean, tuple((first + timedelta(days=i), int(counts[i])) for i in batches))


def replayed(history: Finishes, kind: Kind = "when", items_left: int | None = None) -> BackTest | None:
    """Return how often such forecasts held in this history; None when it is too short to be replayed."""
    return back_test(history.counts, kind=kind, items=items_left, window=WINDOW) if history.counts.size else None


def coverage85(test: BackTest | None) -> float | None:
    """Return the share of 85% promises that were kept, None without origins."""
    return test.coverage[85].held if test else None


def noted(history: Finishes, period: Period) -> str:
    """Return the note on batches that fall in the period."""
    inside = tuple(entry for entry in history.batches if period.since.date() <= entry[0] <= period.until.date())
    return Finishes(history.last, NOTHING, inside).note


def summary(test: BackTest | None) -> dict[str, Any]:
    """Return a back-test in plain numbers, for the API."""
    if test is None:
        return {"origins": 0, "left_out": 0, "left_out_why": None, "brier": None, "coverage": {}}
    return {
        "origins": test.origins, "left_out": test.left_out, "left_out_why": test.left_out_why, "brier": test.brier,
        "coverage": {
            str(p): {"held": kept.held, "low": kept.low, "high": kept.high, "n": kept.n, "honest": kept.honest}
            for p, kept in test.coverage.items()
        },
    }  # fmt: skip
