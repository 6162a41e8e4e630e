"""Trends worked by hand, over events written as text: what is read in a small library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.model.history import Ask, History
from callsheet.usage.questions import kinds
from callsheet.usage.questions.slices import Bins
from callsheet.usage.questions.trends import Question
from tests.usage.questions.desks import desk

DAYS = {"since": "2026-11-02", "until": "2026-11-05"}
READ = {"events": ["read"]}
PERSONS: dict[str, dict[str, Any]] = {
    "ann": {"age": 30, "town": "Turku"},
    "bob": {"age": 41, "town": "Oulu"},
    "cid": {"town": ""},
}
LOANS = """2026-10-31T09 bob read {"shelf": "art", "pages": 7}
    2026-11-02T09 ann read {"shelf": "art", "pages": 10}
    2026-11-02T10 ann read {"shelf": "law", "pages": 20}
    2026-11-02T11 ann read {"shelf": "art", "pages": "30"}
    2026-11-02T12 bob read {"shelf": "art", "pages": "many"}
    2026-11-04T09 bob read {"shelf": "", "pages": 50}
    2026-11-04T10 cid read {"pages": 90}
    2026-11-04T11 cid lend"""


def ask(lines: str = LOANS, zone: str = "UTC", **asked: Any) -> Any:
    asked = {"kind": "trends", "series": [READ], "span": DAYS} | asked
    return kinds.answer(kinds.parse(asked), desk(lines, zone, persons=PERSONS, cohorts={"club": ("ann", "cid")}))


def amounts(found: Any) -> dict[str, Any]:
    return {line.group or line.part or line.series: line.amounts for line in found.lines}


EACH: dict[str, tuple[list[float | None], float]] = {
    "per_unit": ([2, None, 1, None], 2), "per_unit_min": ([1, None, 1, None], 1), "per_unit_max": ([3, None, 1, None], 3),
    "per_unit_median": ([2, None, 1, None], 2), "per_unit_p75": ([2.5, None, 1, None], 2.5),
}  # fmt: skip


@pytest.mark.parametrize("math", EACH)
def test_numbers_of_rows_of_each_reader(math: str) -> None:
    """ann reads three times and bob once on the first day; in all ann 3, bob 2, cid 1."""
    line = ask(series=[READ | {"math": math}]).lines[0]
    assert (line.amounts, line.total) == EACH[math]


def test_traits_are_numbers_of_whoever_did_it() -> None:
    for math, wanted in (("mean", [32.75, None, 41, None]), ("sum", [131, 0, 41, 0]), ("unique_values", [2, 0, 1, 0])):
        line = ask(series=[READ | {"math": math, "property": "person.age"}]).lines[0]
        assert line.amounts == wanted, math
    broken = ask(series=[READ | {"math": "max", "property": "person.age"}], breakdown={"by": "properties.shelf"})
    assert amounts(broken) == {
        "art": [41, None, None, None], "law": [30, None, None, None], "none": [None, None, 41, None],
    }  # fmt: skip


ONE_DAY = {"since": "2026-11-02", "until": "2026-11-02"}


def test_an_empty_text_is_no_value() -> None:
    assert amounts(ask(breakdown={"by": "properties.shelf"})) == {
        "art": [3, 0, 0, 0], "law": [1, 0, 0, 0], "none": [0, 0, 2, 0],
    }  # fmt: skip


def test_cleaned_values_that_are_called_the_same_stand_together() -> None:
    by = {"by": "properties.shelf", "clean": [{"pattern": "^(a|l).*", "by": "\\1"}, {"pattern": "^l$"}]}
    assert amounts(ask(breakdown=by)) == {"a": [3, 0, 0, 0], "none": [1, 0, 2, 0]}
    towns = {"by": "person.town", "also": ["properties.shelf"], "clean": [{"pattern": "Turku|Oulu", "by": "Finland"}]}
    assert amounts(ask(breakdown=towns)) == {
        "Finland :: art": [3, 0, 0, 0], "Finland :: law": [1, 0, 0, 0], "Finland :: none": [0, 0, 1, 0],
        "none": [0, 0, 1, 0],
    }  # fmt: skip
    each = by | {"also": ["person.town"]}
    assert amounts(ask(breakdown=each)) == {
        "a :: Turku": [2, 0, 0, 0], "a :: Oulu": [1, 0, 0, 0], "none :: Turku": [1, 0, 0, 0],
        "none :: Oulu": [0, 0, 1, 0], "none": [0, 0, 1, 0],
    }, "each value is cleaned by itself"  # fmt: skip
    for wrong in ({"bins": 3}, {"by": "cohort", "cohorts": ["club"]}):
        with pytest.raises(ValidationError, match="clean"):
            Question.model_validate({"series": [READ], "breakdown": by | wrong})


def test_several_fields_make_a_line_for_each_combination() -> None:
    found = ask(breakdown={"by": "properties.shelf", "also": ["person.town"], "limit": 2})
    assert amounts(found) == {
        "art :: Turku": [2, 0, 0, 0], "art :: Oulu": [1, 0, 0, 0], "other": [1, 0, 1, 0], "none": [0, 0, 1, 0],
    }  # fmt: skip
    question = kinds.parse({
        "kind": "trends", "series": [READ], "span": DAYS, "breakdown": {"by": "properties.shelf", "also": ["person.town"]},
    })  # fmt: skip
    at = desk(LOANS, persons=PERSONS)
    assert [line.group for line in kinds.answer(question, at).lines][:4] == [  # type: ignore[attr-defined]
        "art :: Turku", "art :: Oulu", "law :: Turku", "none :: Oulu",
    ]  # fmt: skip
    assert kinds.people(question, {"part": "value", "group": "none :: Oulu"}, at).ids == ["bob"]


def test_numbers_stand_in_ranges_of_equal_width() -> None:
    """From 10 to 90 in four: 20 wide. What is no number stands under none; a range with nothing in it has no line."""
    assert amounts(ask(breakdown={"by": "properties.pages", "bins": 4})) == {
        "[10,30]": [2, 0, 0, 0], "[30,50]": [1, 0, 0, 0], "[50,70]": [0, 0, 1, 0], "[70,90.01]": [0, 0, 1, 0],
        "none": [1, 0, 0, 0],
    }  # fmt: skip
    assert amounts(ask(span=ONE_DAY, breakdown={"by": "properties.pages", "bins": 1})) == {
        "[10,30.01]": [3],
        "none": [1],
    }
    assert Bins(4, 4, 9).named("4") == "[4,4.01]"
    assert [Bins(0.001, 0.004, 3).named(one) for one in ("0.001", "0.0025", "0.004")] == [
        "[0.001,0.002]", "[0.002,0.003]", "[0.003,0.0041]",
    ]  # fmt: skip
    assert [Bins(0, 1, 3).named(one) for one in ("0", "0.5", "1", "1.5", "x")] == [
        "[0,0.33]", "[0.33,0.67]", "[0.67,1.01]", "", "",
    ]  # fmt: skip


def test_by_cohort_with_a_formula_and_the_days_before() -> None:
    found = ask(
        series=[READ, READ | {"math": "unique"}], formulas=["A / B"], compare="previous",
        breakdown={"by": "cohort", "cohorts": ["club", "all"]},
    )  # fmt: skip
    assert [(line.group, line.period, line.amounts) for line in found.lines] == [
        ("CLUB", "current", [3, None, 1, None]), ("all", "current", [2, None, 1, None]),
        ("CLUB", "previous", [None, None, None, None]), ("all", "previous", [None, None, 1, None]),
    ]  # fmt: skip
    assert found.notes == ["Whoever is in several cohorts counts in each."]


EARLIER: dict[str, tuple[str, list[float]]] = {
    "as many days before": ("previous", [0, 0, 1, 0]), "one day": ("1d", [0, 4, 0, 2]), "two days": ("2d", [1, 0, 4, 0]),
    "a week": ("1w", [0, 0, 0, 0]),
}  # fmt: skip


@pytest.mark.parametrize("case", EARLIER)
def test_what_it_is_compared_with(case: str) -> None:
    compare, wanted = EARLIER[case]
    found = ask(compare=compare)
    assert [line.amounts for line in found.lines] == [[4, 0, 2, 0], wanted]
    question = kinds.parse({"kind": "trends", "series": [READ], "span": DAYS, "compare": compare})
    for place, count in enumerate(wanted):
        ids = kinds.people(question, {"bucket": place, "period": "previous"}, desk(LOANS)).ids
        assert bool(ids) == bool(count)


def test_a_month_and_a_year_earlier_end_with_the_month() -> None:
    span = {"since": "2024-02-29", "until": "2024-03-01"}
    assert [one.since for one in ask(span=span, compare="1y").previous] == ["2023-02-28", "2023-03-01"]
    span = {"since": "2026-03-31", "until": "2026-03-31"}
    assert [one.since for one in ask(span=span, compare="1m").previous] == ["2026-02-28"]
    weeks = ask(span={"since": "2026-11-02", "until": "2026-11-15"}, interval="week", compare="1m")
    assert [one.since for one in weeks.previous] == ["2026-09-28", "2026-10-05"]


def test_the_same_hours_a_day_earlier_by_the_clock() -> None:
    """Clocks in Helsinki go back in the night to 25 October 2026, so that a day earlier is 25 hours away."""
    span = {"since": "2026-10-25T09:00", "until": "2026-10-25T10:00"}
    found = ask(zone="Europe/Helsinki", span=span, interval="hour", compare="1d")
    assert [one.since for one in found.previous] == ["2026-10-24T09:00:00", "2026-10-24T10:00:00"]


def test_values_of_the_period_before_have_lines_where_there_is_room() -> None:
    lines = """2026-10-30T09 a read {"shelf": "old"}
        2026-11-01T09 a read {"shelf": "law"}
        2026-11-01T09 a read {"shelf": "old"}
        2026-11-02T09 a read {"shelf": "art"}
        2026-11-03T09 a read {"shelf": "law"}"""
    for limit, wanted in ((3, ["art", "law", "old"]), (2, ["art", "law", "other"])):
        found = ask(lines, compare="previous", breakdown={"by": "properties.shelf", "limit": limit})
        before = [line for line in found.lines if line.period == "previous"]
        assert [line.group or line.part for line in before] == wanted
        assert [line.total for line in before] == [0, 1, 2]


def test_gaps_are_nothing_unless_zero_is_asked_for() -> None:
    series = [READ | {"math": "mean", "property": "pages"}, {"events": ["lend"]}]
    asked = dict[str, Any](series=series, show_series=True)
    assert [line.amounts for line in ask(formulas=["A / B", "A + B"], **asked).lines] == [
        [20, None, 70, None], [0, 0, 1, 0], [None, None, 70, None], [20, None, 71, None],
    ]  # fmt: skip
    assert [line.amounts for line in ask(formulas=["A / B", "A + B"], gaps="zero", **asked).lines] == [
        [20, 0, 70, 0], [0, 0, 1, 0], [0, 0, 70, 0], [20, 0, 71, 0],
    ]  # fmt: skip


FIRST = {"events": ["read"], "math": "first_ever"}
ART = {"field": "properties.shelf", "values": ["art"]}
LAW = {"field": "properties.shelf", "values": ["law"]}


@pytest.mark.parametrize(("where", "wanted"), [(ART, [1, 0, 0, 0]), (LAW, [0, 0, 0, 0])])
def test_a_condition_does_not_change_what_was_first(where: dict[str, Any], wanted: list[int]) -> None:
    """bob's first was in October, ann's first was art and only then law."""
    assert ask(series=[FIRST | {"where": [where]}]).lines[0].amounts == wanted
    assert ask(series=[FIRST], where=[where]).lines[0].amounts == wanted


def test_of_firsts_at_one_moment_each_counts() -> None:
    lines = '2026-11-02T09 a read {"shelf": "art"}\n2026-11-02T09 a read {"shelf": "law"}'
    for where in (ART, LAW):
        assert ask(lines, series=[FIRST], where=[where]).lines[0].amounts == [1, 0, 0, 0]


ACTIVE: dict[str, tuple[str, str, list[float], float]] = {
    "each day, of seven days": ("weekly_active", "day", [2, 2, 3, 3], 3),
    "by week, of the week": ("weekly_active", "week", [1, 3], 3),
    "by month, weekly active is of the month": ("weekly_active", "month", [1, 3], 3),
    "by month, of the month": ("monthly_active", "month", [1, 3], 3),
    "by week, of thirty days up to the week's first": ("monthly_active", "week", [0, 2], 3),
}


@pytest.mark.parametrize("case", ACTIVE)
def test_who_is_active(case: str) -> None:
    math, interval, wanted, total = ACTIVE[case]
    span = DAYS if interval == "day" else {"since": "2026-10-31", "until": "2026-11-05"}
    found = ask(series=[READ | {"math": math}], interval=interval, span=span)
    assert (found.lines[0].amounts, found.lines[0].total, found.lines[0].unit) == (wanted, total, "people")
    assert any("30 days" in note for note in found.notes) == ("thirty" in case)


@pytest.mark.parametrize("asked", [{"compare": "yesterday"}, {"compare": "0d"}, {"gaps": "none at all"}])
def test_wrong_words_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Question.model_validate({"series": [READ]} | asked)


class Merging:
    """Histories in which `zed` and `bob` become one person after the first reading: as many rows, in another order."""

    def __init__(self, lines: str) -> None:
        self.before, self.after = desk(lines).histories, desk(lines.replace("zed", "bob")).histories

    def read(self, ask: Ask) -> History:
        self.before, now = self.after, self.before
        return now.read(ask)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.after, name)


def test_all_is_read_again_when_persons_are_merged_between_two_readings() -> None:
    lines = """2026-11-02T10:00 zed read {"plan": "pro", "cost": 1}
        2026-11-02T10:05 ann read {"plan": "free", "cost": 10}
        2026-11-02T10:06 bob read {"plan": "team", "cost": 100}"""
    by = {"by": "properties.plan", "also": ["properties.cost"]}
    question = kinds.parse({"kind": "trends", "series": [READ], "span": DAYS, "breakdown": by})
    found = kinds.answer(question, replace(desk(lines), histories=Merging(lines)))
    assert set(amounts(found)) == {"free :: 10", "pro :: 1", "team :: 100"}
