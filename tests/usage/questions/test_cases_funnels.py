"""Funnels of a ferry line, worked by hand: each family of cases has the meaning that PostHog's funnels document.

Passengers look at a crossing, book it, pay and board; some cancel.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.usage.questions import kinds
from tests.usage.questions.desks import desk
from tests.usage.questions.made import Event, happenings
from tests.usage.questions.made import desk as made

MAY = {"since": "2026-05-01", "until": "2026-05-10"}
THREE = [{"events": [name]} for name in ("look", "book", "board")]
TWO = THREE[:2]
MINUTE = {"value": 1, "unit": "minute"}


def ask(lines: str, zone: str = "UTC", **asked: Any) -> Any:
    """Answer a funnel over events written as text."""
    return kinds.answer(kinds.parse({"kind": "funnel", "span": MAY, "steps": THREE} | asked), desk(lines, zone))


def who(lines: str, cell: dict[str, Any], **asked: Any) -> list[str]:
    """Who is behind a cell."""
    return kinds.people(kinds.parse({"kind": "funnel", "span": MAY, "steps": THREE} | asked), cell, desk(lines)).ids


def counts(answer: Any) -> dict[str, list[int]]:
    return {line.label: [step.count for step in line.steps] for line in answer.lines}


def days(answer: Any, first: int = 3) -> list[tuple[int, int]]:
    """Who entered and who converted on the first days."""
    return [(point.entered, point.converted) for point in answer.trends[0].points[:first]]


def cancelled(first: int, last: int) -> dict[str, Any]:
    return {"events": ["cancel"], "from_step": first, "to_step": last}


def step(name: str, math: str, fare: str = "") -> dict[str, Any]:
    return {"events": [name], "math": math, "where": [{"field": "properties.fare", "values": [fare]}] if fare else []}


REGULARS = """2026-03-01T08 old look
    2026-05-02T08 old look
    2026-05-02T09 old book
    2026-05-02T08 new look {"fare": "day"}
    2026-05-02T09 new book
    2026-05-03T08 new look {"fare": "week"}
    2026-05-03T09 new book"""
FIRSTS: dict[str, tuple[list[dict[str, Any]], list[int]]] = {
    "the first look ever, not the first of these days": ([step("look", "first_time"), TWO[1]], [1, 1]),
    "an event is first once only": ([step("look", "first_time"), step("look", "first_time")], [1, 0]),
    "every later step may be any": ([step("look", "first_time"), TWO[0]], [1, 1]),
    "a first event as the goal lies before the way": ([TWO[1], step("look", "first_time")], [2, 0]),
    "the first that fits": ([step("look", "first_time", "week"), TWO[1]], [1, 1]),
    "the first that fits was not the first of all": ([step("look", "first_ever", "week"), TWO[1]], [0, 0]),
    "the first of all, and it fits": ([step("look", "first_ever", "day"), TWO[1]], [1, 1]),
}  # fmt: skip


@pytest.mark.parametrize("case", FIRSTS)
def test_only_the_first_event_of_a_step_counts(case: str) -> None:
    steps, wanted = FIRSTS[case]
    assert counts(ask(REGULARS, steps=steps)) == {"": wanted}


def test_events_that_are_not_the_first_give_no_value_to_a_breakdown() -> None:
    """`new` looks as `day` first; the look as `week` is no step, so it has no line. The booking has no fare."""
    asked: dict[str, Any] = {
        "steps": [step("look", "first_time"), TWO[1]],
        "breakdown": {"by": "properties.fare"},
        "attribution": "all",
    }
    assert counts(ask(REGULARS, **asked)) == {"day": [1, 0]}


@settings(max_examples=60, deadline=None)
@given(happenings(), st.sampled_from(["first_time", "first_ever"]), st.integers(1, 400), st.booleans())
def test_first_times_by_looking_at_everybody(events: list[Event], math: str, hours: int, pro: bool) -> None:
    """Against the definition: one moment for each unit, and a purchase within the window from it on."""
    where = [{"field": "properties.plan", "values": ["pro"]}] if pro else []
    since, until = datetime(2026, 3, 12), datetime(2026, 4, 8)
    entered, bought = set(), set()
    for unit in {one.who for one in events}:
        uses = [one for one in events if one.who == unit and one.event == "use"]
        fitting = [one.when for one in uses if not pro or one.properties.get("plan") == "pro"]
        if not fitting or (math == "first_ever" and min(fitting) > min(one.when for one in uses)):
            continue
        last = min(min(fitting) + timedelta(hours=hours), until - timedelta(microseconds=1))
        if since <= min(fitting) < until:
            entered.add(unit)
            buys = [one.when for one in events if one.who == unit and one.event == "buy"]
            bought |= {unit} if any(min(fitting) <= when <= last for when in buys) else set()
    steps = [{"events": ["use"], "where": where, "math": math}, {"events": ["buy"]}]
    asked: dict[str, Any] = {"kind": "funnel", "steps": steps, "window": {"value": hours, "unit": "hour"}}
    question = kinds.parse(asked | {"span": {"since": "2026-03-12", "until": "2026-04-07"}})
    assert set(kinds.people(question, {"step": 1}, made(events)).ids) == entered
    assert set(kinds.people(question, {"step": 2}, made(events)).ids) == bought


def test_the_first_time_of_an_account_is_that_of_any_of_its_people() -> None:
    lines = "2026-04-01T08 a@line look\n2026-05-02T08 b@line look\n2026-05-02T09 b@line book"
    asked: dict[str, Any] = {"steps": [step("look", "first_time"), TWO[1]]}
    assert counts(ask(lines, **asked)) == {"": [1, 1]}
    assert counts(ask(lines, unit="account", **asked)) == {"": [0, 0]}


def test_a_window_may_be_longer_than_a_life_but_not_endless() -> None:
    lines = "2026-05-01T08 a look\n2026-05-09T08 a book"
    assert counts(ask(lines, steps=TWO, window={"value": 3_000_000_000, "unit": "second"})) == {"": [1, 1]}
    with pytest.raises(BadInput, match="century"):
        ask(lines, window={"value": 2000, "unit": "month"})


HARBOUR = """2026-05-01T08:00:00 a look
    2026-05-01T08:00:10 a book
    2026-05-01T08:00:20 a cancel
    2026-05-01T08:00:30 a board
    2026-05-01T08:00:00 b board
    2026-05-01T08:00:10 b look
    2026-05-01T08:00:20 b book"""


def test_a_trend_without_order_counts_any_of_the_steps() -> None:
    """Two of three steps, whichever: b boards and looks. a had two as well, but the cancelling takes them back, and
    only the boarding is left."""
    asked: dict[str, Any] = {"order": "unordered", "show": "trend", "to_step": 2}
    assert days(ask(HARBOUR, **asked), 1) == [(2, 2)]
    assert days(ask(HARBOUR, **asked, exclusions=[cancelled(1, 3)]), 1) == [(2, 1)]
    assert days(ask("2026-05-01T08 c board\n2026-05-02T08 c book", **asked), 2) == [(1, 1), (1, 0)]


SPOILED: dict[str, tuple[str, list[tuple[int, int]]]] = {
    # who enters on the 1st and does not convert, and on the 2nd ...
    "cancels and stops: gone from the 2nd only": ("02T08:00:00 look, 02T08:00:10 cancel", [(1, 0), (0, 0)]),
    "cancels and goes on: gone from both": ("02T08:00:00 look, 02T08:00:10 cancel, 02T08:00:20 book", [(0, 0), (0, 0)]),
    "begins again after it: counts on both": (
        "02T08:00:00 look, 02T08:00:10 cancel, 02T08:00:20 look, 02T08:00:30 book", [(1, 0), (1, 1)],
    ),
    "cancels when the minute is over: counts on both": ("02T08:00:00 look, 02T08:01:01 cancel", [(1, 0), (1, 0)]),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILED)
def test_who_goes_on_in_spite_of_an_exclusion_counts_only_where_they_converted(case: str) -> None:
    told, wanted = SPOILED[case]
    lines = "2026-05-01T08:00:00 a look\n" + "\n".join(
        "2026-05-{} a {}".format(*one.split()) for one in told.split(", ")
    )
    asked: dict[str, Any] = {"show": "trend", "steps": TWO, "window": MINUTE, "exclusions": [cancelled(1, 2)]}
    assert days(ask(lines, **asked), 2) == wanted
    earlier = lines.replace("2026-05-01T08:00:00 a look", "2026-05-01T08:00:00 a look\n2026-05-01T08:00:05 a book")
    assert days(ask(earlier, **asked), 1) == [(1, 1)]


def took(day: int, *seconds: int) -> str:
    """One passenger for each time between looking and booking."""
    return "\n".join(
        f"2026-05-0{day}T08:00 p{day}{n} look\n2026-05-0{day}T08:{one // 60:02}:{one % 60:02} p{day}{n} book"
        for n, one in enumerate(seconds)
    )


def test_the_times_of_two_periods_share_their_bins() -> None:
    """40 and 100 seconds now; 10, 20 and 190 before: together five, so two bins from 10 on, each 90 wide, and one
    more for the longest."""
    asked: dict[str, Any] = {
        "show": "time", "steps": TWO, "compare": "previous", "span": {"since": "2026-05-02", "until": "2026-05-02"},
    }  # fmt: skip
    lines = took(2, 40, 100) + "\n" + took(1, 10, 20, 190)
    now, before = ask(lines, **asked).times
    assert [(one.since, one.count) for one in now.bins] == [(10, 1), (100, 1), (190, 0)]
    assert [(one.since, one.count) for one in before.bins] == [(10, 2), (100, 0), (190, 1)]
    assert who(lines, {"bin": 1}, **asked) == ["p21"]
    assert who(lines, {"bin": 2, "period": "previous"}, **asked) == ["p12"]
    alone = ask(took(2, 40, 100), **asked).times
    assert [[one.since for one in each.bins] for each in alone] == [[40, 70, 100], [40, 70, 100]]
    assert [one.count for one in alone[1].bins] == [0, 0, 0]
    four = ask(lines, **asked, bins=4).times
    assert [one.since for one in four[0].bins] == [one.since for one in four[1].bins] == [10, 55, 100, 145, 190]


def test_who_ended_at_some_of_the_steps() -> None:
    lines = """2026-05-01T08 a look
        2026-05-01T08 b look
        2026-05-01T09 b book
        2026-05-01T08 c look
        2026-05-01T09 c book
        2026-05-01T10 c board"""
    assert who(lines, {"ended": [1, 3]}) == ["a", "c"]
    assert who(lines, {"ended": [2]}) == who(lines, {"step": 3, "converted": False}) == ["b"]


FARES = """2026-05-01T08 a look {"fare": "day"}
    2026-05-01T09 a book
    2026-05-01T08 b look
    2026-05-01T09 b book {"fare": "week"}"""


def test_without_an_order_any_value_may_be_that_of_the_first_step() -> None:
    """Booking may be the first step as well as looking: a stands under `day` and none, b under `week` and none."""
    asked: dict[str, Any] = {
        "order": "unordered",
        "steps": TWO,
        "breakdown": {"by": "properties.fare"},
        "attribution": "step",
    }
    assert counts(ask(FARES, **asked)) == {"day": [1, 1], "week": [1, 0], "none": [2, 1]}
    with pytest.raises(BadInput, match="first step taken"):
        ask(FARES, **asked, attribution_step=2)


def test_several_fields_and_several_cohorts() -> None:
    lines = """2026-05-01T08 a look {"fare": "day", "deck": 1}
        2026-05-01T09 a book
        2026-05-01T08 b look {"fare": "day"}
        2026-05-01T08 c look"""
    by = {"by": "properties.fare", "also": ["properties.deck"]}
    assert counts(ask(lines, steps=TWO, breakdown=by)) == {"day :: 1": [1, 1], "day :: none": [1, 0], "none": [1, 0]}


def test_values_are_cleaned_before_they_part_anybody() -> None:
    lines = """2026-05-01T08 a look {"url": "https://ex.org/"}
        2026-05-01T09 a book {"url": "https://ex.org/done"}
        2026-05-01T08 b look {"url": "https://ex.org?#"}
        2026-05-01T08 c look {"url": "https://ex.org"}
        2026-05-01T09 c book
        2026-05-01T08 d look {"url": "/"}
        2026-05-01T08 e look"""
    by = {"by": "properties.url", "clean": [{"pattern": "[/?#]+$"}]}
    found = ask(lines, steps=TWO, breakdown=by)
    assert counts(found) == {"https://ex.org": [3, 2], "none": [2, 0]}
    question = kinds.parse({"kind": "funnel", "steps": TWO, "span": MAY, "breakdown": by})
    cell = {"step": 1, "part": "value", "group": "https://ex.org"}
    assert sorted(kinds.people(question, cell, desk(lines)).ids) == ["a", "b", "c"]
    with pytest.raises(BadInput, match="pattern"):
        ask(lines, steps=TWO, breakdown=by | {"clean": [{"pattern": "("}]})


def test_the_window_goes_by_time_passed_not_by_clocks() -> None:
    """Clocks go forward in Lisbon on 29 March 2026: a day later by the clock is 23 hours."""
    lines = "2026-03-28T12:00 a look\n2026-03-29T11:30 a book\n2026-03-28T12:00 b look\n2026-03-29T12:00:01 b book"
    asked: dict[str, Any] = {
        "steps": TWO,
        "window": {"value": 24, "unit": "hour"},
        "span": {"since": "2026-03-28", "until": "2026-03-29"},
    }
    for zone in ("UTC", "Europe/Lisbon"):
        assert counts(ask(lines, zone, **asked)) == {"": [2, 1]}
