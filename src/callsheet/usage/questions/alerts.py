"""Rules of alerts, and what they say of a series. Only intervals that are over are judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput
from callsheet.base.text import count
from callsheet.stats.seasonal import LEAST, Expected, Table, expected, forecast, needed
from callsheet.usage.questions.common import Answer, Asked, Interval, Name, Span, Strict
from callsheet.usage.questions.formula import letter

SEASONS: dict[str, tuple[int, str]] = {
    "hour": (168, "the same hour of the same weekday"), "day": (7, "the same weekday"), "week": (1, "the weeks before"),
    "month": (1, "the months before"),
}  # fmt: skip
"""Interval -> how many make a season, and what is compared."""
_SPARE = {"hour": 2, "day": 0, "week": 0, "month": 0}
"""Further intervals: six weeks in which the clock changes have an hour more."""
ALONE = 12
"""Earlier weeks and months that are compared at least, as nothing else tells how much they vary."""
HISTORY = 30
"""Judged intervals that are shown."""


class Threshold(Strict):
    """Fires when the amount, or its relative change from the interval before (0.2: a fifth more), is beyond a bound."""

    kind: Literal["threshold"]
    of: Literal["amount", "change"] = "amount"
    direction: Literal["above", "below"] = "below"
    bound: float


class Anomaly(Strict):
    """Fires when the amount is outside of what the last seasons (weeks, for days and hours) and their trend make one
    expect. Hours are compared with the same hour of the local clock; weeks and months with at least twelve before.

    `width` is in standard deviations; 3.5 makes about 3 of 1,000 hours or days fire that are independent noise, and
    1 of 100 weeks or months. At least 4 earlier seasons are needed, 8 of weeks and months. See `stats.seasonal`.
    """

    kind: Literal["anomaly"]
    direction: Literal["both", "above", "below"] = "both"
    seasons: int = Field(default=6, ge=LEAST, le=26)
    width: float = Field(default=3.5, ge=1, le=20)


Rule: TypeAlias = Annotated[Threshold | Anomaly, Field(discriminator="kind")]
State: TypeAlias = Literal["ok", "firing", "no_data"]


class Watched(Strict):
    """What an alert watches: one line of a trend, by its series (a letter or a formula) and its group, and the rule."""

    series: Name = "A"
    group: Name = ""
    rule: Rule


class Judged(BaseModel):
    """An interval with what was seen and what was expected; bounds that there are not are null."""

    since: str
    label: str
    state: State
    amount: float | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""


def span_for(rule: Rule, interval: Interval, asked: Span | None = None) -> Span:
    """Return the span of which a rule needs the series: HISTORY intervals, what they rest on, and the one under way.
    Weeks begin as in the span `asked` for."""
    season, _ = SEASONS[interval]
    back = season * _seasons(rule, interval) + _SPARE[interval] if isinstance(rule, Anomaly) else 1
    return Span(last=HISTORY + back + 1, week=asked.week if asked else "monday")


def _seasons(rule: Anomaly, interval: Interval) -> int:
    return rule.seasons if SEASONS[interval][0] > 1 else max(ALONE, rule.seasons)


def check(question: Asked, watched: Watched) -> None:
    """BadInput when an alert cannot watch this question."""
    if getattr(question, "kind", "") != "trends":
        raise BadInput("An alert watches a trend.", "Ask a question of the kind trends.")
    if question.interval not in SEASONS:
        raise BadInput(f"An alert does not watch by {question.interval}s.", "Take an interval of an hour or longer.")
    names = {letter(place) for place in range(len(getattr(question, "series", ())))}
    names |= {text.strip() for text in getattr(question, "formulas", ())}
    if watched.series.strip() not in names:
        raise BadInput(f"The question has no series {watched.series!r}.", f"Series: {', '.join(sorted(names))}.")
    if bool(watched.group) != (question.breakdown is not None):
        raise BadInput("A line of a breakdown has a group, and any other has none.", "Give the group to watch.")


def judged(answer: Answer, watched: Watched, interval: Interval, counts: bool) -> list[Judged]:
    """Return the verdicts on the last HISTORY intervals that are over, oldest first."""
    found: Any = answer
    line = next((one for one in found.lines if _is(one, watched)), None)
    if line is None:
        return []
    known = str(getattr(answer, "known_since", ""))
    over = [
        (bucket, None if known and bucket.since < known else amount)
        for bucket, amount in zip(found.buckets, line.amounts, strict=True)
        if not bucket.partial
    ]
    amounts = [amount for _, amount in over]
    walls = [bucket.since for bucket, _ in over] if interval == "hour" else []
    return [
        Judged(
            since=bucket.since,
            label=bucket.label,
            amount=amount,
            **_verdict(watched.rule, amounts, place, interval, counts, walls),
        )
        for place, (bucket, amount) in enumerate(over)
        if place >= len(over) - HISTORY
    ]


def _is(line: Any, watched: Watched) -> bool:
    part = "value" if watched.group else ""
    named = line.series == watched.series.strip() and line.period == "current"
    return bool(named and line.part == part and line.group == watched.group)


def _verdict(
    rule: Rule, amounts: Sequence[float | None], place: int, interval: Interval, counts: bool, walls: Sequence[str]
) -> dict[str, Any]:  # fmt: skip
    amount = amounts[place]
    if amount is None:
        return {"state": "no_data", "why": "nothing is known of this interval"}
    if isinstance(rule, Threshold):
        return _crossed(rule, amount, amounts[place - 1] if place else None)
    found, silent = _expected(rule, amounts, place, interval, counts, walls)
    season, words = SEASONS[interval]
    if found.low is None or found.high is None:
        known = f"{words}: {found.seasons} known, {needed(season)} are needed"
        return {"state": "no_data", "why": f"{_silence(silent, interval)}; before that, {known}" if silent else known}
    fell = amount < found.low and rule.direction != "above"
    rose = amount > found.high and rule.direction != "below"
    bounds = {"expected": found.amount, "low": found.low, "high": found.high}
    return {"state": "firing" if fell or rose else "ok", **bounds}


def _expected(
    rule: Anomaly, amounts: Sequence[float | None], place: int, interval: Interval, counts: bool, walls: Sequence[str]
) -> tuple[Expected, int]:  # fmt: skip
    """What is expected, and how many intervals of 0 in a row end here where these make a season or more. Such a row
    says nothing of what things are like as they should be, so that it is no part of what is compared with."""
    season, _ = SEASONS[interval]
    first = place + 1
    while first and amounts[first - 1] == 0:
        first -= 1
    silent = place + 1 - first
    silent = silent if silent > season else 0
    known = [*amounts[:first], *[None] * silent] if silent else amounts
    seasons = _seasons(rule, interval)
    if walls:
        table = by_clock(known, walls, place, season, seasons)
        return forecast(table, every=24, width=rule.width, counts=counts), silent
    return expected(known, place, season=season, seasons=seasons, width=rule.width, counts=counts), silent


def by_clock(
    amounts: Sequence[float | None], walls: Sequence[str], place: int, season: int, seasons: int
) -> Table:  # fmt: skip
    """Return the earlier hours as `stats.seasonal.forecast` takes them, paired by what the local clock showed. An hour
    that the clock left out, or showed twice, has no amount."""
    clock = [datetime.fromisoformat(one).replace(tzinfo=None) for one in walls[: place + 1]]
    start = clock[place] - timedelta(hours=season * seasons)
    flat, seen = np.full(season * seasons, np.nan), np.zeros(season * seasons, dtype=np.int64)
    for moment, amount in zip(clock[:place], amounts, strict=False):
        at, rest = divmod(moment - start, timedelta(hours=1))
        if 0 <= at < flat.size and not rest:
            seen[at] += 1
            flat[at] = np.nan if amount is None or seen[at] > 1 else amount
    return flat.reshape(seasons, season)[::-1]


def _silence(silent: int, interval: Interval) -> str:
    """`nothing was counted for 5 weeks`."""
    unit, size = ("week", SEASONS[interval][0]) if interval in ("hour", "day") else (interval, 1)
    return f"nothing was counted for {count(silent // size, unit)}"


def _crossed(rule: Threshold, amount: float, before: float | None) -> dict[str, Any]:
    bound = rule.bound
    if rule.of == "change":
        if not before:
            return {"state": "no_data", "why": "nothing to compare with in the interval before"}
        bound = before + rule.bound * abs(before)
    beyond = amount > bound if rule.direction == "above" else amount < bound
    return {"state": "firing" if beyond else "ok", "high" if rule.direction == "above" else "low": bound}
