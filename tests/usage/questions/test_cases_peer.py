"""Answers worked by hand for the situations that tools of this kind are compared on, from events written as text."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.usage.questions import kinds
from tests.usage.questions.desks import desk

SPAN = {"since": "2026-11-01", "until": "2026-11-20"}
DAYS = {"since": "2026-11-01", "until": "2026-11-04"}


def ask(lines: str, **asked: Any) -> Any:
    """Answer a question over events written as text."""
    return kinds.answer(kinds.parse({"span": SPAN} | asked), desk(lines))


def steps(lines: str, *names: str, **asked: Any) -> dict[str, list[int]]:
    """Counts of a funnel's steps by line."""
    found = ask(lines, kind="funnel", steps=[{"events": [name]} for name in names], **asked)
    return {line.label: [step.count for step in line.steps] for line in found.lines}


def without(event: str, first: int, last: int) -> dict[str, Any]:
    return {"events": [event], "from_step": first, "to_step": last}


STRICT = """2026-11-01T10 only_first visit
    2026-11-01T10 two visit
    2026-11-01T11 two pay
    2026-11-01T10 all visit
    2026-11-01T11 all pay
    2026-11-01T12 all stay
    2026-11-01T10 between_1_and_2 visit
    2026-11-01T11 between_1_and_2 look
    2026-11-01T12 between_1_and_2 pay
    2026-11-01T10 between_2_and_3 visit
    2026-11-01T11 between_2_and_3 pay
    2026-11-01T12 between_2_and_3 look
    2026-11-01T13 between_2_and_3 stay
    2026-11-01T10 before_all look
    2026-11-01T11 before_all visit
    2026-11-01T12 before_all pay
    2026-11-01T10 never_first pay
    2026-11-01T11 never_first stay"""
EXCLUDED = """2026-11-01T10 spoiled visit
    2026-11-01T11 spoiled cancel
    2026-11-01T12 spoiled pay
    2026-11-01T10 plain visit
    2026-11-01T11 plain pay
    2026-11-01T10 before cancel
    2026-11-01T11 before visit
    2026-11-01T12 before pay
    2026-11-01T10 after visit
    2026-11-01T11 after pay
    2026-11-01T12 after cancel"""
ALL = ("visit", "pay", "stay")
FUNNELS: dict[str, tuple[str, tuple[str, ...], dict[str, Any], list[int]]] = {
    "one event serves one step, so a step asked for three times needs three": (
        "2026-11-01T10 a visit\n2026-11-01T11 a visit\n" + "\n".join(f"2026-11-01T1{h} b visit" for h in range(3)),
        ("visit", "visit", "visit"), {}, [2, 2, 1],
    ),
    "strict: another event between two steps ends the chain": (STRICT, ALL, {"order": "strict"}, [6, 4, 1]),
    "the same people in an ordinary funnel": (STRICT, ALL, {}, [6, 5, 2]),
    "and without an order": (STRICT, ALL, {"order": "unordered"}, [7, 6, 2]),
    "an excluded event counts between its steps only": (
        EXCLUDED, ("visit", "pay"), {"exclusions": [without("cancel", 1, 2)]}, [3, 3],
    ),
    "a fresh start after the excluded event makes good for it": (
        "2026-11-01T10 a visit\n2026-11-01T11 a cancel\n2026-11-01T12 a visit\n2026-11-01T13 a pay",
        ("visit", "pay"), {"exclusions": [without("cancel", 1, 2)]}, [1, 1],
    ),
    "an excluded event after the window spoils nothing": (
        "2026-11-01T10 a visit\n2026-11-03T11 a cancel", ("visit", "pay"),
        {"exclusions": [without("cancel", 1, 2)], "window": {"value": 1, "unit": "day"}}, [1, 0],
    ),
    "excluded between steps 2 and 3: gone from steps 1 and 2 as well": (
        "2026-11-01T10 a visit\n2026-11-01T11 a pay\n2026-11-01T12 a cancel\n2026-11-01T13 a stay\n2026-11-01T10 b visit",
        ("visit", "pay", "stay"), {"exclusions": [without("cancel", 2, 3)]}, [1, 0, 0],
    ),
    "two exclusions over different steps": (
        """2026-11-01T10 a visit
        2026-11-01T11 a cancel
        2026-11-01T12 a pay
        2026-11-01T13 a stay
        2026-11-01T10 b visit
        2026-11-01T11 b pay
        2026-11-01T12 b refund
        2026-11-01T13 b stay
        2026-11-01T10 c visit
        2026-11-01T11 c refund
        2026-11-01T12 c pay
        2026-11-01T13 c stay""",
        ("visit", "pay", "stay"), {"exclusions": [without("cancel", 1, 2), without("refund", 2, 3)]}, [1, 1, 1],
    ),
    "the last second of the window counts": (
        "2026-11-01T10:00:00 a visit\n2026-11-02T10:00:00 a pay\n2026-11-01T10:00:00 b visit\n2026-11-02T10:00:01 b pay",
        ("visit", "pay"), {"window": {"value": 1, "unit": "day"}}, [2, 1],
    ),
    "the later start is within the window, the earlier is not": (
        "2026-11-01T10 a visit\n2026-11-03T10 a visit\n2026-11-03T20 a pay", ("visit", "pay"),
        {"window": {"value": 1, "unit": "day"}}, [1, 1],
    ),
    "events after the span convert nobody": ("2026-11-20T10 a visit\n2026-11-21T10 a pay", ("visit", "pay"), {}, [1, 0]),
}  # fmt: skip


