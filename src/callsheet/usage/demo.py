"""The sample company's customers and what they do: vectorised, the same for the same company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from callsheet.model.actor import Actor
from callsheet.model.sample import PRODUCT, SIZES, WEEKS, Company
from callsheet.store.book import Book
from callsheet.usage.actions import add_feature
from callsheet.usage.actions.alerts import add_alert
from callsheet.usage.actions.annotations import add_annotation
from callsheet.usage.actions.cohorts import add_cohort
from callsheet.usage.actions.reports import add_board, add_report

CHUNK = 500_000
DAY = 86_400
NOTICE_DAYS = (16, 23, 30)
"""Days between an account's last week and its leaving."""
Ints = NDArray[np.int64]
EVENTS: tuple[tuple[str, str | None, float], ...] = (
    ("signed_in", None, 0.16), ("board_opened", "board", 0.20), ("card_created", "board", 0.11),
    ("card_moved", "board", 0.15), ("comment_added", "comments", 0.11), ("search_run", "search", 0.09),
    ("notification_opened", None, 0.06), ("report_opened", "reports", 0.06), ("file_attached", None, 0.03),
    ("member_invited", None, 0.01), ("settings_changed", None, 0.01), ("export_downloaded", "reports", 0.01),
)  # fmt: skip
"""Event, its feature, and how often it happens (weights)."""
OLD = {
    "board": ("Board", "Cards that move from column to column.", "petra"),
    "comments": ("Comments", "Talk where the work is.", "mira"),
    "reports": ("Reports", "Numbers for those who ask.", "ada"),
    "search": ("Search", "Find any card by its words.", "ada"),
}
WAY = 3
"""The first so many of the old features are the way to value: a board, comments, reports."""
ADVISERS = 12
REPORTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Active people", "How many use Northlight on a day, beside the four weeks before.", {
        "kind": "trends", "series": [{"math": "unique", "label": "active people"}], "span": {"last": 28},
        "compare": "previous",
    }),
    ("Use by segment", "Where the work happens: boards opened a week, by the size of the customer.", {
        "kind": "trends", "series": [{"events": ["board_opened"], "label": "boards opened"}], "interval": "week",
        "span": {"last": 12}, "breakdown": {"by": "account.segment"},
    }),
    ("From a board to a talk", "Who opens a board, makes a card, and talks about it within two weeks.", {
        "kind": "funnel", "span": {"last": 28}, "window": {"value": 14, "unit": "day"}, "steps": [
            {"events": ["board_opened"], "label": "opened a board"},
            {"events": ["card_created"], "label": "made a card"},
            {"events": ["comment_added"], "label": "added a comment"},
        ],
    }),
    ("Coming back each week", "Of those who were there in a week, who came back in the weeks after.", {
        "kind": "retention", "start": {}, "back": {}, "interval": "week", "span": {"last": 10},
    }),
    ("Who comes and goes", "New, returning and lost customers, week by week.", {
        "kind": "lifecycle", "unit": "account", "interval": "week", "span": {"last": 12},
    }),
    ("Days a week", "On how many days of the last four weeks people are there.", {
        "kind": "stickiness", "series": [{"label": "any event"}], "span": {"last": 28},
    }),
    ("After a report", "What people do next when they have opened a report.", {
        "kind": "paths", "start_at": "report_opened", "steps": 4, "limit": 20, "span": {"last": 28},
    }),
    ("Saved filters", "Whether they are taken up as was foretold.", {"kind": "adoption", "feature": "saved-filters"}),
)  # fmt: skip
TILES: tuple[tuple[str, str], ...] = (
    ("active-people", "wide"), ("use-by-segment", "small"), ("from-a-board-to-a-talk", "small"),
    ("coming-back-each-week", "wide"), ("who-comes-and-goes", "small"), ("saved-filters", "small"),
)  # fmt: skip
HELLO = "What we look at each Monday. Filters and spans are those of the reports: open one to change it."
FADING = {
    "kind": "all", "of": [
        {"kind": "did", "days": 60, "times": 10},
        {"kind": "did", "days": 14, "compare": "exactly", "times": 0},
    ],
}  # fmt: skip
SIGN_INS = {"kind": "trends", "series": [{"events": ["signed_in"], "label": "sign-ins"}]}
WATCHED = {"series": "A", "rule": {"kind": "anomaly", "direction": "below", "seasons": 6, "width": 6}}


@dataclass(frozen=True, slots=True)
class Launch:
    """How a released feature fares: its event, who tries it, who keeps it, and what was predicted."""

    event: str
    line: str
    tries: float
    keeps: float
    predicted: tuple[float, float, float]
    days: float
    """Mean days from release to first use."""


