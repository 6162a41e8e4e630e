"""Forecasts from a team's own finishes: how long an initiative will take, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from callsheet.delivery.metrics.finishes import Finishes, coverage85, daily, replayed
from callsheet.delivery.metrics.spans import items
from callsheet.delivery.rules import FOCUS_DAYS, SharedScope
from callsheet.metrics import Facts
from callsheet.stats.backtest import BackTest
from callsheet.stats.montecarlo import When, percentile_days, when

LEAST_STARTS = 5
"""Items that a team must have begun lately before their mix says anything."""


@dataclass(frozen=True)
class TeamPace:
    """A team's daily finishes, and how forecasts from them held."""

    history: Finishes
    test: BackTest | None

    @property
    def per_week(self) -> float:
        """Items finished in a week, over the history that forecasts draw from."""
        recent = self.history.recent
        return float(recent.mean() * 7) if recent.size else 0.0


def team_pace(facts: Facts, team: str) -> TeamPace:
    """Read the pace of a team (empty: of everything in scope)."""
    scope = {**facts.scope, **({"team": team} if team else {})}
    narrowed = Facts(facts.workspace, facts.read, scope)
    history = daily(narrowed, facts.now)
    return TeamPace(history, replayed(history))


def focus(facts: Facts, moment: datetime) -> dict[str, list[str]]:
    """Return the items that each team began in the 28 days before: what it works on is what it will finish.

    An item without a known start counts when it was finished.
    """
    work = items(facts)
    begun = work.mutate(touched_at=work.started_at.coalesce(work.done_at))
    recent = begun.filter((begun.touched_at >= moment - timedelta(days=FOCUS_DAYS)) & (begun.touched_at < moment))
    found: dict[str, list[str]] = {}
    for row in facts.records(recent.select("team", "item_id")):
        found.setdefault(row["team"] or "", []).append(row["item_id"])
    return found


@dataclass(frozen=True)
class Outlook:
    """The forecast of one initiative; `why_not` says why there is none."""

    share: float | None
    result: When | None
    why_not: str


def outlook(pace: TeamPace, left: int, own: set[str], began: list[str]) -> Outlook:
    """Forecast `left` items that get the share of the team's finishes which they have among its recent starts."""
    if left < 1:
        return Outlook(None, None, "nothing left")
    if len(began) < LEAST_STARTS:
        return Outlook(None, None, f"the team began only {len(began)} items in {FOCUS_DAYS} days")
    share = sum(item in own for item in began) / len(began)
    if share == 0:
        return Outlook(0.0, None, f"none of its items was begun in the last {FOCUS_DAYS} days")
    result = when(pace.history.recent, SharedScope(left, left, share=share), pace.history.last, seed=len(own))
    return Outlook(share, None if result.basis.why else result, result.basis.why or "")


def finish_days(result: When | None) -> list[int | None]:
    """Return the days from now by which 1%, 2% .. 99% of the trials are done; None beyond ten years, [] with no trials."""
    return [percentile_days(result.outcomes, p / 100) for p in range(1, 100)] if result and result.outcomes.size else []


def numbers(found: Outlook, pace: TeamPace) -> dict[str, Any]:
    """Return an outlook in plain numbers."""
    days = finish_days(found.result)
    share = found.share or 0.0
    return {
        "items_per_week": pace.per_week * share if found.share is not None else None,
        **{f"p{p}_days": days[p - 1] if days else None for p in (50, 85, 95)},
        "finish_days": days, "sample_days": int(pace.history.recent.size),
        "active_days": int(np.count_nonzero(pace.history.recent)), "coverage85": coverage85(pace.test),
        "origins": pace.test.origins if pace.test else 0, "why_not": found.why_not,
    }  # fmt: skip