@pytest.mark.parametrize("case", FUNNELS)
def test_funnels(case: str) -> None:
    lines, names, asked, wanted = FUNNELS[case]
    assert steps(lines, *names, **asked) == {"": wanted}


BROWSERS = """2026-11-01T10 ann visit {"browser": "Chrome"}
    2026-11-01T11 ann play {"browser": "Safari"}
    2026-11-01T12 ann pay {"browser": "Chrome"}
    2026-11-01T10 bob visit
    2026-11-01T11 bob play {"browser": "Safari"}
    2026-11-01T12 bob pay {"browser": "Edge"}
    2026-11-01T10 cid visit {"browser": "Mac"}
    2026-11-01T11 cid play
    2026-11-01T10 dee visit"""
TOUCHES: dict[str, tuple[dict[str, Any], dict[str, list[int]]]] = {
    "the first value among all steps; a value that nobody stands under has no line": (
        {"attribution": "first"}, {"Chrome": [1, 1, 1], "Mac": [1, 1, 0], "Safari": [1, 1, 1], "none": [1, 0, 0]},
    ),
    "the last value": ({"attribution": "last"}, {"Chrome": [1, 1, 1], "Edge": [1, 1, 1], "Mac": [1, 1, 0], "none": [1, 0, 0]}),
    "the value of step 1": (
        {"attribution": "step"}, {"Chrome": [1, 1, 1], "Mac": [1, 1, 0], "none": [2, 1, 1]},
    ),
    "the value of step 2, of those who took it": (
        {"attribution": "step", "attribution_step": 2}, {"Safari": [2, 2, 2], "none": [1, 1, 0]},
    ),
    "all events must have the value": ({"attribution": "all"}, {"Chrome": [1, 0, 0], "Mac": [1, 0, 0], "none": [2, 0, 0]}),
}  # fmt: skip


@pytest.mark.parametrize("case", TOUCHES)
def test_whose_value_a_person_stands_under(case: str) -> None:
    asked, wanted = TOUCHES[case]
    assert steps(BROWSERS, "visit", "play", "pay", breakdown={"by": "properties.browser"}, **asked) == wanted


def test_the_most_frequent_values_have_lines_the_others_one_together() -> None:
    lines = "\n".join(f'2026-11-01T10 u{n} visit {{"browser": "b{n % 5}"}}' for n in range(13))
    found = steps(lines, "visit", "pay", breakdown={"by": "properties.browser", "limit": 2})
    assert found == {"b0": [3, 0], "b1": [3, 0], "other": [7, 0]}


TIMES = """2026-11-01T10:00:00.000 a visit
    2026-11-01T10:37:00.400 a pay
    2026-11-01T10:00:00.000 b visit
    2026-11-01T10:37:00.600 b pay
    2026-11-01T10:00:00.000 c visit
    2026-11-02T08:59:59.500 c pay"""


def test_times_to_convert_stand_in_bins_of_whole_seconds() -> None:
    """Three times make two bins (the cube root, rounded up) from 2,220 s, each half of the way to 82,800 s wide, and
    one more for what is exactly as long as the longest."""
    found = ask(TIMES, kind="funnel", steps=[{"events": ["visit"]}, {"events": ["pay"]}], show="time").times[0]
    assert [(one.since, one.count) for one in found.bins] == [(2220, 2), (42510, 1), (82800, 0)]
    assert found.mean == pytest.approx((2220.4 + 2220.6 + 82799.5) / 3)


