"""Drift of the schema: cases worked by hand, and that no history makes the rules stumble."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.usage.drift import TYPES, Course, Noted, of_event, of_properties

NOW = datetime(2026, 11, 22, 16)
TODAY = datetime(2026, 11, 22)


def day(back: int) -> datetime:
    return TODAY - timedelta(days=back)


def course(rows: dict[int, int], **properties: dict[str, dict[int, int]]) -> Course:
    """Rows by days back, and for each property and type the same."""
    made = Course(day(max(rows)), day(min(rows)))
    for back, amount in rows.items():
        made.add("", "", day(back), amount)
    for name, kinds in properties.items():
        for kind, days in kinds.items():
            for back, amount in days.items():
                made.add(name, kind, day(back), amount)
        made.first_of[name] = day(max(back for days in kinds.values() for back in days))
    return made


ROWS = dict.fromkeys(range(30), 10)
EARLIER, LATELY = dict.fromkeys(range(8, 30), 10), dict.fromkeys(range(4), 10)
PROPERTIES = {
    "always there, always text": ({"p": {"string": ROWS}}, {}, []),
    "null is as if it were missing": ({"p": {"string": EARLIER, "null": LATELY}}, {}, ["property vanished"]),
    "gone for three days": ({"p": {"string": dict.fromkeys(range(4, 30), 10)}}, {}, ["property vanished"]),
    "half of the rows still have it": ({"p": {"string": ROWS | dict.fromkeys(range(4), 6)}}, {}, []),
    "was in nine of ten rows only": ({"p": {"string": dict.fromkeys(range(4, 30), 9)}}, {}, []),
    "text since three days": (
        {"p": {"number": dict.fromkeys(range(4, 30), 10), "string": LATELY}}, {}, ["type changed"]),
    "some rows are text": ({"p": {"number": ROWS | dict.fromkeys(range(4), 7), "string": dict.fromkeys(range(4), 3)}},
                           {}, []),
    "another type each day": (
        {"p": {"number": dict.fromkeys(range(0, 28, 2), 10), "string": dict.fromkeys(range(1, 28, 2), 10)}}, {},
        ["type changed"]),
    "first seen five days ago": ({"p": {"string": dict.fromkeys(range(6), 1)}}, {}, ["new property"]),
    "expected and there": ({"p": {"string": ROWS}}, {"p": Noted("expected", "string")}, []),
    "expected to be a number": ({"p": {"string": ROWS}}, {"p": Noted("expected", "number")}, ["type unexpected"]),
    "expected and never seen": ({}, {"p": Noted("expected")}, ["missing"]),
    "deprecated and still sent": ({"p": {"string": ROWS}}, {"p": Noted("deprecated")}, ["deprecated"]),
    "another one is planned": ({"p": {"string": ROWS}, "q": {"string": ROWS}}, {"q": Noted("expected")}, ["unexpected"]),
    "the client's own are in no plan": ({"$lib": {"string": ROWS}}, {"q": Noted("expected")}, ["missing"]),
    "hidden": ({"p": {"string": dict.fromkeys(range(4, 30), 10)}}, {"p": Noted("hidden")}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", PROPERTIES)
def test_properties(case: str) -> None:
    properties, notes, wanted = PROPERTIES[case]
    found = list(of_properties("e", course(ROWS, **properties), NOW, notes))
    assert [one.problem for one in found] == wanted


def test_how_often_a_type_changed_is_said() -> None:
    flips = {"number": dict.fromkeys(range(0, 6, 2), 10), "string": dict.fromkeys(range(1, 6, 2), 10)}
    (found,) = of_properties("e", course(ROWS, p=flips), NOW)
    assert found.words == "Its type changed 5 times within 28 days: text on 3 days and number on 3 days."


def test_too_few_rows_say_nothing() -> None:
    rows = dict.fromkeys(range(30), 1)
    assert list(of_properties("e", course(rows, p={"string": dict.fromkeys(range(4, 30), 1)}), NOW)) == []


EVENTS = {
    "as always": (ROWS, Noted(), False, None),
    "first seen five days ago": (dict.fromkeys(range(6), 1), Noted(), False, "new event"),
    "new, and planned": (dict.fromkeys(range(6), 1), Noted("expected"), True, None),
    "not in the plan": (ROWS, Noted(), True, "unexpected"),
    "planned and never seen": (None, Noted("expected"), True, "missing"),
    "planned and silent for a month": ({40: 5}, Noted("expected"), True, "missing"),
    "silent for a month, no plan": ({40: 5}, Noted(), False, None),
    "deprecated and still sent": (ROWS, Noted("deprecated"), True, "deprecated"),
    "deprecated and gone": ({20: 5}, Noted("deprecated"), True, None),
    "hidden": (ROWS, Noted("hidden"), True, None),
}


@pytest.mark.parametrize("case", EVENTS)
def test_events(case: str) -> None:
    rows, note, planned, wanted = EVENTS[case]
    found = of_event("e", course(rows) if rows else None, note, planned, day(60), NOW)
    assert (found.problem if found else None) == wanted


def test_in_a_new_workspace_nothing_is_new() -> None:
    assert of_event("e", course(dict.fromkeys(range(3), 1)), Noted(), False, day(3), NOW) is None


DAYS = st.dictionaries(st.integers(-3, 70), st.integers(1, 100), min_size=1, max_size=8)
NOTES = st.builds(Noted, st.sampled_from(["", "expected", "deprecated", "hidden"]), st.sampled_from(["", *TYPES]))


@settings(max_examples=100, deadline=None)
@given(DAYS, st.dictionaries(st.sampled_from("pqr"), st.dictionaries(st.sampled_from(TYPES), DAYS, min_size=1)),
       st.dictionaries(st.sampled_from("pqrs"), NOTES))  # fmt: skip
def test_each_property_has_at_most_one_drift_in_plain_words(
    rows: dict[int, int], properties: dict[str, dict[str, dict[int, int]]], notes: dict[str, Noted]
) -> None:
    found = list(of_properties("e", course(rows, **properties), NOW, notes))
    assert len({one.property for one in found}) == len(found)
    assert all(one.words.endswith(".") and notes.get(one.property, Noted()).state != "hidden" for one in found)
