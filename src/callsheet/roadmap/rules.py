"""Pure rules: stages and how far along they are, promises and their chance, inputs of a score, progress."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from callsheet.base.time import day_start, local_date

STAGES = ("now", "next", "later", "done", "dropped")
OPEN = ("now", "next", "later")
INPUTS = ("reach", "impact", "confidence", "effort", "demand")
UNITS = {"reach": "accounts", "impact": "", "confidence": "", "effort": "team weeks", "demand": "money"}
IMPACTS = (3.0, 2.0, 1.0, 0.5, 0.25)
"""Massive, high, medium, low, minimal. Source: Intercom (McBride 2016)."""
ON_PACE = 0.85
TIMES = {1: "once", 2: "twice"}
SPACE = 1024.0
"""Distance between two cards of a column."""

_LADDER: dict[str, tuple[str, float]] = {
    "later": ("later", 0), "future": ("later", 0), "backlog": ("later", 0), "idea": ("later", 0),
    "someday": ("later", 0),
    "open": ("later", 0), "todo": ("later", 0), "proposed": ("later", 0), "draft": ("later", 0),
    "next": ("next", 1), "near-term": ("next", 1), "planned": ("next", 1), "up next": ("next", 1), "ready": ("next", 1),
    "selected": ("next", 1), "accepted": ("next", 1),
    "now": ("now", 2), "current": ("now", 2), "in progress": ("now", 2), "started": ("now", 2), "doing": ("now", 2),
    "active": ("now", 2), "in review": ("now", 2.5), "preview": ("now", 2.5), "beta": ("now", 2.5),
    "done": ("done", 3), "released": ("done", 3), "shipped": ("done", 3), "completed": ("done", 3),
    "final": ("done", 3),
    "closed": ("done", 3), "resolved": ("done", 3),
    "dropped": ("dropped", -1), "removed": ("dropped", -1), "cancelled": ("dropped", -1), "canceled": ("dropped", -1),
    "rejected": ("dropped", -1), "declined": ("dropped", -1), "withdrawn": ("dropped", -1), "won't do": ("dropped", -1),
}  # fmt: skip
_BY_CATEGORY = {"todo": ("later", 0.0), "doing": ("now", 2.0), "waiting": ("now", 2.0), "done": ("done", 3.0),
                "dropped": ("dropped", -1.0)}  # fmt: skip


def _step(state: str | None, category: str | None = None) -> tuple[str, float] | None:
    word = (state or "").strip().lower().replace("_", " ")
    return _LADDER.get(word) or _LADDER.get(word.replace(" ", "-")) or _BY_CATEGORY.get(category or "")


def stage_of(state: str | None, category: str | None = None) -> str:
    """Return the stage that a tool's state stands for: by its words, else its category, else `later`."""
    known = _step(state, category)
    return known[0] if known else "later"


def direction(
    before: str | None, after: str | None, before_category: str | None = None, after_category: str | None = None
) -> str:
    """Return how a change of state points: `back`, `forward`, `dropped`, `same`, or `new` for the first one.

    A state further from done than the one before is `back`. A dropped one that comes again is `forward`.
    """
    if not before:
        return "new"
    old, new = _step(before, before_category), _step(after, after_category)
    if new and new[0] == "dropped":
        return "same" if old and old[0] == "dropped" else "dropped"
    if not old or not new or old[1] == new[1]:
        return "same"
    return "back" if new[1] < old[1] else "forward"


def promise_end(promised: datetime, zone: str) -> datetime:
    """Return the moment at which a promise falls due: the end of its local day."""
    return day_start(local_date(promised, zone) + timedelta(days=1), zone)


def kept(promised: datetime, done: datetime | None, zone: str) -> bool:
    """Whether it was done before the promised day was over."""
    return done is not None and done < promise_end(promised, zone)


def chance(finish_days: Sequence[float | None], promised: datetime, now: datetime, zone: str) -> float | None:
    """Return the share of the forecast's outcomes that lie within the promised day; None without a forecast.

    `finish_days` are equally likely days from now (percentiles 1 to 99 of a simulation); None is never.
    """
    if not finish_days:
        return None
    left = (promise_end(promised, zone) - now).total_seconds() / 86400
    return sum(day is not None and day <= left for day in finish_days) / len(finish_days)


def moved_days(before: datetime | None, after: datetime | None) -> int | None:
    """Return by how many days a promise moved (later is positive); None when it was made or withdrawn."""
    if before is None or after is None:
        return None
    return round((after - before).total_seconds() / 86400)


def confidence_from(accounts: int) -> float:
    """Return the confidence that so many asking accounts carry: 20 or more 100%, 8 or more 80%, else 50%.

    The levels are Intercom's (McBride 2016); the bounds are this program's, to be overridden with a reason.
    """
    return 1.0 if accounts >= 20 else 0.8 if accounts >= 8 else 0.5


def progress(baseline: float, target: float, now: float | None) -> float | None:
    """Return the share of the way from baseline to target, in either direction; below 0 is the wrong way."""
    if now is None or target == baseline:
        return None
    return (now - baseline) / (target - baseline)


def between(below: float | None, above: float | None) -> float:
    """Return a position between two cards; None is the end of the column."""
    if below is None and above is None:
        return SPACE
    if below is None:
        return (above or 0.0) - SPACE
    return below + SPACE if above is None else (below + above) / 2


def why(chance_now: float | None, review_share: float | None, added: int | None, moves: int, bottleneck: float) -> str:
    """Return in a few words what a forecast suffers from: `review wait 61%; scope +4 this month`.

    A chance of 85% or more is `on pace`, whatever else holds.
    """
    if chance_now is not None and chance_now >= ON_PACE:
        return "on pace"
    found = []
    if review_share is not None and review_share > bottleneck:
        found.append(f"review wait {review_share:.0%}")
    if added is not None and added > 0:
        found.append(f"scope +{added} this month")
    if moves:
        found.append(f"moved {TIMES.get(moves, f'{moves} times')}")
    return "; ".join(found) or ("no promise" if chance_now is None else "less work done than planned")
