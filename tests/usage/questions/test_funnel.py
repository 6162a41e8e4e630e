"""Funnels as they are asked and answered; what a walk does by itself is in tests/stats/walks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.usage.questions import funnel
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.funnel import Cell, Question
from callsheet.usage.questions.funnel_counts import bins_of, scale_of
from callsheet.usage.questions.funnel_shapes import FunnelAnswer
from tests.usage.questions.desks import desk

STEPS = [{"events": ["sign"]}, {"events": ["pay"]}, {"events": ["share"]}]
SPAN = {"since": "2026-11-01", "until": "2026-11-20"}
EVENTS = """
2026-11-02T10:00 ann@acme sign {"plan": "pro"}
2026-11-02T10:10 ann@acme pay {"plan": "free"}
2026-11-02T11:00 ann@acme share
2026-11-03T10:00 bob@acme sign {"plan": "free"}
2026-11-03T10:30 bob@acme pay
2026-11-04T10:00 cat@bolt sign {"plan": "pro"}
2026-11-04T10:10 cat@bolt spam
2026-11-05T10:00 dan sign
2026-11-20T23:59 eve sign {"plan": "pro"}
2026-11-21T00:01 eve pay
"""


def ask(**more: Any) -> Question:
    return Question.model_validate({"steps": STEPS, "span": SPAN} | more)


@pytest.fixture
def events() -> Desk:
    return desk(EVENTS)


def counts(found: FunnelAnswer) -> dict[str, list[int]]:
    return {f"{line.label}{line.period[0]}": [one.count for one in line.steps] for line in found.lines}


def test_counts_shares_and_times(events: Desk) -> None:
    """ann takes 10 minutes to pay and 60 to share, bob 30 to pay; eve pays after the span, which is not read."""
    found = funnel.answer(ask(), events)
    one, two, three = found.lines[0].steps
    assert [one.count, two.count, three.count] == [5, 2, 1]
    assert [two.dropped, three.dropped] == [3, 1]
    assert (two.of_first, two.of_previous, three.of_first, three.of_previous) == (0.4, 0.4, 0.2, 0.5)
    assert (two.mean_from_previous, two.median_from_previous) == (1200, 1200)
    assert (three.mean_from_previous, three.mean_from_first) == (3000, 3600)
    assert two.of_first_interval is not None
    assert two.of_first_interval[0] < 0.4 < two.of_first_interval[1]
    assert found.sample == 8


def test_by_account_who_has_none_is_left_out(events: Desk) -> None:
    found = funnel.answer(ask(unit="account"), events)
    assert counts(found) == {"c": [2, 1, 1]}
    assert (found.left_out, found.left_out_why) == (2, "without an account")


def test_an_exclusion_takes_a_person_out_of_all_steps(events: Desk) -> None:
    excluded = {"events": ["spam"], "from_step": 1, "to_step": 2}
    assert counts(funnel.answer(ask(exclusions=[excluded]), events)) == {"c": [4, 2, 1]}


BREAKDOWNS = {
    "first": {"pro": [3, 1, 1], "free": [1, 1, 0], "none": [1, 0, 0]},
    "last": {"free": [2, 2, 1], "pro": [2, 0, 0], "none": [1, 0, 0]},
    "all": {"pro": [3, 0, 0], "free": [1, 0, 0], "none": [1, 0, 0]},
    "step": {"pro": [3, 1, 1], "free": [1, 1, 0], "none": [1, 0, 0]},
}


@pytest.mark.parametrize("attribution", BREAKDOWNS)
def test_breakdown(events: Desk, attribution: str) -> None:
    """ann signs as pro and pays as free; bob signs as free; dan's events say nothing."""
    found = funnel.answer(ask(breakdown={"by": "properties.plan"}, attribution=attribution), events)
    assert {line.label: [one.count for one in line.steps] for line in found.lines} == BREAKDOWNS[attribution]


def test_the_smaller_values_stand_together(events: Desk) -> None:
    found = funnel.answer(ask(breakdown={"by": "properties.plan", "limit": 1}), events)
    assert [(line.part, line.steps[0].count) for line in found.lines] == [("value", 3), ("other", 1), ("none", 1)]
    people = funnel.people(ask(breakdown={"by": "properties.plan", "limit": 1}), Cell(part="other"), events)
    assert people.ids == ["bob"]


