"""Rhythm: worked by hand for a bakery's orders, and compared with the clock itself moment by moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.usage.questions import kinds
from tests.usage.questions.desks import desk
from tests.usage.questions.made import ZONES, Event
from tests.usage.questions.made import desk as made_desk

SPAN = {"since": "2026-11-02", "until": "2026-11-10"}
"""From a Monday to the Tuesday of the week after."""
ORDERS = """2026-11-02T07:10 ann@inn order {"bread": "rye"}
    2026-11-02T07:50 ann@inn order {"bread": "rye"}
    2026-11-02T07:55 bob@mill order
    2026-11-03T16:05 ann@inn order {"bread": "rye"}
    2026-11-09T07:30 cid order
    2026-11-09T08:00 cid visit
    2026-11-12T08:00 cid order"""


def ask(zone: str = "UTC", **asked: Any) -> Any:
    asked = {"kind": "rhythm", "series": {"events": ["order"]}, "span": SPAN} | asked
    return kinds.answer(kinds.parse(asked), desk(ORDERS, zone))


def grid(found: Any) -> dict[tuple[int, int], int]:
    return {(one.day, hour): amount for one in found.days for hour, amount in enumerate(one.amounts) if amount}


def test_events_by_weekday_and_hour() -> None:
    found = ask()
    assert grid(found) == {(1, 7): 4, (2, 16): 1}
    assert [one.total for one in found.days] == [4, 1, 0, 0, 0, 0, 0]
    assert {hour: amount for hour, amount in enumerate(found.hours) if amount} == {7: 4, 16: 1}
    assert (found.total, found.sample, found.left_out) == (5, 5, 0)
    assert [one.times for one in found.days] == [2, 2, 1, 1, 1, 1, 1]
    assert found.notes == ["Wednesday, Thursday, Friday, Saturday, Sunday: 1 in the span, others 2."]


def test_people_are_one_each_in_a_cell_a_day_an_hour_and_in_all() -> None:
    found = ask(counted="units")
    assert grid(found) == {(1, 7): 3, (2, 16): 1}
    assert ([one.total for one in found.days][:2], found.hours[7], found.total) == ([3, 1], 3, 3)
    accounts = ask(counted="units", unit="account")
    assert (grid(accounts), accounts.total, accounts.left_out) == ({(1, 7): 2, (2, 16): 1}, 2, 1)


def test_the_clock_is_that_of_the_organisation() -> None:
    """Auckland is 13 hours ahead in November: Monday's morning is its evening, and Tuesday's evening its Wednesday."""
    assert grid(ask("Pacific/Auckland")) == {(1, 20): 4, (3, 5): 1}


def test_conditions_and_weeks_from_sunday() -> None:
    found = ask(where=[{"field": "properties.bread", "values": ["rye"]}], span=SPAN | {"week": "sunday"})
    assert grid(found) == {(1, 7): 2, (2, 16): 1}
    assert [one.name for one in found.days][:2] == ["Sunday", "Monday"]
    exact = ask(span={"since": "2026-11-02T07:30", "until": "2026-11-09T07:29", "exact": True})
    assert grid(exact) == {(1, 7): 2, (2, 16): 1}


BEHIND: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "a cell": ({"day": 1, "hour": 7}, {"ann": 2, "bob": 1, "cid": 1}),
    "a day": ({"day": 2}, {"ann": 1}),
    "an hour": ({"hour": 16}, {"ann": 1}),
    "all": ({}, {"ann": 3, "bob": 1, "cid": 1}),
    "nobody": ({"day": 7}, {}),
}


@pytest.mark.parametrize("case", BEHIND)
def test_who_is_behind(case: str) -> None:
    cell, wanted = BEHIND[case]
    asked = kinds.parse({"kind": "rhythm", "series": {"events": ["order"]}, "span": SPAN})
    found = kinds.people(asked, cell, desk(ORDERS))
    assert dict(zip(found.ids, found.times, strict=True)) == wanted


def test_table_and_chart() -> None:
    asked = kinds.parse({"kind": "rhythm", "series": {"events": ["order"]}, "span": SPAN})
    found = kinds.answer(asked, desk(ORDERS))
    told = kinds.table(asked, found)
    assert [one.label for one in told.columns][:3] == ["Day", "00", "01"]
    assert [(row["day"], row["hour7"], row["total"]) for row in told.rows if row["total"]] == [
        ("Monday", 4, 4), ("Tuesday", 0, 1), ("total", 4, 5),
    ]  # fmt: skip
    assert not kinds.chart(asked, found)["callsheet"].get("empty")
    nothing = kinds.parse({"kind": "rhythm", "series": {"events": ["never"]}, "span": SPAN})
    assert kinds.chart(nothing, kinds.answer(nothing, desk(ORDERS)))["callsheet"]["empty"]


@pytest.mark.parametrize("more", [{"compare": "previous"}, {"breakdown": {"by": "event"}}])
def test_a_rhythm_is_one_grid(more: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="leave out compare and breakdown"):
        kinds.parse({"kind": "rhythm"} | more)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60 * 24 * 20)), max_size=20), st.sampled_from(ZONES),
    st.sampled_from([datetime(2026, 3, 20), datetime(2026, 10, 20)]), st.booleans(),
)  # fmt: skip
def test_the_same_as_the_clock_says(did: list[tuple[str, int]], zone: str, begin: datetime, units: bool) -> None:
    events = [Event(who, begin + timedelta(minutes=minute), "use") for who, minute in did]
    span = {"since": "2026-01-02", "until": "2026-12-30"}
    asked = kinds.parse({"kind": "rhythm", "span": span, "counted": "units" if units else "events"})
    found = kinds.answer(asked, made_desk(events, zone))
    told = [(one.who, one.when.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))) for one in events]
    places = [(who, moment.isoweekday(), moment.hour) for who, moment in told]
    places = sorted(set(places)) if units else places
    wanted: dict[tuple[int, int], int] = {}
    for _, day, hour in places:
        wanted[day, hour] = wanted.get((day, hour), 0) + 1
    assert grid(found) == wanted
