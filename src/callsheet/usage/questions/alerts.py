"""Rules of alerts, and what they say of a series. Only intervals that are over are judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from callsheet.base.errors import BadInput
from callsheet.stats.seasonal import LEAST, expected
from callsheet.usage.questions.common import Answer, Asked, Interval, Name, Span, Strict

SEASONS: dict[str, tuple[int, str]] = {
    "hour": (168, "the same hour of the same weekday"), "day": (7, "the same weekday"), "week": (1, "the weeks before"),
    "month": (1, "the months before"),
}  # fmt: skip
"""Interval -> how many make a season, and what is compared."""
HISTORY = 30
"""Judged intervals that are shown."""


class Threshold(Strict):
    """Fires when the amount, or its relative change from the interval before (0.2: a fifth more), is beyond a bound."""

    kind: Literal["threshold"]
    of: Literal["amount", "change"] = "amount"
    direction: Literal["above", "below"] = "below"
    bound: float


class Anomaly(Strict):
    """Fires when the amount is outside of what the last seasons (weeks, for days and hours) make one expect.

    `width` is in robust standard deviations. At least LEAST earlier seasons are needed. See `stats.seasonal`.
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


def span_for(rule: Rule, interval: Interval) -> Span:
    """Return the span of which a rule needs the series: HISTORY intervals, what they rest on, and the one under way."""
    season, _ = SEASONS[interval]
    back = season * rule.seasons if isinstance(rule, Anomaly) else 1
    return Span(last=HISTORY + back + 1)


def check(question: Asked, watched: Watched) -> None:
    """BadInput when an alert cannot watch this question."""
    if getattr(question, "kind", "") != "trends":
        raise BadInput("An alert watches a trend.", "Ask a question of the kind trends.")
    names = {chr(ord("A") + place) for place in range(len(getattr(question, "series", ())))}
    names |= set(getattr(question, "formulas", ()))
    if watched.series not in names:
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
    return [
        Judged(
            since=bucket.since,
            label=bucket.label,
            amount=amount,
            **_verdict(watched.rule, amounts, place, interval, counts),
        )
        for place, (bucket, amount) in enumerate(over)
        if place >= len(over) - HISTORY
    ]


def _is(line: Any, watched: Watched) -> bool:
    part = "value" if watched.group else ""
    named = line.series == watched.series and line.period == "current"
    return bool(named and line.part == part and line.group == watched.group)


def _verdict(
    rule: Rule, amounts: Sequence[float | None], place: int, interval: Interval, counts: bool
) -> dict[str, Any]:
    amount = amounts[place]
    if amount is None:
        return {"state": "no_data", "why": "nothing is known of this interval"}
    if isinstance(rule, Threshold):
        return _crossed(rule, amount, amounts[place - 1] if place else None)
    season, words = SEASONS[interval]
    found = expected(amounts, place, season=season, seasons=rule.seasons, width=rule.width, counts=counts)
    if found.low is None or found.high is None:
        return {"state": "no_data", "why": f"{words}: {found.seasons} known, {LEAST} are needed"}
    fell = amount < found.low and rule.direction != "above"
    rose = amount > found.high and rule.direction != "below"
    bounds = {"expected": found.amount, "low": found.low, "high": found.high}
    return {"state": "firing" if fell or rose else "ok", **bounds}


def _crossed(rule: Threshold, amount: float, before: float | None) -> dict[str, Any]:
    bound = rule.bound
    if rule.of == "change":
        if not before:
            return {"state": "no_data", "why": "nothing to compare with in the interval before"}
        bound = before + rule.bound * abs(before)
    beyond = amount > bound if rule.direction == "above" else amount < bound
    return {"state": "firing" if beyond else "ok", "high" if rule.direction == "above" else "low": bound}
