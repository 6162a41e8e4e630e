"""Asking questions of a workspace: the desk is set up, cohorts are looked up, answers are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from callsheet.base.errors import BadInput, ConfigError, UnknownName
from callsheet.base.time import zone_of
from callsheet.metrics import Facts, Reader
from callsheet.metrics.cache import cached
from callsheet.store.book import Book
from callsheet.store.persons import sink_of
from callsheet.usage.questions import kinds
from callsheet.usage.questions.buckets import MOST_BUCKETS, micros, moment_of
from callsheet.usage.questions.cohort_shapes import Described, Sequence
from callsheet.usage.questions.cohorts import Census, bounds
from callsheet.usage.questions.common import Answer, Asked, Desk, Strict, Unit, Units
from callsheet.usage.records import Cohort, CohortMember

T = TypeVar("T")
MICROSECOND = timedelta(microseconds=1)
MOST_KEPT = 300
"""Answers that are kept for as long as nothing changes."""


class Asking:
    """One asker's view of a workspace: its histories and facts, and its book as at one moment."""

    def __init__(self, reader: Reader, cancelled: Callable[[], None] = lambda: None) -> None:
        self.reader, self.workspace, self.cancelled = reader, reader.workspace, cancelled
        self._under_way: list[str] = []
        self._of_the_minute = False

    def desk(self) -> Desk:
        """Return the desk that questions are answered at."""
        return Desk(
            self.workspace.histories, self.workspace.now(), self.workspace.config.zone, self.cohort, self.cancelled,
            facts=Facts(self.workspace, self.reader, {}), cohort_unit=self.cohort_unit, cohort_name=self.cohort_name,
        )  # fmt: skip

    def answer(self, question: Asked) -> Answer:
        """Answer a question; the answer is kept until an event arrives, a decision is taken or the hour is over (or the
        minute, where that matters)."""
        return self._kept("answer", question, "", lambda: kinds.answer(question, self.desk()))

    def people(self, question: Asked, cell: dict[str, Any]) -> Units:
        """Return who is behind a cell of the answer."""
        asked = json.dumps(cell, sort_keys=True)
        return self._kept("people", question, asked, lambda: kinds.people(question, cell, self.desk()))

    def cohort(self, cohort_id: str) -> tuple[str, ...]:
        """Return the ids of those in a cohort; UnknownName when there is none."""
        row = self._row(cohort_id)
        if row.kind == "static":
            return tuple(dict.fromkeys(self._persons(listed(self.reader.book, cohort_id), row.unit)))
        described = Described.model_validate({"unit": row.unit, "condition": row.condition})
        if cohort_id in self._under_way:
            raise BadInput(f"The cohort {row.name} rests on itself.", "Take it out of its own condition.")
        self._under_way.append(cohort_id)
        try:
            return self.described(described)
        finally:
            self._under_way.pop()

    def _persons(self, ids: Iterable[str], unit: str) -> Iterable[str]:
        """Return whom listed ids belong to now: persons are merged and split, and a list keeps what it was given."""
        if unit != "person":
            return ids
        try:
            people = sink_of(self.workspace).people
        except ConfigError:  # events stay in another engine, where every id is its own person
            return ids
        return map(people.person_of, ids)

    def cohort_unit(self, cohort_id: str) -> str:
        """Return what a cohort consists of: persons or accounts."""
        return self._row(cohort_id).unit

    def cohort_name(self, cohort_id: str) -> str:
        """Return what a cohort is called."""
        return self._row(cohort_id).name

    def described(self, described: Described, desk: Desk | None = None) -> tuple[str, ...]:
        """Return the ids of those who satisfy a condition, now or at the moment of another desk."""
        at = desk or self.desk()

        def compute() -> tuple[str, ...]:
            return tuple(Census(at, described.unit, funnelled).ids(described.condition))

        return self._kept("cohort", described, at.now.isoformat() if desk else "", compute)

    def _row(self, cohort_id: str) -> Cohort:
        row = self.reader.book.find(Cohort, cohort_id)
        if row is None:
            raise UnknownName(f"There is no cohort {cohort_id!r}.", "See the list of cohorts.")
        return row

    def _kept(self, what: str, asked: Strict, more: str, compute: Callable[[], T]) -> T:
        """Return what is kept of this local hour, or of this minute where it rests on one: by its own words or by those of a
        cohort that was looked up for it."""
        store = self.workspace.cache.setdefault("usage", {})
        text, now = asked.model_dump_json(), self.workspace.now()
        local = now.replace(tzinfo=UTC).astimezone(zone_of(self.workspace.config.zone))
        hour, minute = f"{local:%Y-%m-%dT%H%z}", now.isoformat()[:16]
        facts = (self.workspace.facts.version, self.workspace.histories.version)

        def noted() -> tuple[T, str]:
            outer, self._of_the_minute = self._of_the_minute, asked.to_the_minute
            try:
                return compute(), minute if self._of_the_minute else ""
            finally:
                self._of_the_minute = outer

        for moment in (hour, minute):
            key = (what, text, more, facts, moment)
            found, rests_on = cached(store, key, noted, self.reader.version[1], most=MOST_KEPT)
            if rests_on in ("", minute):
                break
        self._of_the_minute |= rests_on != ""
        return found


def listed(book: Book, cohort_id: str) -> Iterable[str]:
    """Return the ids of a static cohort's members."""
    query = select(CohortMember.unit_id).where(CohortMember.cohort_id == cohort_id).order_by(CohortMember.unit_id)
    return book.session.scalars(query)


def funnelled(one: Sequence, unit: Unit, desk: Desk) -> list[str]:
    """Return the ids of those who did all steps in order."""
    span: dict[str, Any] = {"last": one.days or _all_days(unit, desk)}
    if one.since or one.until:
        since, until = bounds(one, desk)
        begin = max(since, _first(unit, desk))
        if until <= begin:
            return []
        span = {"since": f"{begin}Z", "until": f"{until - MICROSECOND}Z", "exact": True}
    question = kinds.parse({
        "kind": "funnel", "unit": unit, "span": span, "steps": [step.model_dump() for step in one.steps],
        "window": {"value": one.within_days, "unit": "day"},
    })  # fmt: skip
    return kinds.people(question, {"step": len(one.steps)}, desk).ids


def _all_days(unit: Unit, desk: Desk) -> int:
    """Return how many local days back the first unit came into being, today included; as far as a span reaches."""
    return min(MOST_BUCKETS, max(1, (desk.now - _first(unit, desk)).days + 2))


def _first(unit: Unit, desk: Desk) -> datetime:
    """Return when the first unit came into being; now, when there is none."""
    created = desk.histories.created(unit)
    return moment_of(min(int(created.min(initial=micros(desk.now))), micros(desk.now)))
