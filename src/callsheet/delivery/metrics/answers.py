"""Forecasts on request: when so many items will be done, how many by a day, each with its back-test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from callsheet.base.errors import BadInput, NotFound
from callsheet.base.time import local_date
from callsheet.delivery.metrics.finishes import replayed, summary
from callsheet.delivery.metrics.forecast import TeamPace, finish_days, team_pace
from callsheet.delivery.rules import SharedScope
from callsheet.metrics import Facts
from callsheet.stats.backtest import recalibrated_days, recalibrated_items
from callsheet.stats.montecarlo import PERCENTILES, When, chance_text, how_many, when


@dataclass(frozen=True)
class Asked:
    """What a "when" is asked about: a team's items, or an initiative's with its share of the team."""

    team: str
    low: float
    high: float
    split_low: float = 1.0
    split_high: float = 1.0
    share: float = 1.0
    initiative: str = ""

    @property
    def scope(self) -> SharedScope:
        """The scope to simulate."""
        return SharedScope(self.low, self.high, self.split_low, self.split_high, share=self.share)


def asked_about(
    facts: Facts, team: str, items: float | None, most: float | None, split: tuple[float, float], initiative: str
) -> Asked:
    """Read a question: `items` to `most` items of a team, or (without `items`) what is left of an initiative."""
    share = 1.0
    if initiative:
        row = next(
            (row for row in facts.read.report("delivery.initiatives").rows if row["initiative"] == initiative), None
        )
        if row is None:
            raise NotFound(f"No work is linked to the initiative {initiative}.", "Link its items, or name a team.")
        if row["why_not"] and row["left"] and not row["share"]:
            raise BadInput(
                f"{initiative} has no forecast: {row['why_not']}.", "Start one of its items, or ask about a team."
            )
        team, items, share = row["team"], items or row["left"], row["share"] or 1.0
    if not items or items < 1:
        raise BadInput("There is nothing to forecast.", "Give items, 1 or more.")
    high = items if most is None else most
    if high < items or not 0 < split[0] <= split[1]:
        raise BadInput("A range is upside down.", "Give items <= items_high, and 0 < split_low <= split_high.")
    return Asked(team, items, high, *split, share=share, initiative=initiative)


def forecast_when(facts: Facts, asked: Asked) -> tuple[TeamPace, When]:
    """Forecast when the items are done, counted from today."""
    pace = team_pace(facts, asked.team)
    result = when(pace.history.recent, asked.scope, local_date(facts.now, facts.zone))
    return pace, result


def when_answer(facts: Facts, asked: Asked, by: date | None) -> dict[str, Any]:
    """Return the forecast with dates, chances, back-test and what it rests on."""
    pace, result = forecast_when(facts, asked)
    fixed = recalibrated_days(pace.test, result) if pace.test and result.days else {}
    chance = result.chance(by) if by else None
    return {
        "team": asked.team, "initiative": asked.initiative, "items": asked.low, "items_high": asked.high,
        "share": asked.share, "split_low": asked.split_low, "split_high": asked.split_high,
        "after": result.after.isoformat(), "why_not": result.basis.why,
        "percentiles": [
            {"chance": p, "days": result.days[p], "date": _iso(result.dates[p]), "recalibrated_days": fixed.get(p)}
            for p in PERCENTILES if p in result.days
        ],
        "by": by.isoformat() if by else None, "chance": chance, "chance_text": chance_text(chance) if by else "",
        "finish_days": finish_days(result), **_rests_on(pace), "notes": list(result.basis.notes),
        "backtest": summary(pace.test),
    }  # fmt: skip


def how_many_answer(facts: Facts, team: str, until: date) -> dict[str, Any]:
    """Return how many items the team finishes up to and with a day, with its back-test."""
    pace = team_pace(facts, team)
    today = local_date(facts.now, facts.zone)
    if until <= today:
        raise BadInput(f"{until} is not after today, {today}.", "Choose a day ahead.")
    result = how_many(pace.history.recent, today, until)
    test = replayed(pace.history, "how many")
    fixed = recalibrated_items(test, result) if test and result.at_least else {}
    return {
        "team": team, "after": today.isoformat(), "until": until.isoformat(), "why_not": result.basis.why,
        "percentiles": [
            {"chance": p, "items": result.at_least[p], "recalibrated_items": fixed.get(p)}
            for p in PERCENTILES if p in result.at_least
        ],
        **_rests_on(pace), "notes": list(result.basis.notes), "backtest": summary(test),
    }  # fmt: skip


def curve(result: When) -> list[tuple[str, float]]:
    """Return the chance to be done by each day, up to the last simulated one within a year past the 95% day."""
    if not result.outcomes.size or result.days[95] is None:
        return []
    last = min(int(result.outcomes[-1]), result.days[95] + 7)
    days = [result.after + timedelta(days=n) for n in range(last + 1)]
    return [(day.isoformat(), result.chance(day) or 0.0) for day in days]


def kept_dates(result: When) -> dict[int, date]:
    """Return the dates at 50, 85 and 95%; BadInput when the forecast has none to promise."""
    found = {p: day for p in (50, 85, 95) if (day := result.dates.get(p)) is not None}
    if len(found) < 3:
        raise BadInput(
            f"There is no forecast to keep: {result.basis.why or 'it reaches beyond ten years'}.",
            "Wait for more history, or ask about fewer items.",
        )
    return found


def _rests_on(pace: TeamPace) -> dict[str, Any]:
    history = pace.history
    return {
        "sample_days": int(history.recent.size), "finished": int(history.recent.sum()), "per_week": pace.per_week,
        "left_out": history.left_out, "left_out_why": history.note,
    }  # fmt: skip


def _iso(day: date | datetime | None) -> str | None:
    return day.isoformat() if day else None