def test_who_is_behind_a_step(events: Desk) -> None:
    assert funnel.people(ask(), Cell(step=2), events).ids == ["ann", "bob"]
    assert funnel.people(ask(), Cell(step=2, converted=False), events).ids == ["cat", "dan", "eve"]
    assert funnel.people(ask(), Cell(step=3, converted=False), events).ids == ["bob"]
    with pytest.raises(BadInput, match="no such step"):
        funnel.people(ask(), Cell(step=1, converted=False), events)


def test_every_number_has_as_many_people_behind_it(events: Desk) -> None:
    question = ask(breakdown={"by": "properties.plan"}, compare="previous")
    for line in funnel.answer(question, events).lines:
        for one in line.steps:
            cell = Cell(step=one.step, part=line.part, group=line.group, period=line.period)
            assert len(funnel.people(question, cell, events).ids) == one.count


def test_the_period_before(events: Desk) -> None:
    found = funnel.answer(ask(span={"since": "2026-11-03", "until": "2026-11-03"}, compare="previous"), events)
    assert counts(found) == {"c": [1, 1, 0], "p": [1, 1, 1]}


def test_time_to_convert(events: Desk) -> None:
    """600 and 1800 seconds: the cube root of 2, rounded up, is 2 bins of 600, and one for the longest."""
    times = funnel.answer(ask(show="time", to_step=2), events).times[0]
    assert (times.count, times.mean, times.median) == (2, 1200, 1200)
    assert [(one.since, one.count) for one in times.bins] == [(600, 1), (1200, 0), (1800, 1)]


def test_who_took_how_long(events: Desk) -> None:
    """Each bar has as many behind it as it counts, in every line of a breakdown."""
    question = ask(show="time", to_step=2)
    assert funnel.people(question, Cell(bin=0), events).ids == ["ann"]
    assert funnel.people(question, Cell(bin=1), events).ids == []
    assert funnel.people(question, Cell(bin=2), events).ids == ["bob"]
    divided = ask(show="time", to_step=2, breakdown={"by": "properties.plan"})
    lines = funnel.answer(divided, events).times
    assert sum(one.count for line in lines for one in line.bins) == 2
    for line in lines:
        for place, one in enumerate(line.bins):
            cell = Cell(bin=place, part=line.part, group=line.group)
            assert len(funnel.people(divided, cell, events).ids) == one.count


def test_all_at_once_is_one_bin_of_a_minute() -> None:
    import numpy as np

    took = np.array([0.0, 0.0])
    assert [(one.since, one.count) for one in bins_of(took, scale_of(took))] == [(0, 2), (60, 0), (120, 0)]


def test_a_conversion_in_no_time_counts() -> None:
    found = funnel.answer(ask(), desk("2026-11-02T10:00 ann pay\n2026-11-02T10:00 ann sign"))
    assert (found.lines[0].steps[1].count, found.lines[0].steps[1].mean_from_previous) == (1, 0)


def test_trend_by_interval_of_entry(events: Desk) -> None:
    """Window of two days: entries up to the 18th have had their time by the end of the 20th."""
    question = ask(show="trend", to_step=2, window={"value": 2, "unit": "day"})
    found = funnel.answer(question, events)
    points = {one.since: one for one in found.trends[0].points}
    assert [(points[f"2026-11-0{d}"].entered, points[f"2026-11-0{d}"].converted) for d in (1, 2, 3, 4)] == [
        (0, 0), (1, 1), (1, 1), (1, 0),
    ]  # fmt: skip
    assert points["2026-11-01"].share is None
    assert [one.since[8:] for one in points.values() if one.partial] == ["19", "20"]
    assert funnel.people(question, Cell(bucket=1), events).ids == ["ann"]
    assert funnel.people(question, Cell(bucket=3, converted=False), events).ids == ["cat"]


def test_strict_reads_everything_else_too(events: Desk) -> None:
    lines = "2026-11-02T10:00 ann sign\n2026-11-02T10:01 ann look\n2026-11-02T10:02 ann pay"
    assert counts(funnel.answer(ask(order="strict"), desk(lines))) == {"c": [1, 0, 0]}
    assert counts(funnel.answer(ask(), desk(lines))) == {"c": [1, 1, 0]}
    assert counts(funnel.answer(ask(order="strict"), events)) == {"c": [5, 2, 1]}


