"""Stickiness: counts worked by hand, and the same as brute force over events on random histories."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.charts.render import svg
from callsheet.usage.questions.common import Interval
from callsheet.usage.questions.stickiness import Answer, Cell, Question, answer, chart, people, table
from tests.usage.questions.made import NOW, Event, desk, happenings, interval_of, intervals, said, zones

DAYS = {"since": "2026-03-01", "until": "2026-03-04"}


def question(**asked: Any) -> Question:
    """A question about `use` on four days, unless it says otherwise."""
    return Question.model_validate({"series": [{"events": ["use"]}], "span": DAYS} | asked)


def ask(events: list[Event], zone: str = "UTC", now: datetime = NOW, **asked: Any) -> Answer:
    """Ask it."""
    return answer(question(**asked), desk(events, zone, now))


FEW = "ann 03-01 03-02 03-04, bob 03-03 03-03T05:00, cid 02-28 03-04"
KNOWN: dict[str, tuple[str, dict[str, Any], list[int]]] = {
    "different days, not events": (FEW, {}, [2, 0, 1, 0]),
    "so many days or more": (FEW, {"cumulative": True}, [3, 1, 1, 0]),
    "days with at least two events": (FEW, {"least": 2}, [1, 0, 0, 0]),
    "days with at most one event": (FEW, {"most": 1}, [1, 0, 1, 0]),
    "days with exactly two events": (FEW, {"least": 2, "most": 2}, [1, 0, 0, 0]),
    "every day": ("ann 03-01 03-02 03-03 03-04T23:59", {}, [0, 0, 0, 1]),
    "nobody": ("ann 03-05", {}, [0, 0, 0, 0]),
    "whole weeks": (
        "ann 02-24 03-01 03-08", {"interval": "week", "span": {"since": "2026-03-01", "until": "2026-03-08"}}, [0, 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known(case: str) -> None:
    text, asked, wanted = KNOWN[case]
    assert ask(said(text), **asked).lines[0].counts == wanted


def test_means_units_and_words() -> None:
    found = ask(said(FEW), cumulative=True)
    assert found.lines[0].units == 3
    assert found.lines[0].mean == pytest.approx(5 / 3)
    assert found.columns[:2] == ["1 day or more", "2 days or more"]
    assert ask([]).lines[0].mean is None


def test_series_and_the_period_before() -> None:
    events = said("ann 03-01 03-02, bob 02-25 02-26 02-28") + said("ann 03-01", "buy")
    found = ask(events, series=[{"events": ["use"]}, {"events": ["buy"]}], compare="previous")
    assert [(line.series, line.period, line.counts) for line in found.lines] == [
        ("A", "current", [0, 1, 0, 0]), ("B", "current", [1, 0, 0, 0]),
        ("A", "previous", [0, 0, 1, 0]), ("B", "previous", [0, 0, 0, 0]),
    ]  # fmt: skip
    asked = question(compare="previous")
    assert people(asked, Cell(intervals=3, period="previous"), desk(events)).ids == ["bob"]


def test_people_of_a_number() -> None:
    at = desk(said(FEW))
    assert people(question(), Cell(intervals=1), at).ids == ["bob", "cid"]
    assert people(question(cumulative=True), Cell(intervals=1), at).ids == ["ann", "bob", "cid"]
    with pytest.raises(BadInput, match="no series"):
        people(question(), Cell(series="Q", intervals=1), at)


def test_a_breakdown_by_the_first_value() -> None:
    events = [
        Event("ann", datetime(2026, 3, 1), "use", {"plan": "pro"}), Event("ann", datetime(2026, 3, 2)),
        Event("bob", datetime(2026, 3, 2)),
    ]  # fmt: skip
    asked = question(breakdown={"by": "properties.plan"})
    found = answer(asked, desk(events))
    assert {line.group or line.part: line.counts for line in found.lines} == {"pro": [0, 1, 0, 0], "none": [1, 0, 0, 0]}
    assert people(asked, Cell(intervals=2, part="value", group="pro"), desk(events)).ids == ["ann"]


def test_bounds_of_occurrences() -> None:
    with pytest.raises(ValidationError):
        question(least=3, most=2)


def test_table_and_chart() -> None:
    asked = question()
    found = ask(said(FEW))
    assert table(asked, found).rows[2] == {"intervals": "3 days", "line0": 1}
    assert "<svg" in svg(chart(asked, found), "light", 640, 240)


@settings(max_examples=100, deadline=None)
@given(happenings(), intervals, zones, st.integers(1, 2), st.sampled_from((None, 1, 3)), st.booleans())
def test_the_same_as_brute_force(
    events: list[Event], interval: Interval, zone: str, least: int, most: int | None, cumulative: bool
) -> None:
    least = min(least, most or least)
    span = {"since": "2026-03-10", "until": "2026-04-10"}
    asked = question(interval=interval, span=span, least=least, most=most, cumulative=cumulative)
    found = answer(asked, desk(events, zone))
    days = {date.fromisoformat(one.since) for one in found.buckets}
    active: dict[str, int] = {}
    for who in {one.who for one in events}:
        when = [interval_of(one.when, interval, zone) for one in events if one.who == who and one.event == "use"]
        active[who] = sum(least <= when.count(day) <= (most or 1000) for day in days)
    for n, count in enumerate(found.lines[0].counts, start=1):
        assert count == sum(x >= n if cumulative else x == n for x in active.values())