def launches(company: Company) -> dict[str, Launch]:
    """Return the fate of each released feature."""
    reactions, promised = (0.02, 0.25) if company.has("unused_feature") else (0.30, 0.29)
    return {
        "onboarding-checklist": Launch(
            "checklist_step_done", "A first hour with a plan: six steps that lead a new team to its first board.",
            0.38, 0.6, (0.30, 0.22, 0.36), 1.5),
        "saved-filters": Launch(
            "filter_applied", "Keep a view and come back to it.", 0.45, 0.70, (0.40, 0.30, 0.50), 12),
        "quick-reactions": Launch(
            "reaction_added", "Answer with one click instead of a comment.", reactions, 0.5,
            (promised, 0.15, 0.35), 9),
        "board-speed": Launch(
            "large_board_opened", "Boards of 500 cards open at once.", 0.58, 0.85, (0.50, 0.40, 0.65), 10),
    }  # fmt: skip


def facts(company: Company) -> Iterator[tuple[str, pa.Table | list[dict[str, Any]]]]:
    """Yield accounts, persons and events."""
    crowd = _Crowd(company)
    yield "accounts", [{**row, "churned_at": crowd.churned(place)} for place, row in enumerate(company.accounts)]
    yield "persons", company.users
    yield from (("events", table) for table in crowd.events())


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Fill the feature catalogue, and keep reports, a board, cohorts, a note and an alert."""
    _keep(book, company, actor)
    for step, (key, (name, line, owner)) in enumerate(OLD.items(), start=1):
        names = [event for event, feature, _ in EVENTS if feature == key]
        add_feature(
            book, name, actor, feature_id=key, line=line, owner=owner, stage="released", product=PRODUCT, events=names,
            released_at=company.begins - timedelta(days=400), activation=step if step <= WAY else None,
        )  # fmt: skip
    fates = launches(company)
    for plan in company.plans:
        release, fate = company.release_of(plan), fates.get(plan.feature)
        if release is None or fate is None:
            add_feature(
                book, plan.title, actor, feature_id=plan.feature, owner=plan.owner, line=plan.why, product=PRODUCT,
                stage="planned",
            )  # fmt: skip
            continue
        share, low, high = fate.predicted
        add_feature(
            book, plan.title, actor, feature_id=plan.feature, owner=plan.owner, line=fate.line, stage="released",
            product=PRODUCT, events=[fate.event], released_at=release[1], predicted_share=share, predicted_low=low,
            predicted_high=high, predicted_by=plan.owner, docs_url=f"https://help.northlight.example/{plan.feature}",
        )  # fmt: skip


def _keep(book: Book, company: Company, actor: Actor) -> None:
    """Keep reports, a board, cohorts, a note and an alert."""
    for name, line, question in REPORTS:
        add_report(book, name, question, actor, line=line)
    tiles: list[dict[str, Any]] = [{"kind": "text", "text": HELLO, "size": "full"}]
    tiles += [{"kind": "report", "report": report, "size": size} for report, size in TILES]
    add_board(book, "Monday", tiles, actor, line="How Northlight is used, on one page")
    add_cohort(
        book, "Fading customers", actor, unit="account", condition=FADING,
        line="Busy within the last two months, and silent for two weeks",
    )  # fmt: skip
    admins = [str(user["person_id"]) for user in company.users if user["role"] == "admin"][:ADVISERS]
    add_cohort(book, "Advisory board", actor, ids=admins, line="Admins who try things first", origin="a list")
    add_alert(
        book, "Sign-ins", SIGN_INS, WATCHED, actor,
        line="Far fewer sign-ins than on this weekday of the last six weeks: the door may be shut",
    )  # fmt: skip
    seminar = (company.today - timedelta(days=17)).date()
    add_annotation(book, "Seminar on saved filters", seminar, actor)


class _Crowd:
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
        self.account_ids = np.array([row["account_id"] for row in accounts])
        self.person_ids = np.array([row["person_id"] for row in users])
        place = {row["account_id"]: index for index, row in enumerate(accounts)}
        self.account_of: Ints = np.array([place[row["account_id"]] for row in users])
        self.created: Ints = np.array([self._seconds(row["created_at"]) for row in users])
        self.weights = self._weights()
        self.ends: Ints = np.full(len(accounts), WEEKS)
        self.there = self._presence(self.span // (7 * DAY) + 1)
        self.last_seen: Ints = np.full(len(accounts), -1)
        self.made = 0

    def events(self) -> Iterator[pa.Table]:
        """Yield all events, in tables of at most CHUNK rows; their number is the company's size."""
        reserve = self.size // 8
        left = self.size - reserve
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
        accounts = len(self.account_ids)
        by_account = (self.rng.permutation(accounts) + 1.0) ** -0.75
        rank = np.concatenate([np.arange(size) for size in np.bincount(self.account_of, minlength=accounts)])
        weights = by_account[self.account_of] * (rank + 1.0) ** -0.8
        return np.asarray(weights / weights.sum())

    def _presence(self, weeks: int) -> NDArray[np.bool_]:
        """Return who is there in which week: people and accounts by habit, and one account in 15 fades
        away (a story)."""
        accounts, persons = len(self.account_ids), len(self.person_ids)
        person = self.rng.random((persons, weeks)) < self.rng.beta(4, 1.6, size=persons)[:, None]
        account = self.rng.random((accounts, weeks)) < self.rng.beta(6, 0.8, size=accounts)[:, None]
        ends = np.where(self.rng.random(accounts) < 1 / 15, self.rng.integers(weeks // 2, weeks, accounts), weeks)
        if self.company.has("fading_accounts"):
            self.ends = np.asarray(ends, dtype=np.int64)
            account &= np.arange(weeks)[None, :] < ends[:, None]
        return np.asarray(person & account[self.account_of])

    def _usual(self, amount: int, only: NDArray[np.bool_] | None = None) -> pa.Table:
        """Draw everyday events: weekdays are busier than week-ends, and use grows by half over the history."""
        persons, seconds, found = [], [], 0
        cumulated, days = self._cumulated(only)
        while found < amount:
            batch = int((amount - found) * 1.9) + 1000
            who = np.searchsorted(cumulated, self.rng.random(batch))
            day = np.searchsorted(days, self.rng.random(batch))
            hour = np.clip(self.rng.normal(12.6, 2.9, batch), 5, 22.9)
            second = (day * DAY + hour * 3600 + self.rng.integers(0, 60, batch)).astype(np.int64)
            fine = (second < self.span) & (second >= self.created[who])
            fine[fine] = self.there[who[fine], second[fine] // (7 * DAY)]
            persons.append(who[fine])
            seconds.append(second[fine])
            found += int(fine.sum())
        who, second = np.concatenate(persons)[:amount], np.concatenate(seconds)[:amount]
        np.maximum.at(self.last_seen, self.account_of[who], second)
        weights = np.array([weight for _, _, weight in EVENTS])
        kind = self.rng.choice(len(EVENTS), size=amount, p=weights / weights.sum())
        names = pa.array([name for name, _, _ in EVENTS]).take(pa.array(kind))
        features = pa.array([feature for _, feature, _ in EVENTS]).take(pa.array(kind))
        return self._table(who, second, names, features)

    def _cumulated(self, only: NDArray[np.bool_] | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        weights = self.weights if only is None else self.weights * only[self.account_of]
        day = np.arange(WEEKS * 7 + 1)
        weekday = (self.begins.weekday() + day) % 7
        busy = np.array([1.0, 1.06, 1.08, 1.02, 0.88, 0.16, 0.14])[weekday] * (1 + 0.5 * day / day[-1])
        return np.cumsum(weights) / weights.sum(), np.cumsum(busy) / busy.sum()

    def _launch(self, feature: str) -> Iterator[pa.Table]:
        """Yield the uses of a released feature, by exactly the share of accounts active since its release."""
        plan, fate = self.company.plan(feature), launches(self.company).get(feature)
        release = self.company.release_of(plan)
        if fate is None or release is None:
            return
        start = self._seconds(release[1])
        eligible = np.flatnonzero(self.last_seen >= start)
        chosen = self.rng.choice(eligible, size=round(fate.tries * eligible.size), replace=False)
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
        persons, moments = np.concatenate(who), np.concatenate(second)
        np.maximum.at(self.last_seen, self.account_of[persons], moments)
        size = persons.size
        yield self._table(persons, moments, pa.array([fate.event] * size), pa.array([feature] * size))

    def _by_day(self, moments: Ints, begin: int) -> Ints:
        """Move moments into working hours of their day, where that stays after `begin` and before now."""
        hours = np.clip(self.rng.normal(12.6, 2.9, moments.size), 5, 22.9)
        moved = moments // DAY * DAY + (hours * 3600).astype(np.int64)
        return np.where((moved > begin) & (moved < self.span), moved, moments)

    def _table(self, who: Ints, second: Ints, names: pa.Array, features: pa.Array) -> pa.Table:
        numbers = pa.array(np.arange(self.made, self.made + who.size))
        self.made += int(who.size)
        origin = np.datetime64(self.begins, "us")
        return pa.table({
            "event_id": pc.binary_join_element_wise("evt", pc.cast(numbers, pa.string()), "-"),
            "occurred_at": pa.array(origin + second.astype("timedelta64[s]")),
            "event": names, "person_id": pa.array(self.person_ids).take(pa.array(who)),
            "account_id": pa.array(self.account_ids).take(pa.array(self.account_of[who])),
            "feature": features, "product": pa.array([PRODUCT]).take(pa.array(np.zeros(who.size, np.int64))),
        })  # fmt: skip