def test_without_an_order_the_steps_are_numbers() -> None:
    lines = "2026-11-02T10:00 ann share\n2026-11-02T10:01 ann sign\n2026-11-02T10:00 bob pay"
    found = funnel.answer(ask(order="unordered"), desk(lines))
    assert [(one.name, one.count) for one in found.lines[0].steps] == [
        ("Completed 1 step", 2), ("Completed 2 steps", 1), ("Completed 3 steps", 0),
    ]  # fmt: skip


def test_an_optional_step_is_counted_where_it_is_taken() -> None:
    steps = [STEPS[0], STEPS[1] | {"optional": True}, STEPS[2]]
    lines = "2026-11-02T10:00 ann sign\n2026-11-02T10:09 ann share\n2026-11-03T10:00 bob sign\n2026-11-03T10:01 bob pay"
    found = funnel.answer(ask(steps=steps), desk(lines))
    one = found.lines[0].steps[2]
    assert counts(found) == {"c": [2, 1, 1]}
    assert (one.of_previous, one.mean_from_previous, one.dropped) == (0.5, 540, 1)
    assert funnel.people(ask(steps=steps), Cell(step=3, converted=False), desk(lines)).ids == ["bob"]


def test_nothing_at_all() -> None:
    for show in ("steps", "time", "trend"):
        question = ask(show=show, breakdown={"by": "properties.plan"}, compare="previous")
        found = funnel.answer(question, desk(""))
        assert funnel.chart(question, found)["callsheet"]["empty"] is True
        assert funnel.table(question, found).columns


@pytest.mark.parametrize("show", ["steps", "time", "trend"])
def test_table_and_chart(events: Desk, show: str) -> None:
    for more in ({}, {"breakdown": {"by": "properties.plan"}, "compare": "previous"}):
        question = ask(show=show, **more)
        found = funnel.answer(question, events)
        rows = funnel.table(question, found)
        assert rows.rows
        assert {column.key for column in rows.columns} - {"partial"} <= set(rows.rows[0])
        option = funnel.chart(question, found)
        assert option["callsheet"]["empty"] is False
        assert json.loads(json.dumps(option, allow_nan=False))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "one step": ({"steps": STEPS[:1]}, "at least two steps"),
    "no window": ({"window": {"value": 0}}, "greater than or equal to 1"),
    "a window before": ({"window": {"value": -5}}, "greater than or equal to 1"),
    "attribution beyond": ({"attribution": "step", "attribution_step": 4}, "has 3 steps"),
    "backwards": ({"from_step": 3, "to_step": 2}, "must come before"),
    "exclusion backwards": ({"exclusions": [{"events": ["x"], "from_step": 2, "to_step": 2}]}, "must come before"),
    "exclusion beyond": ({"exclusions": [{"events": ["x"], "from_step": 1, "to_step": 4}]}, "within the 3 steps"),
    "exclusion is a step": ({"exclusions": [{"events": ["pay"], "from_step": 1, "to_step": 2}]}, "are a step"),
    "part of no order": (
        {"order": "unordered", "exclusions": [{"events": ["x"], "from_step": 1, "to_step": 2}]}, "from step 1 to step 3",
    ),
    "first optional": ({"steps": [{"events": ["a"], "optional": True}, *STEPS]}, "first step"),
    "optional without order": (
        {"order": "unordered", "steps": [*STEPS, {"events": ["a"], "optional": True}]}, "need an order",
    ),
    "optional before its like": (
        {"steps": [STEPS[0], {"events": ["pay"], "optional": True}, STEPS[1]]}, "same as the required",
    ),
    "31 steps": ({"steps": [STEPS[0]] * 31}, "at most 30"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_said(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ask(**more)


def test_a_span_is_taken_by_days_unless_it_has_too_many(events: Desk) -> None:
    """The 3rd of November 2026 is a Tuesday; weeks would begin on the 2nd. All time is taken by months."""
    assert counts(funnel.answer(ask(span=SPAN | {"since": "2026-11-03"}, interval="week"), events)) == {"c": [4, 1, 0]}
    assert counts(funnel.answer(ask(span={"since": "1970-01-01"}, interval="month"), events)) == {"c": [5, 3, 1]}
