"""Trends: answers worked by hand, and the same as brute force over events on random histories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.charts.render import svg
from callsheet.usage.questions import rows
from callsheet.usage.questions.common import Interval, Span
from callsheet.usage.questions.trends import Answer, Cell, Question, answer, chart, people, table
from tests.usage.questions.made import NOW, Event, desk, happenings, interval_of, intervals, local, number, said, zones

WEEK = {"since": "2026-03-01", "until": "2026-03-05"}


def ask(events: list[Event], zone: str = "UTC", now: datetime = NOW, **asked: Any) -> Answer:
    """Ask a question about `use`, unless it says otherwise."""
    series = asked.pop("series", [{"events": ["use"], "math": asked.pop("math", "count")}])
    return answer(Question.model_validate({"series": series, "span": WEEK} | asked), desk(events, zone, now))


def amounts(found: Answer) -> dict[str, list[float | None]]:
    """Amounts by what the line stands for."""
    return {line.group or line.part or line.series: line.amounts for line in found.lines}


ANN = "ann 03-01 03-01T10:00 03-03, bob 03-03 03-05"
KNOWN: dict[str, tuple[str, dict[str, Any], list[float | None], float | None]] = {
    "rows of each day, none is 0": (ANN, {"math": "count"}, [2, 0, 2, 0, 1], 5),
    "a unit counts once a day, and once in the total": (ANN, {"math": "unique"}, [1, 0, 2, 0, 1], 2),
    "rows for each active unit; nobody has no mean": (ANN, {"math": "per_unit"}, [2, None, 1, None, 1], 2.5),
    "the last seven days, from before the span too": (
        "ann 02-23 03-02, bob 02-24", {"math": "weekly_active"}, [2, 2, 1, 1, 1], 1,
    ),
    "the seventh day before is in, the eighth is out": ("ann 02-25", {"math": "weekly_active"}, [1, 1, 1, 0, 0], 0),
    "the last thirty days": ("ann 01-31, bob 02-01", {"math": "monthly_active"}, [2, 1, 0, 0, 0], 0),
    "only the first time of all counts": ("ann 02-01 03-02, bob 03-02 03-03", {"math": "first_time"}, [0, 1, 0, 0, 0], 1),
    "running totals": (ANN, {"math": "count", "cumulative": True}, [2, 2, 4, 4, 5], 5),
    "running totals count a unit once": (ANN, {"math": "unique", "cumulative": True}, [1, 1, 2, 2, 2], 2),
    "the mean of the last two days": (ANN, {"math": "count", "smoothing": 2}, [2, 1, 1, 1, 0.5], 5),
    "means leave out days without amount": (ANN, {"math": "per_unit", "smoothing": 2}, [2, 2, 1, 1, 1], 2.5),
    "midnight belongs to the day that begins": ("ann 03-02T00:00 03-02T23:59", {"math": "count"}, [0, 2, 0, 0, 0], 2),
    "the last day counts to its end": ("ann 03-05T23:59 03-06T00:00", {"math": "count"}, [0, 0, 0, 0, 1], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN)
def test_known(case: str) -> None:
    text, asked, wanted, total = KNOWN[case]
    line = ask(said(text), **asked).lines[0]
    assert (line.amounts, line.total) == (wanted, total)


PAID = [
    Event("ann", datetime(2026, 3, 1), "pay", {"amount": 10}), Event("ann", datetime(2026, 3, 1), "pay", {"amount": 1}),
    Event("bob", datetime(2026, 3, 1), "pay", {"amount": 4}), Event("bob", datetime(2026, 3, 1), "pay", {"amount": "?"}),
    Event("bob", datetime(2026, 3, 3), "pay", {}), Event("cid", datetime(2026, 3, 4), "pay", {"amount": 0}),
]  # fmt: skip
VALUES: dict[str, tuple[str, list[float | None], float]] = {
    "no number adds nothing": ("sum", [15, 0, 0, 0, 0], 15),
    "rows without a number are not in the mean": ("mean", [5, None, None, 0, None], 3.75),
    "smallest": ("min", [1, None, None, 0, None], 0),
    "largest": ("max", [10, None, None, 0, None], 10),
    "the middle": ("median", [4, None, None, 0, None], 2.5),
    "nine tenths, linear between 4 and 10": ("p90", [8.8, None, None, 0, None], 8.2),
    "different values, also those that are no number": ("unique_values", [4, 0, 0, 1, 0], 5),
}


@pytest.mark.parametrize("case", VALUES)
def test_values_of_a_property(case: str) -> None:
    math, wanted, total = VALUES[case]
    line = ask(PAID, series=[{"events": ["pay"], "math": math, "property": "amount"}]).lines[0]
    assert line.amounts == [None if x is None else pytest.approx(x) for x in wanted]
    assert line.total == pytest.approx(total)


def test_first_ever_wants_the_first_event_of_all_to_fit() -> None:
    pro, free = {"plan": "pro"}, {"plan": "free"}
    events = [
        Event("late", datetime(2026, 3, 1), "use", free), Event("late", datetime(2026, 3, 2), "use", pro),
        Event("early", datetime(2026, 3, 2), "use", pro), Event("early", datetime(2026, 3, 3), "use", free),
    ]  # fmt: skip
    where = [{"field": "properties.plan", "values": ["pro"]}]
    both = [{"events": ["use"], "where": where, "math": math} for math in ("first_time", "first_ever")]
    assert [line.amounts[1] for line in ask(events, series=both).lines] == [2, 1]


def visits(**plans: int) -> list[Event]:
    """So many rows of each plan by one person on 1 March, and one without a plan."""
    made = [Event("ann", datetime(2026, 3, 1), "use", {"plan": p}) for p, n in plans.items() for _ in range(n)]
    return [*made, Event("bob", datetime(2026, 3, 2))]


BY_PLAN = {"by": "properties.plan", "limit": 2}


def test_a_breakdown_shows_the_largest_the_others_together_and_none() -> None:
    found = ask(visits(a=1, b=3, c=2, d=2), breakdown=BY_PLAN)
    assert amounts(found) == {
        "b": [3, 0, 0, 0, 0], "c": [2, 0, 0, 0, 0], "other": [3, 0, 0, 0, 0], "none": [0, 1, 0, 0, 0],
    }  # fmt: skip
    assert sum(line.total or 0 for line in found.lines) == 9


def test_the_others_count_a_person_once() -> None:
    found = ask(visits(a=1, b=3, c=2, d=2), math="unique", breakdown={"by": "properties.plan", "limit": 1})
    assert amounts(found)["other"][0] == 1


@pytest.mark.parametrize("math", ["count", "unique"])
def test_very_many_values_are_counted_at_once_and_alike(math: str, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [*visits(a=1, b=3, c=2, d=2), *said("ann 03-02, bob 03-04, ann 03-04")]
    by_pieces = ask(events, math=math, breakdown=BY_PLAN)
    monkeypatch.setattr(rows, "_MOST_LABELS", 0)
    assert ask(events, math=math, breakdown=BY_PLAN) == by_pieces


def test_no_others_when_all_have_a_line() -> None:
    assert set(amounts(ask(visits(a=1, b=1)[:-1], breakdown=BY_PLAN))) == {"a", "b"}


def test_a_value_called_other_is_not_the_others() -> None:
    found = ask(visits(other=3, b=2, c=1), breakdown={"by": "properties.plan", "limit": 1})
    assert [(line.part, line.group, line.total) for line in found.lines[:2]] == [
        ("value", "other", 3),
        ("other", "", 3),
    ]


def test_formulas_over_series_and_lines() -> None:
    events = said("ann 03-01 03-01 03-02") + said("ann 03-01", "buy")
    pair = [{"events": ["use"]}, {"events": ["buy"]}]
    found = ask(events, series=pair, formulas=["B / A", "A - B"])
    assert [line.amounts[:3] for line in found.lines] == [[0.5, 0, None], [1, 1, 0]]
    assert [line.total for line in found.lines] == [pytest.approx(1 / 3), 2]
    assert len(ask(events, series=pair, formulas=["A"], show_series=True).lines) == 3
    plans = ask(visits(a=2, b=1), series=[{"events": ["use"]}], formulas=["A * 10"], breakdown=BY_PLAN)
    assert amounts(plans)["a"][0] == 20


def test_compared_with_as_many_intervals_before() -> None:
    found = ask(said("ann 02-24 03-01 03-02, bob 02-28"), compare="previous")
    assert [line.amounts for line in found.lines] == [[1, 1, 0, 0, 0], [1, 0, 0, 0, 1]]
    assert [one.since for one in found.previous] == [f"2026-02-{day}" for day in range(24, 29)]


def test_local_days_and_the_change_of_the_clock() -> None:
    events = said("ann 03-28T22:59 03-28T23:00 03-29T21:59 03-29T22:00")
    found = ask(events, "Europe/Madrid", span={"since": "2026-03-28", "until": "2026-03-30"})
    assert found.lines[0].amounts == [1, 2, 1]


def test_hours_come_from_the_events() -> None:
    events = said("ann 03-29T00:30 03-29T01:30, bob 03-29T01:10")
    found = ask(events, "Europe/Madrid", span={"since": "2026-03-29", "until": "2026-03-29"}, interval="hour")
    assert len(found.buckets) == 23
    assert [(b.since[11:16], x) for b, x in zip(found.buckets, found.lines[0].amounts, strict=True) if x] == [
        ("01:00", 1), ("03:00", 2),
    ]  # fmt: skip


def test_the_interval_under_way_and_intervals_before_all_events_are_marked() -> None:
    found = ask(said("ann 04-19 04-20T09:00"), span={"last": 4})
    assert [one.partial for one in found.buckets] == [False, False, False, True]
    assert found.known_since == "2026-04-19"
    assert not ask(said("ann 04-01 04-19"), span={"last": 4}).known_since


def test_events_without_an_account_are_left_out() -> None:
    events = [Event("ann", datetime(2026, 3, 1), account="x"), Event("bob", datetime(2026, 3, 1))]
    found = ask(events, unit="account", math="unique")
    assert (found.lines[0].total, found.left_out, found.left_out_why) == (1, 1, "without an account")


def test_people_behind_a_cell() -> None:
    events = said("ann 03-01 03-02, bob 03-02, cid 02-24")
    question = Question.model_validate({"series": [{"events": ["use"]}], "span": WEEK, "compare": "previous"})
    at = desk(events)
    assert people(question, Cell(bucket=1), at).ids == ["ann", "bob"]
    assert people(question, Cell(), at).ids == ["ann", "bob"]
    assert people(question, Cell(period="previous"), at).ids == ["cid"]
    with pytest.raises(BadInput, match="no interval 9"):
        people(question, Cell(bucket=9), at)
    with pytest.raises(BadInput, match="Nobody"):
        people(question, Cell(series="A / B"), at)


def test_people_behind_the_others() -> None:
    question = Question.model_validate(
        {"series": [{}], "span": WEEK, "breakdown": {"by": "properties.plan", "limit": 1}}
    )
    at = desk(visits(a=1, b=2))
    assert people(question, Cell(part="value", group="b"), at).ids == ["ann"]
    assert people(question, Cell(part="none"), at).ids == ["bob"]
    with pytest.raises(BadInput, match="no line"):
        people(question, Cell(part="value", group="z"), at)


WRONG: dict[str, dict[str, Any]] = {
    "a sum of nothing": {"series": [{"math": "sum"}]},
    "a count of a property": {"series": [{"math": "count", "property": "x"}]},
    "running means": {"series": [{"math": "mean", "property": "x"}], "cumulative": True},
    "no series": {"series": []},
    "31 series": {"series": [{}] * 31},
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_questions_are_refused(case: str) -> None:
    with pytest.raises(ValidationError):
        Question.model_validate(WRONG[case])


def test_a_cancelled_question_stops() -> None:
    class GoneError(Exception):
        """The asker has gone."""

    def gone() -> None:
        raise GoneError

    at = desk(said(ANN))
    with pytest.raises(GoneError):
        answer(Question.model_validate({"series": [{}]}), type(at)(at.histories, at.now, at.zone, at.cohort, gone))


@pytest.mark.parametrize("display", ["line", "area", "bar", "number", "table"])
def test_table_and_chart(display: str) -> None:
    asked = {"series": [{"events": ["use"]}], "span": WEEK, "display": display, "breakdown": BY_PLAN}
    question = Question.model_validate(asked)
    found = answer(question, desk(visits(a=2, b=1)))
    told = table(question, found)
    assert [column.label for column in told.columns] == ["Interval", "a", "b", "none"]
    assert told.rows[-1]["line0"] == 2
    option = chart(question, found, notes=[("2026-03-02", "2026.10")])
    assert "<svg" in svg(option, "light", 640, 240)
    if display in ("line", "bar", "area"):
        assert "2026.10" in str(option)


def slow(events: list[Event], math: str, days: set[date], interval: str, zone: str) -> float | None:
    """One amount over the intervals beginning on `days`, from the events themselves."""
    mine = [one for one in events if interval_of(one.when, interval, zone) in days]
    values = [one.properties["amount"] for one in mine if "amount" in one.properties]
    people = {one.who for one in mine}
    times = [sum(one.who == who for one in mine) for who in people]
    firsts = {who: min(x.when for x in events if x.who == who) for who in people}
    return {
        "count": lambda: len(mine),
        "unique": lambda: len(people),
        "per_unit": lambda: len(mine) / len(people) if people else None,
        "first_time": lambda: sum(interval_of(first, interval, zone) in days for first in firsts.values()),
        "sum": lambda: sum(map(number, values)),
        "mean": lambda: fmean(values) if values else None,
        "min": lambda: min(values, default=None),
        "max": lambda: max(values, default=None),
        "median": lambda: median(values) if values else None,
        "unique_values": lambda: len(set(values)),
        "per_unit_max": lambda: max(times, default=None),
        "per_unit_median": lambda: median(times) if times else None,
    }[math]()


MATHS = (
    "count", "unique", "per_unit", "per_unit_max", "per_unit_median", "first_time", "sum", "mean", "min", "max",
    "median", "unique_values",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(happenings(), st.sampled_from(MATHS), intervals, zones, st.booleans())
def test_the_same_as_brute_force(events: list[Event], math: str, interval: Interval, zone: str, broken: bool) -> None:
    name = "amount" if math in ("sum", "mean", "min", "max", "median", "unique_values") else ""
    asked: dict[str, Any] = {"series": [{"math": math, "property": name}], "interval": interval}
    asked["span"] = {"since": "2026-03-10", "until": "2026-04-10"}
    if broken and math != "first_time":
        asked["breakdown"] = {"by": "properties.plan", "limit": 1}
    found = answer(Question.model_validate(asked), desk(events, zone))
    days = [date.fromisoformat(one.since) for one in found.buckets]
    top = next((line.group for line in found.lines if line.part == "value"), None)
    for line in found.lines:
        plans = {one.properties.get("plan") for one in events}
        wanted: Any = {"": plans, "value": {top}, "none": {None}, "other": plans - {top, None}}[line.part]
        mine = [one for one in events if one.properties.get("plan") in wanted]
        expected = [slow(mine, math, {day}, interval, zone) for day in days]
        assert line.amounts == [None if x is None else pytest.approx(x) for x in expected]
        total = slow(mine, math, set(days), interval, zone)
        assert line.total == (None if total is None else pytest.approx(total))


@settings(max_examples=80, deadline=None)
@given(happenings(), st.sampled_from(((7, "weekly_active"), (30, "monthly_active"))), intervals, zones, st.booleans())
def test_trailing_windows_are_the_same_as_brute_force(
    events: list[Event], math: tuple[int, str], interval: Interval, zone: str, broken: bool
) -> None:
    length, name = math
    asked: dict[str, Any] = {"series": [{"math": name}], "interval": interval}
    asked["span"] = Span(since="2026-03-10", until="2026-04-25").model_dump()
    if broken:
        asked["breakdown"] = {"by": "properties.plan"}
    now = datetime(2026, 4, 8, 1, 30)
    found = answer(Question.model_validate(asked), desk(events, zone, now))
    starts = [date.fromisoformat(one.since) for one in found.buckets] + [local(found.until, zone).date()]
    today = local(now, zone).date()
    whole = interval == "month" or (interval == "week" and length == 7)  # then it is those active in the interval
    for line in found.lines:
        mine = [one for one in events if not broken or one.properties.get("plan") == (line.group or None)]
        for i, amount in enumerate(line.amounts):
            length = (starts[i + 1] - starts[i]).days if whole else length
            back = starts[i + 1] - timedelta(days=1) if whole else starts[i]
            window = {back - timedelta(days=k) for k in range(length)}
            assert amount == len({one.who for one in mine if local(one.when, zone).date() in window})
            cell = Cell(bucket=i, part=line.part, group=line.group)
            assert len(people(Question.model_validate(asked), cell, desk(events, zone, now)).ids) == amount
        end = starts[-1] if whole else min(starts[-1], max(today, starts[-2]) + timedelta(days=1))
        length = (starts[-1] - starts[0]).days if whole else length
        window = {end - timedelta(days=k) for k in range(1, length + 1)}
        assert line.total == len({one.who for one in mine if local(one.when, zone).date() in window})
        cell = Cell(part=line.part, group=line.group)
        assert len(people(Question.model_validate(asked), cell, desk(events, zone, now)).ids) == line.total


def test_series_beside_others_say_what_is_taken_of_them() -> None:
    series = [
        {"events": ["use"]}, {"events": ["use"], "math": "unique"}, {"events": ["use"], "math": "p90", "property": "n"},
        {"math": "unique", "label": "Everybody"},
    ]  # fmt: skip
    wanted = ["use", "use, unique", "use, 90th percentile of n", "Everybody"]
    assert [line.label for line in ask(said(ANN), series=series).lines] == wanted
    assert ask(said(ANN), math="unique").lines[0].label == "use"
