"""Retention, lifecycle and stickiness worked by hand, over events written as text: what a tea house's guests do."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.usage.questions import kinds
from callsheet.usage.questions.retention import Question
from tests.usage.questions.desks import desk

DAYS = {"since": "2026-11-01", "until": "2026-11-04"}
VISIT, BUY = {"events": ["visit"]}, {"events": ["buy"]}


def ask(lines: str, persons: Any = None, cohorts: Any = None, zone: str = "UTC", **asked: Any) -> Any:
    return kinds.answer(kinds.parse({"span": DAYS} | asked), desk(lines, zone, persons=persons, cohorts=cohorts))


def grids(lines: str, what: str = "units", persons: Any = None, cohorts: Any = None, **asked: Any) -> dict[str, Any]:
    """The grid of each line: rows by interval of the start."""
    asked = dict[str, Any](kind="retention", start=VISIT, back=VISIT, periods=2) | asked
    found = ask(lines, persons, cohorts, **asked)
    return {
        grid.group or grid.part: [[getattr(cell, what) for cell in row.cells] for row in grid.cohorts]
        for grid in found.grids
    }


TEAS = """2026-11-01T10 ann visit {"tea": "green"}
    2026-11-02T10 ann visit {"tea": "black"}
    2026-11-03T10 ann visit {"tea": "green"}
    2026-11-02T10 bob visit {"tea": "black"}
    2026-11-03T10 bob visit
    2026-11-04T10 bob visit {"tea": "black"}"""
BY_TEA = {"by": "properties.tea"}
BREAKDOWNS: dict[str, tuple[dict[str, Any], dict[str, list[list[int]]]]] = {
    "under each value, with the events of that value only": ({}, {
        "black": [[0, 0, 0], [2, 0, 1], [0, 0, 0], [1, 0, 0]], "green": [[1, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0]],
        "none": [[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]],
    }),
    "under the value of the first start, with all events": ({"touch": "first"}, {
        "black": [[0, 0, 0], [1, 1, 1], [1, 1, 0], [1, 0, 0]], "green": [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]],
    }),
    "the first time of each value": ({"mode": "first_time"}, {
        "black": [[0, 0, 0], [2, 0, 1], [0, 0, 0], [0, 0, 0]], "green": [[1, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
        "none": [[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]],
    }),
    "the first event ever decides": ({"mode": "first_ever"}, {
        "black": [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0]], "green": [[1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
    }),
    "in rolling windows a person starts once, and each value counts from there": ({"basis": "rolling"}, {
        "black": [[1, 1, 0], [1, 0, 1], [0, 0, 0], [0, 0, 0]], "green": [[1, 0, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
        "none": [[0, 0, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]],
    }),
}  # fmt: skip


@pytest.mark.parametrize("case", BREAKDOWNS)
def test_what_a_breakdown_divides_guests_by(case: str) -> None:
    asked, wanted = BREAKDOWNS[case]
    assert grids(TEAS, breakdown=BY_TEA, **asked) == wanted


def test_a_trait_of_the_guest_stays_the_same() -> None:
    persons = {"ann": {"city": "Porto"}, "bob": {"city": "Bergen"}}
    for touch in ("each", "first"):
        found = grids(TEAS, persons=persons, breakdown={"by": "person.city"}, touch=touch)
        assert found == {
            "Bergen": [[0, 0, 0], [1, 1, 1], [1, 1, 0], [1, 0, 0]], "Porto": [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]],
        }  # fmt: skip


def test_by_cohort_everybody_stands_in_each_of_theirs() -> None:
    cohorts = {"early": ("ann",), "late": ("ann", "bob"), "none": ()}
    asked = {"by": "cohort", "cohorts": ["early", "all", "none"]}
    found = grids(TEAS, cohorts=cohorts, breakdown=asked)
    assert found == {
        "EARLY": [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]], "all": [[1, 1, 1], [2, 2, 1], [2, 1, 0], [1, 0, 0]],
        "NONE": [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]],
    }  # fmt: skip
    question = kinds.parse({
        "kind": "retention", "start": VISIT, "back": VISIT, "span": DAYS, "breakdown": asked,
    })  # fmt: skip
    at = desk(TEAS, cohorts=cohorts)
    undivided = question.model_copy(update={"breakdown": None})
    assert kinds.answer(question, at).sample == kinds.answer(undivided, at).sample, "each row once"
    cell = {"bucket": 1, "offset": 1, "part": "value", "group": "EARLY"}
    assert kinds.people(question, cell, at).ids == ["ann"]
    assert kinds.people(question, {"bucket": 1, "offset": 1}, at).ids == ["ann", "bob"]
    with pytest.raises(BadInput, match="no line 'LATE'"):
        kinds.people(question, cell | {"group": "LATE"}, at)


SPENT = """2026-11-01T09 ann buy {"euro": 90}
    2026-11-01T10 ann visit
    2026-11-01T11 ann buy {"euro": 4}
    2026-11-01T10 bob visit
    2026-11-02T10 ann buy {"euro": 6}
    2026-11-02T11 ann buy {"euro": 2}
    2026-11-02T12 bob buy {"euro": "3.5"}
    2026-11-03T10 bob buy {"euro": "much"}"""
SUMS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "what was bought before the visit of the day does not count": ({"property": "euro"}, [4, 11.5, 0]),
    "the mean for each who bought": ({"property": "euro", "math": "mean"}, [2, 5.75, 0]),
    "a trait of the guest, once for each time": ({"property": "person.age"}, [30, 100, 40]),
}


@pytest.mark.parametrize("case", SUMS)
def test_what_guests_who_return_bring(case: str) -> None:
    value, wanted = SUMS[case]
    persons = {"ann": {"age": 30}, "bob": {"age": 40}}
    assert grids(SPENT, "value", persons, back=BUY, value=value)[""][0] == wanted


def test_windows_of_24_hours_do_not_care_for_midnight() -> None:
    lines = "2026-11-01T22 a visit\n2026-11-02T21 a visit\n2026-11-01T08 b visit\n2026-11-02T09 b visit"
    assert grids(lines, basis="rolling")[""][0] == [2, 1, 0]
    assert grids(lines)[""][0] == [2, 2, 0]


@pytest.mark.parametrize(
    "breakdown",
    [
        {"by": "cohort"},
        {"by": "event", "cohorts": ["a"]},
        {"by": "properties.n", "also": ["event"], "also_bins": [0, 2]},
    ],
)
def test_breakdowns_that_cannot_be_are_refused(breakdown: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Question.model_validate({"start": VISIT, "back": VISIT, "breakdown": breakdown})


GUESTS = """2026-10-31T10 old visit
    2026-11-01T10 old visit
    2026-11-03T10 old visit
    2026-11-02T10 new visit
    2026-11-04T10 new visit"""


def test_all_time_begins_with_the_first_event() -> None:
    found = ask(GUESTS, kind="lifecycle", span={"since": "all", "until": "2026-11-04"}).lines[0].states
    assert found == {
        "new": [1, 0, 1, 0, 0], "returning": [0, 1, 0, 0, 0], "resurrecting": [0, 0, 0, 1, 1], "dormant": [0, 0, -1, -1, -1],
    }  # fmt: skip
    nothing = ask("", kind="lifecycle", span={"since": "all"})
    assert [one.since for one in nothing.buckets] == ["2026-11-22"]


def test_days_are_those_of_the_house() -> None:
    lines = "2026-11-01T23:30 ann visit\n2026-11-02T22:30 ann visit"
    at_home = ask(lines, zone="America/New_York", kind="lifecycle").lines[0].states
    abroad = ask(lines, zone="Asia/Kolkata", kind="lifecycle").lines[0].states
    assert (at_home["new"], at_home["returning"]) == ([1, 0, 0, 0], [0, 1, 0, 0])
    assert (abroad["new"], abroad["returning"]) == ([0, 1, 0, 0], [0, 0, 1, 0])


LOYAL = """2026-11-01T10 ann visit
    2026-11-01T11 ann visit
    2026-11-02T10 ann visit
    2026-11-04T10 ann visit
    2026-11-04T11 ann visit
    2026-11-02T10 bob visit
    2026-10-31T10 bob visit
    2026-10-30T10 cid visit
    2026-10-30T11 cid visit"""
STICKY: dict[str, tuple[dict[str, Any], list[list[int]]]] = {
    "how many days of four": ({}, [[1, 0, 1, 0]]),
    "so many days or more": ({"cumulative": True}, [[2, 1, 1, 0]]),
    "days with two visits at least": ({"least": 2}, [[0, 1, 0, 0]]),
    "days with one visit": ({"most": 1}, [[2, 0, 0, 0]]),
    "two days are one": ({"every": 2}, [[1, 1]]),
    "three days and the one that is left": ({"every": 3}, [[1, 1]]),
    "twice in two days": ({"every": 2, "least": 2}, [[0, 1]]),
    "beside the four days before": ({"compare": "previous"}, [[1, 0, 1, 0], [2, 0, 0, 0]]),
    "beside the same days begun a day earlier": ({"compare": "1d"}, [[1, 0, 1, 0], [0, 2, 0, 0]]),
}


@pytest.mark.parametrize("case", STICKY)
def test_stickiness(case: str) -> None:
    asked, wanted = STICKY[case]
    found = ask(LOYAL, kind="stickiness", series=[VISIT], **asked)
    assert [line.counts for line in found.lines] == wanted
    question = kinds.parse({"kind": "stickiness", "series": [VISIT], "span": DAYS} | asked)
    for line in found.lines:
        for place, count in enumerate(line.counts):
            cell = {"intervals": place + 1, "period": line.period}
            assert len(kinds.people(question, cell, desk(LOYAL)).ids) == count


def test_columns_say_what_they_count() -> None:
    found = ask(LOYAL, kind="stickiness", series=[VISIT], every=2, cumulative=True)
    assert found.columns == ["1 × 2 days or more", "2 × 2 days or more"]
    question = kinds.parse({"kind": "stickiness", "series": [VISIT], "span": DAYS})
    with pytest.raises(BadInput, match="no period before"):
        kinds.people(question, {"intervals": 1, "period": "previous"}, desk(LOYAL))
