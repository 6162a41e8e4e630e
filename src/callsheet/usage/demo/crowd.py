"""The sample company's customers and what they do: visits of several events each, the same for the same company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callsheet.model.sample import SIZES, WEEKS, Company
from callsheet.usage.demo.launches import Launch, launches
from callsheet.usage.demo.words import EVENTS, FIRST, NEXT, PLACE
from callsheet.usage.demo.writing import Rows, Writing

CHUNK = 500_000
DAY = 86_400
NOTICE_DAYS = (16, 23, 30)
"""Days between an account's last week and its leaving."""
MEAN = 3.5
"""Events of a visit, about."""
MOST = 18
SHORT, GOES_ON = 0.2, 0.68
"""How many visits are one event long, and how often another event follows later on."""
FADE = 1 / 10
"""Accounts that fade away (a story): fewer and fewer come, then nobody any more, and some weeks later they leave."""
FADING = 6
"""Weeks over which they become fewer."""
VISITORS = 6
"""Visitors of the website for each new customer among them."""
Ints = NDArray[np.int64]
_FEATURES = dict(EVENTS)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Visits: who comes, at which second since the history begins, in which order."""

    who: Ints
    second: Ints


class Crowd:
    """Accounts and people with Zipf activity, each present in some weeks and away in others.

    Moments are whole seconds since `company.begins`.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.rng = company.rng("usage")
        self.size = SIZES[company.size][1]
        self.begins = company.begins
        self.span = int((company.today - self.begins).total_seconds())
        users, accounts = company.users, company.accounts
        place = {row["account_id"]: index for index, row in enumerate(accounts)}
        self.account_of: Ints = np.array([place[row["account_id"]] for row in users])
        self.created: Ints = np.array([self._seconds(row["created_at"]) for row in users])
        self.invited = np.array([row["role"] != "admin" for row in users])
        self.accounts, self.persons = len(accounts), len(users)
        self.weights = self._weights()
        self.ends: Ints = np.full(self.accounts, WEEKS)
        self.there = self._presence(self.span // (7 * DAY) + 1)
        self.last_seen: Ints = np.full(self.accounts, -1)
        self.writing = Writing(company, self.account_of)

    def events(self) -> Iterator[pa.Table]:
        """Yield all events, in tables of at most CHUNK rows; their number is the company's size."""
        first = self._sign_ups()
        yield first
        reserve = self.size // 5
        left = self.size - reserve - first.num_rows
        while left > 0:
            amount = min(CHUNK, left)
            yield self._usual(amount)
            left -= amount
        plans = sorted(self.company.plans, key=lambda plan: -(plan.release or 0))
        launched = [table for plan in plans for table in self._launch(plan.feature)]
        yield from launched
        left = reserve - sum(table.num_rows for table in launched)
        recent = self.last_seen >= self.span - 4 * DAY
        while left > 0:
            amount = min(CHUNK, left)
            yield self._usual(amount, only=recent)
            left -= amount

    def churned(self, account: int) -> datetime | None:
        """Return when an account that fades away left: some weeks after its people stopped coming; None if not yet."""
        if self.ends[account] >= WEEKS:
            return None
        left = self.begins + timedelta(
            days=7 * int(self.ends[account]) + NOTICE_DAYS[account % len(NOTICE_DAYS)], hours=10
        )
        return left if left < self.company.today else None

    def _seconds(self, moment: datetime) -> int:
        return int((moment - self.begins).total_seconds())

    def _weights(self) -> NDArray[np.float64]:
        by_account = (self.rng.permutation(self.accounts) + 1.0) ** -0.6
        rank = np.concatenate([np.arange(size) for size in np.bincount(self.account_of, minlength=self.accounts)])
        weights = by_account[self.account_of] * (rank + 1.0) ** -0.8
        return np.asarray(weights / weights.sum())

    def _presence(self, weeks: int) -> NDArray[np.bool_]:
        """Return who is there in which week: people and accounts by habit, and some accounts fade away (a story)."""
        accounts, persons = self.accounts, self.persons
        person = self.rng.random((persons, weeks)) < self.rng.beta(4, 1.6, size=persons)[:, None]
        account = self.rng.random((accounts, weeks)) < self.rng.beta(14, 0.8, size=accounts)[:, None]
        ends = np.where(self.rng.random(accounts) < FADE, self.rng.integers(weeks // 5, weeks, accounts), weeks)
        if self.company.has("fading_accounts"):
            self.ends = np.asarray(ends, dtype=np.int64)
            left = np.clip((ends[:, None] - np.arange(weeks)[None, :]) / FADING, 0, 1)
            left = np.where(ends[:, None] < weeks, left, 1.0)[self.account_of]
            person &= self.rng.random((persons, weeks)) < left
        return np.asarray(person & account[self.account_of])

    def _usual(self, amount: int, only: NDArray[np.bool_] | None = None) -> pa.Table:
        """Draw everyday visits: weekdays are busier than week-ends, and use grows by half over the history."""
        visits = self._visits(int(amount / MEAN * 1.1) + 200, only)
        lengths = self._lengths(visits.who.size)
        while int(lengths.sum()) < amount + MOST:
            more = self._visits(int((amount + MOST - lengths.sum()) / MEAN * 1.2) + 200, only)
            visits = Drawn(np.concatenate([visits.who, more.who]), np.concatenate([visits.second, more.second]))
            lengths = np.concatenate([lengths, self._lengths(more.who.size)])
        rows = self._course(visits, lengths)
        return self._written(rows.first(amount))

    def _visits(self, amount: int, only: NDArray[np.bool_] | None) -> Drawn:
        cumulated, days = self._cumulated(only)
        persons, seconds, found = [], [], 0
        while found < amount:
            batch = int((amount - found) * 1.9) + 1000
            who = np.searchsorted(cumulated, self.rng.random(batch))
            day = np.searchsorted(days, self.rng.random(batch))
            hour = np.clip(self.rng.normal(12.6, 2.9, batch), 5, 22.5)
            second = (day * DAY + hour * 3600 + self.rng.integers(0, 60, batch)).astype(np.int64)
            fine = (second < self.span) & (second >= self.created[who] + 3600)
            fine[fine] = self.there[who[fine], second[fine] // (7 * DAY)]
            persons.append(who[fine])
            seconds.append(second[fine])
            found += int(fine.sum())
        return Drawn(np.concatenate(persons)[:amount], np.concatenate(seconds)[:amount])

    def _cumulated(self, only: NDArray[np.bool_] | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        weights = self.weights if only is None else self.weights * only[self.account_of]
        day = np.arange(WEEKS * 7 + 1)
        weekday = (self.begins.weekday() + day) % 7
        busy = np.array([1.0, 1.06, 1.08, 1.02, 0.88, 0.16, 0.14])[weekday] * (1 + 0.5 * day / day[-1])
        return np.cumsum(weights) / weights.sum(), np.cumsum(busy) / busy.sum()

    def _lengths(self, amount: int) -> Ints:
        longer = 1 + self.rng.geometric(1 - GOES_ON, amount)
        return np.where(self.rng.random(amount) < SHORT, 1, np.minimum(longer, MOST)).astype(np.int64)

    def _course(self, visits: Drawn, lengths: Ints) -> Rows:
        """Let each visit take its course: what follows what, with seconds to minutes between."""
        starts = np.cumsum(lengths) - lengths
        kinds = np.zeros(int(lengths.sum()), dtype=np.int64)
        kinds[starts] = np.searchsorted(np.cumsum(FIRST), self.rng.random(lengths.size))
        chances = np.cumsum(np.array(NEXT), axis=1)
        for step in range(1, int(lengths.max(initial=1))):
            at = starts[lengths > step] + step
            draw = self.rng.random(at.size)[:, None]
            kinds[at] = np.minimum((chances[kinds[at - 1]] < draw).sum(axis=1), len(EVENTS) - 1)
        gaps = np.clip(self.rng.lognormal(3.8, 1.1, kinds.size), 2, 1500).astype(np.int64)
        gaps[starts] = 0
        elapsed = np.cumsum(gaps)
        elapsed -= np.repeat(elapsed[starts], lengths)
        second = np.repeat(visits.second, lengths) + elapsed
        rows = Rows(np.repeat(visits.who, lengths), second, kinds, np.repeat(np.arange(lengths.size), lengths))
        return rows.where(second < self.span)

    def _sign_ups(self) -> pa.Table:
        """Draw the first visits of people who came within the history, nameless until they signed up, and those of
        visitors who never did."""
        new = np.flatnonzero((self.created >= 0) & (self.created < self.span - 3600))
        new = new[self.created[new] // (7 * DAY) < self.ends[self.account_of[new]]]
        parts = [[PLACE["$pageview", "/invite"]] if self.invited[one] else self._pages(sign_up=True) for one in new]
        asked, invited = PLACE["signed_up", "asked"], PLACE["signed_up", "invited"]
        ends = [[PLACE["$identify", ""], invited if self.invited[one] else asked, 1] for one in new]
        strangers = VISITORS * int((~self.invited[new]).sum())
        parts = [pages + end for pages, end in zip(parts, ends, strict=True)]
        parts += [self._pages(sign_up=False) for _ in range(strangers)]
        _, days = self._cumulated(None)
        day = np.searchsorted(days, self.rng.random(strangers))
        seconds = (day * DAY + np.clip(self.rng.normal(14, 4, strangers), 0, 23) * 3600).astype(np.int64)
        seconds = np.minimum(seconds, self.span - 7200)
        nobody = -1 - np.arange(strangers)  # each is somebody else, and nobody's user
        lengths = np.array([len(part) for part in parts])
        starts = np.cumsum(lengths) - lengths
        kinds = np.concatenate([np.array(part, dtype=np.int64) for part in parts])
        gaps = self.rng.integers(5, 150, kinds.size)
        gaps[starts] = 0
        gaps[np.flatnonzero(np.isin(kinds, (asked, invited)))] = 0  # at once with being known
        elapsed = np.cumsum(gaps) - np.repeat(np.cumsum(gaps)[starts], lengths)
        who = np.repeat(np.concatenate([new, nobody]), lengths)
        second = np.repeat(np.concatenate([self.created[new], seconds]), lengths) + elapsed
        return self._written(Rows(who, second, kinds, np.repeat(np.arange(lengths.size), lengths)))

    def _pages(self, sign_up: bool) -> list[int]:
        between = [page for page, often in (("/templates", 0.3), ("/pricing", 0.5)) if self.rng.random() < often]
        end = ["/sign-up"] if sign_up or self.rng.random() < 0.12 else []
        return [PLACE["$pageview", page] for page in ("/", *between, *end)]

    def _launch(self, feature: str) -> Iterator[pa.Table]:
        """Yield the uses of a released feature, by exactly the share of accounts active since its release."""
        plan, fate = self.company.plan(feature), launches(self.company).get(feature)
        release = self.company.release_of(plan)
        if fate is None or release is None:
            return
        start = self._seconds(release[1])
        eligible = np.flatnonzero(self.last_seen >= start)
        chosen = self.rng.choice(eligible, size=round(fate.tries * eligible.size), replace=False)
        yield self._written(self._within_visits(*self._uses(fate, chosen, start), PLACE[fate.event, ""]))

    def _uses(self, fate: Launch, chosen: Ints, start: int) -> tuple[Ints, Ints]:
        """Return who of the chosen accounts uses a feature when: once, or again and again."""
        room = self.span - start - 60
        wait = self.rng.exponential(fate.days * DAY, chosen.size) % (0.9 * room)
        first = start + 60 + wait.astype(np.int64)
        keeps = self.rng.random(chosen.size) < fate.keeps
        oldest = np.lexsort((self.created, self.account_of))
        first_person = oldest[np.searchsorted(self.account_of[oldest], chosen)]
        late = np.maximum(first, self.created[first_person])  # who was there first tries it first
        who, second, usual = [first_person], [late], 0.2 * room / DAY
        for account, begin, kept in zip(chosen, late, keeps, strict=True):
            until = self.span if kept else min(self.span, begin + 5 * DAY)
            uses = int(self.rng.poisson(1 + usual if kept else 1.2))
            if kept and begin + 8 * DAY < self.span:
                again = self.rng.integers(begin + 7 * DAY, self.span, max(1, uses))
            else:
                again = self.rng.integers(begin, max(begin + 1, until), uses)
            again = self._by_day(again, int(begin))
            people = np.flatnonzero((self.account_of == account) & (self.created <= begin))
            who.append(self.rng.choice(people, again.size) if people.size else np.full(again.size, first_person[0]))
            second.append(again)
        return np.concatenate(who), np.concatenate(second)

    def _within_visits(self, who: Ints, second: Ints, kind: int) -> Rows:
        """Put each use into a visit like any other: people come for their work, not for a feature."""
        begins = np.maximum(second - self.rng.integers(8, 200, who.size), self.created[who])
        course = self._course(Drawn(who, begins), self._lengths(who.size))
        visits = np.arange(who.size)
        both = Rows(
            np.concatenate([course.who, who]), np.concatenate([course.second, second]),
            np.concatenate([course.kind, np.full(who.size, kind)]), np.concatenate([course.visit, visits]),
        )  # fmt: skip
        return both.by_visit()

    def _by_day(self, moments: Ints, begin: int) -> Ints:
        """Move moments into working hours of their day, where that stays after `begin` and before now."""
        hours = np.clip(self.rng.normal(12.6, 2.9, moments.size), 5, 22.9)
        moved = moments // DAY * DAY + (hours * 3600).astype(np.int64)
        return np.where((moved > begin) & (moved < self.span), moved, moments)

    def _written(self, rows: Rows) -> pa.Table:
        known = rows.who >= 0
        np.maximum.at(self.last_seen, self.account_of[rows.who[known]], rows.second[known])
        return self.writing.table(rows)