USES = """2026-11-01T10 a use
    2026-11-02T10 a use
    2026-11-04T10 a use
    2026-11-01T10 b use
    2026-11-03T10 b use
    2026-11-02T10 c use
    2026-11-02T11 c use
    2026-11-04T10 c use"""
RETAINED: dict[str, tuple[dict[str, Any], list[list[int]]]] = {
    "in every interval with a start": ({}, [[2, 1, 1, 1], [2, 0, 2, 0], [1, 0, 0, 0], [2, 0, 0, 0]]),
    "only the first ever": ({"mode": "first_time"}, [[2, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
    "on the day or after it": ({"when": "on_or_after"}, [[2, 2, 2, 1], [2, 2, 2, 0], [1, 0, 0, 0], [2, 0, 0, 0]]),
    "twice or more; starting is not touched": ({"least": 2}, [[2, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0]]),
    "columns of 1 and of 2 days": ({"brackets": [1, 2]}, [[2, 1, 2], [2, 0, 2], [1, 0, 0], [2, 0, 0]]),
}


@pytest.mark.parametrize("case", RETAINED)
def test_retention(case: str) -> None:
    asked, wanted = RETAINED[case]
    series = {"events": ["use"]}
    [grid] = ask(USES, kind="retention", span=DAYS, periods=3, start=series, back=series, **asked).grids
    assert [[cell.units for cell in row.cells] for row in grid.cohorts] == wanted


def test_a_dormant_person_stands_in_the_interval_after_the_last_active_one() -> None:
    lines = """2026-10-31T10 old use
        2026-11-02T10 old use
        2026-11-01T10 new use
        2026-11-02T10 new use
        2026-11-04T10 new use
        2026-10-29T10 gone use"""
    found = ask(lines, kind="lifecycle", span=DAYS, series={"events": ["use"]}).lines[0].states
    assert found == {
        "new": [1, 0, 0, 0], "returning": [0, 1, 0, 0], "resurrecting": [0, 1, 0, 1], "dormant": [-1, 0, -2, 0],
    }  # fmt: skip


WAU = """2020-01-03T12 ann use
    2020-01-08T12 bob use
    2020-01-09T12 cid use
    2020-01-10T12 ann use
    2020-01-18T12 ann use"""


def test_weekly_active_by_week_is_of_the_week_itself() -> None:
    """Weeks from Sunday, 29 December: ann, then bob, cid and ann, then ann; three of them in all."""
    span = {"since": "2019-12-29", "until": "2020-01-18", "week": "sunday"}
    found = ask(WAU, kind="trends", span=span, interval="week", series=[{"events": ["use"], "math": "weekly_active"}])
    assert (found.lines[0].amounts, found.lines[0].total) == ([1, 3, 1], 3)


def test_monthly_active_by_week_is_of_the_thirty_days_up_to_the_first_of_the_week() -> None:
    span = {"since": "2019-12-29", "until": "2020-01-18", "week": "sunday"}
    found = ask(WAU, kind="trends", span=span, interval="week", series=[{"events": ["use"], "math": "monthly_active"}])
    assert (found.lines[0].amounts, found.lines[0].total) == ([0, 1, 3], 3)
    assert found.notes == ["Monthly active: of the 30 days that end with the first day of the week."]


def test_a_value_of_other_days_has_no_line_in_trends_and_lifecycle() -> None:
    lines = '2026-10-01T10 a use {"p": "old"}\n2026-11-02T10 a use {"p": "late"}\n2026-11-02T10 b use {"p": "new"}'
    asked = {"span": DAYS, "breakdown": {"by": "properties.p"}}
    series = [{"events": ["use"], "math": "first_time"}]
    assert [one.group for one in ask(lines, kind="trends", series=series, **asked).lines] == ["new"]
    first = '2026-11-01T10 a use {"p": "x"}\n2026-11-02T10 a use {"p": "y"}'
    assert [one.label for one in ask(first, kind="lifecycle", **asked).lines] == ["x"]


def test_rows_without_an_account_are_left_out_once() -> None:
    lines = "2026-11-01T10 a use\n2026-11-02T10 a use\n2026-11-02T10 b@acme use"
    for mode in ("recurring", "first_time", "first_ever", "first_in_span"):
        asked = {"mode": mode, "start": {"events": ["use"]}, "back": {"events": ["use"]}, "periods": 2}
        assert ask(lines, kind="retention", unit="account", span=DAYS, **asked).left_out == 2, mode
