"""Lifecycle: states worked by hand, and the same as brute force over events on random histories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.charts.render import svg
from callsheet.usage.questions.buckets import buckets
from callsheet.usage.questions.common import Interval, Span
from callsheet.usage.questions.lifecycle import STATES, Answer, Cell, Question, answer, chart, people, table
from tests.usage.questions.made import NOW, Event, desk, happenings, interval_of, intervals, said, zones

DAYS = {"since": "2026-03-02", "until": "2026-03-05"}
OLD = {"ann": datetime(2025, 1, 1)}


def ask(events: list[Event], created: Any = None, zone: str = "UTC", now: datetime = NOW, **asked: Any) -> Answer:
    """Ask about `use` on four days, unless it says otherwise."""
    return answer(question(**asked), desk(events, zone, now, created))


def question(**asked: Any) -> Question:
    """A question about `use`, unless it says otherwise."""
    return Question.model_validate({"series": {"events": ["use"]}, "span": DAYS} | asked)


def states(found: Answer) -> dict[str, list[int]]:
    """The states that occur."""
    return {state: line for state, line in found.lines[0].states.items() if any(line)}


KNOWN: dict[str, tuple[str, dict[str, datetime], dict[str, list[int]]]] = {
    "created on the day of the first use": ("ann 03-03", {}, {"new": [0, 1, 0, 0], "dormant": [0, 0, -1, 0]}),
    "day after day": ("ann 03-02 03-03 03-04", OLD, {
        "resurrecting": [1, 0, 0, 0], "returning": [0, 1, 1, 0], "dormant": [0, 0, 0, -1],
    }),
    "active just before the span returns in it": (
        "ann 03-01 03-02", OLD, {"returning": [1, 0, 0, 0], "dormant": [0, -1, 0, 0]},
    ),
    "active just before the span and gone": ("ann 03-01", OLD, {"dormant": [-1, 0, 0, 0]}),
    "back after a pause": (
        "ann 03-02 03-04", OLD, {"resurrecting": [1, 0, 1, 0], "dormant": [0, -1, 0, -1]},
    ),
    "created the day before the first use is not new": (
        "ann 03-03", {"ann": datetime(2026, 3, 2, 23)}, {"resurrecting": [0, 1, 0, 0], "dormant": [0, 0, -1, 0]},
    ),
    "created after a use: what came before decides": (
        "ann 03-02 03-03", {"ann": datetime(2026, 3, 3)},
        {"resurrecting": [1, 0, 0, 0], "returning": [0, 1, 0, 0], "dormant": [0, 0, -1, 0]},
    ),
    "dormant after the span is not told": ("ann 03-05", OLD, {"resurrecting": [0, 0, 0, 1]}),
    "two days before the span is too long ago": ("ann 02-28 03-05", OLD, {"resurrecting": [0, 0, 0, 1]}),
    "several times a day is once": (
        "ann 03-04T01:00 03-04T02:00 03-05", {}, {"new": [0, 0, 1, 0], "returning": [0, 0, 0, 1]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known(case: str) -> None:
    text, created, wanted = KNOWN[case]
    assert states(ask(said(text), created)) == wanted


def test_weeks_months_and_hours() -> None:
    span = {"since": "2026-03-02", "until": "2026-03-15"}
    assert states(ask(said("ann 03-01 03-09"), OLD, interval="week", span=span)) == {
        "resurrecting": [0, 1], "dormant": [-1, 0],
    }  # fmt: skip
    span = {"since": "2026-03-01", "until": "2026-04-20"}
    assert states(ask(said("ann 02-28 03-31 04-01"), OLD, interval="month", span=span)) == {"returning": [1, 1]}
    span = {"since": "2026-03-02T09:00", "until": "2026-03-02T10:00"}
    assert states(ask(said("ann 03-02T08:59 03-02T09:59"), OLD, interval="hour", span=span)) == {
        "returning": [1, 0], "dormant": [0, -1],
    }  # fmt: skip


def test_the_clock_goes_forward_between_two_days() -> None:
    span = {"since": "2026-03-29", "until": "2026-03-30"}
    found = ask(said("ann 03-28T22:30 03-29T21:30 03-29T22:30"), OLD, "Europe/Madrid", span=span)
    assert states(found) == {"returning": [1, 1]}


def test_accounts_live_by_all_their_people() -> None:
    events = [Event("ann", datetime(2026, 3, 2), account="x"), Event("bob", datetime(2026, 3, 3), account="x")]
    found = ask([*events, Event("cid", datetime(2026, 3, 3))], unit="account")
    assert states(found) == {"new": [1, 0, 0, 0], "returning": [0, 1, 0, 0], "dormant": [0, 0, -1, 0]}
    assert (found.sample, found.left_out) == (1, 1)


def test_a_breakdown_by_the_first_value() -> None:
    events = [
        Event("ann", datetime(2026, 3, 2), "use", {"plan": "pro"}), Event("ann", datetime(2026, 3, 3)),
        Event("bob", datetime(2026, 3, 3)),
    ]  # fmt: skip
    found = ask(events, breakdown={"by": "properties.plan"})
    assert {line.group or line.part: line.states["new"] for line in found.lines} == {
        "pro": [1, 0, 0, 0], "none": [0, 1, 0, 0],
    }  # fmt: skip


def test_people_of_a_state() -> None:
    at = desk(said("ann 03-02 03-03, bob 03-02, cid 03-03"))
    assert people(question(), Cell(bucket=0, state="new"), at).ids == ["ann", "bob"]
    assert people(question(), Cell(bucket=1, state="dormant"), at).ids == ["bob"]
    with pytest.raises(BadInput, match="no interval 7"):
        people(question(), Cell(bucket=7, state="new"), at)


def test_compare_is_refused() -> None:
    with pytest.raises(ValidationError):
        question(compare="previous")


def test_table_and_chart() -> None:
    asked = question()
    found = ask(said("ann 03-02 03-03, bob 03-02"))
    rows = table(asked, found).rows
    assert (rows[1]["interval"], rows[1]["returning"], rows[1]["dormant"]) == ("2026-03-03", 1, -1)
    option = chart(asked, found, notes=[("2026-03-03", "2026.10")])
    assert "2026.10" in str(option)
    assert "<svg" in svg(option, "light", 640, 240)
    broken = question(breakdown={"by": "properties.plan"})
    assert "<svg" in svg(chart(broken, answer(broken, desk([]))), "light", 640, 240)


def slow(
    events: list[Event], created: dict[str, date], days: list[date], interval: str, zone: str
) -> dict[str, list[int]]:
    """Counts by state, from the events themselves; `days[0]` is the interval before the span."""
    found: dict[str, list[int]] = {state: [0] * (len(days) - 1) for state in STATES}
    for who in {one.who for one in events}:
        active = {interval_of(one.when, interval, zone) for one in events if one.who == who} & set(days)
        for i in range(1, len(days)):
            before = days[i - 1] in active
            if days[i] in active:
                new = not any(day in active for day in days[:i]) and created[who] == days[i]
                found["new" if new else "returning" if before else "resurrecting"][i - 1] += 1
            elif before:
                found["dormant"][i - 1] -= 1
    return found


@settings(max_examples=100, deadline=None)
@given(
    happenings(("use",)), intervals, zones, st.dictionaries(st.sampled_from("abcd"), st.integers(0, 40)), st.booleans()
)
def test_the_same_as_brute_force(
    events: list[Event], interval: Interval, zone: str, born: dict[str, int], broken: bool
) -> None:  # fmt: skip
    known = {who: datetime(2026, 3, 1 + day) if day < 31 else datetime(2026, 4, day - 30) for who, day in born.items()}
    firsts = {one.who: min(x.when for x in events if x.who == one.who) for one in events}
    created = {who: interval_of(when, interval, zone) for who, when in (firsts | known).items()}
    span = {"since": "2026-03-12", "until": "2026-04-03"}
    asked = question(interval=interval, span=span, breakdown={"by": "properties.none"} if broken else None)
    at = desk(events, zone, created=known)
    found = answer(asked, at)
    days = [date.fromisoformat(one.since) for one in buckets(Span(**span), interval, zone, NOW).moved(before=1).named()]
    wanted = slow(events, created, days, interval, zone)
    assert (found.lines[0].states if found.lines else {state: [0] * (len(days) - 1) for state in STATES}) == wanted
    for state in STATES if found.lines else ():
        cell = Cell(bucket=1, state=state, part="none" if broken else "")
        assert len(people(asked, cell, at).ids) == abs(wanted[state][1])
