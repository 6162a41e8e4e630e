"""Inputs of a score, filled from evidence; what a person set instead stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callsheet.base.text import count
from callsheet.metrics import Facts, Period
from callsheet.roadmap.metrics.plans import demands, forecasts
from callsheet.roadmap.records import Initiative, ScoreInput
from callsheet.roadmap.rules import INPUTS, UNITS, confidence_from
from callsheet.stats.intervals import poisson
from callsheet.stats.rank import Input as RankInput
from callsheet.stats.rank import Range

WEEKS = 12
"""Weeks of a team's history that its pace is read from."""
LEVEL = 0.9
NO_EFFORT = (2.0, 4.0, 8.0)
NO_IMPACT = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Input:
    """One input: `amount` between `low` and `high` with 90% chance, what it rests on, and what was set instead."""

    name: str
    amount: float
    low: float
    high: float
    source: str
    words: str
    sample: int
    override: dict[str, Any] | None = field(default=None)

    @property
    def used(self) -> RankInput:
        """The value that the score is made of: the override where there is one."""
        amount, low, high = self.amount, self.low, self.high
        if self.override:
            amount = self.override["amount"]
            low, high = self.override["low"] or amount, self.override["high"] or amount
        return Range(low, high) if 0 < low < high else amount

    def plain(self) -> dict[str, Any]:
        """As pages and commands show it."""
        return {
            "input": self.name, "amount": self.amount, "low": self.low, "high": self.high, "unit": UNITS[self.name],
            "source": self.source, "evidence": self.words, "sample": self.sample, "override": self.override,
        }  # fmt: skip


class Evidence:
    """What is known about every initiative: demand from requests, effort from the pace of its team."""

    def __init__(self, facts: Facts, period: Period) -> None:
        self._ahead, self._wanted = forecasts(facts), demands(facts, period)
        self._pace = _finished_by_team(facts)
        self._set = {(row.initiative, row.input): row for row in facts.book.all(select(ScoreInput))}

    def inputs(self, row: Initiative) -> dict[str, Input]:
        """Return every input of one initiative."""
        wanted = self._wanted.get(row.id, {})
        found = (
            _reach(wanted), _impact(), _confidence(wanted), _effort(row, self._ahead.get(row.id, {}), self._pace),
            _demand(wanted),
        )  # fmt: skip
        return {one.name: self._with_override(row.id, one) for one in found if one.name in INPUTS}

    def _with_override(self, initiative: str, one: Input) -> Input:
        kept = self._set.get((initiative, one.name))
        if kept is None:
            return one
        names = ("amount", "low", "high", "reason", "by", "set_at")
        given = {name: getattr(kept, name) for name in names}
        return Input(one.name, one.amount, one.low, one.high, one.source, one.words, one.sample, given)


def _reach(wanted: dict[str, Any]) -> Input:
    accounts = int(wanted.get("accounts", 0))
    if not accounts:
        return Input("reach", 0.0, 0.0, 0.0, "feedback.demand", "no account has asked for it", 0)
    range_ = poisson(accounts, level=LEVEL)
    words = f"{count(accounts, 'account')} asked for it"
    return Input("reach", accounts, range_.low or 0.0, range_.high or 0.0, "feedback.demand", words, accounts)


def _impact() -> Input:
    low, amount, high = NO_IMPACT
    return Input("impact", amount, low, high, "", "no effect of a like initiative has been measured: medium", 0)


def _confidence(wanted: dict[str, Any]) -> Input:
    accounts = int(wanted.get("accounts", 0))
    amount = confidence_from(accounts)
    words = f"{count(accounts, 'account')} asking, which count as {amount:.0%}"
    return Input("confidence", amount, amount, amount, "feedback.demand", words, accounts)


def _effort(row: Initiative, ahead: dict[str, Any], pace: dict[str, int]) -> Input:
    left, done = ahead.get("left") or 0, pace.get(row.team, 0)
    if not left or not done:
        low, amount, high = NO_EFFORT
        missing = "no open work is linked to it" if not left else "its team has finished nothing in 12 weeks"
        return Input("effort", amount, low, high, "", f"{missing}: 4 weeks, give or take a half or a double", 0)
    rate = poisson(done, WEEKS, LEVEL)
    fast, slow = rate.high or done / WEEKS, rate.low or done / WEEKS
    words = f"{left} items left at {done / WEEKS:.1f} a week ({row.team}, {done} done in {WEEKS} weeks)"
    return Input("effort", left * WEEKS / done, left / fast, left / slow, "work", words, done)


def _demand(wanted: dict[str, Any]) -> Input:
    revenue, accounts = float(wanted.get("revenue", 0.0)), int(wanted.get("accounts", 0))
    words = f"a year, of {count(accounts, 'account')} behind {count(wanted.get('requests', 0), 'request')}"
    return Input("demand", revenue, revenue, revenue, "feedback.demand", words, accounts)


def _finished_by_team(facts: Facts) -> dict[str, int]:
    work, since = facts.work, facts.now - timedelta(weeks=WEEKS)
    done = work.filter((work.kind != "initiative") & (work.done_at >= since) & (work.done_at <= facts.now))
    found = facts.records(done.group_by("team").aggregate(finished=done.count()))
    return {row["team"]: row["finished"] for row in found if row["team"]}
