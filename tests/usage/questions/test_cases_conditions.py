"""Conditions worked by hand: orders of a bakery, told by property, trait, cohort, date and several at once."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput
from callsheet.base.relative import relative
from callsheet.usage.questions import kinds
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.trends import Question
from tests.usage.questions.desks import desk

SPAN = {"since": "2026-11-01", "until": "2026-11-30"}
PERSONS: dict[str, dict[str, Any]] = {
    "ann": {"mail": "ann@mill.example", "since": "2026-11-18T08:00:00", "vip": None},
    "bob": {"mail": "bob@farm.example", "vip": True},
}  # fmt: skip
ORDERS = """2026-11-02T09 ann order {"bread": "rye", "loaves": 2, "for": "2026-11-20"}
    2026-11-02T10 ann order {"bread": "Spelt", "loaves": "3", "for": "2026-11-22 07:30:00"}
    2026-11-03T09 bob order {"bread": "rye", "loaves": 10, "gift": true}
    2026-11-04T09 cid order {"bread": null, "gift": "true", "for": 1795348800}
    2026-11-05T09 cid browse {"page": "/bread/rye"}
    2026-11-06T09 bob browse {"page": "/cake"}
    2026-11-07T09 ann cancel"""


@cache
def bakery() -> Desk:
    return desk(ORDERS, persons=PERSONS, cohorts={"club": ("ann", "cid"), "nobody": ()})


def counted(where: list[dict[str, Any]]) -> float:
    """How many rows satisfy conditions; they hold as well on the question as on its series."""
    found = []
    for asked in ({"series": [{}], "where": where}, {"series": [{"where": where}]}):
        answer: Any = kinds.answer(kinds.parse({"kind": "trends", "span": SPAN} | asked), bakery())
        found.append(answer.lines[0].total)
    assert found[0] == found[1]
    return float(found[0])


def one(field: str, *values: Any, op: str = "is") -> dict[str, Any]:
    return {"field": field, "op": op, "values": list(values)}


def of(field: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    return {"field": field, "of": list(conditions)}


RYE, TWO = one("properties.bread", "rye"), one("properties.loaves", 2)
PLAIN: dict[str, tuple[dict[str, Any], int]] = {
    "one of a list": (one("properties.bread", "rye", "Spelt", "oat"), 3),
    "none of a list, missing included": (one("properties.bread", "rye", "Spelt", op="is_not"), 4),
    "one of none": (one("properties.bread"), 0),
    "none of none": (one("properties.bread", op="is_not"), 7),
    "contains one of several": (one("properties.bread", "SPEL", "ry", op="contains"), 3),
    "contains none of several": (one("properties.bread", "SPEL", "ry", op="not_contains"), 4),
    "matches one of several": (one("properties.page", "^/bread", "cake$", op="regex"), 2),
    "a number beside a number written as text": (one("properties.loaves", "2", op="gt"), 2),
    "outside of a range": (one("properties.loaves", 3, 9, op="not_between"), 2),
    "true, or the text true": (one("properties.gift", True), 2),
    "not true": (one("properties.gift", "true", op="is_not"), 5),
    "null is missing": (one("properties.bread", op="not_set"), 4),
    "of a person": (one("person.mail", "@mill", op="contains"), 3),
    "not of a person, nor without": (one("person.mail", "@mill", op="not_contains"), 4),
    "a boolean of a person": (one("person.vip", "true"), 2),
    "in a cohort": (one("cohort", "club"), 5),
    "not in a cohort": (one("cohort", "club", op="is_not"), 2),
    "in a cohort without anybody": (one("cohort", "nobody"), 0),
    "on a day": (one("properties.for", "2026-11-22", op="on"), 2),
    "before a day": (one("properties.for", "2026-11-22", op="before"), 1),
    "after a day is over": (one("properties.for", "2026-11-20", op="after"), 2),
    "before this time two days ago": (one("properties.for", "-2d", op="before"), 1),
    "after this time one day ago": (one("properties.for", "-1d", op="after"), 2),
    "of a person, since the week began": (one("person.since", "wStart", op="after"), 3),
}  # fmt: skip


@pytest.mark.parametrize("case", PLAIN)
def test_one_condition(case: str) -> None:
    where, wanted = PLAIN[case]
    assert counted([where]) == wanted


def test_days_of_conditions_are_those_of_the_local_clock() -> None:
    """Half past eleven in the evening of the 21st, UTC, is the 22nd in Madrid; what has no zone is taken as written."""
    lines = """2026-11-02T09 ann order {"for": "2026-11-21T23:30:00Z"}
        2026-11-02T09 bob order {"for": "2026-11-21 23:30"}
        2026-11-02T09 cid order {"for": "2026-11-22"}"""
    where = [one("properties.for", "2026-11-22", op="on")]
    asked = kinds.parse({"kind": "trends", "series": [{}], "span": SPAN, "where": where})
    for zone, wanted in (("Europe/Madrid", ["ann", "cid"]), ("UTC", ["cid"]), ("America/New_York", ["cid"])):
        assert sorted(kinds.people(asked, {}, desk(lines, zone)).ids) == wanted


GROUPS: dict[str, tuple[list[dict[str, Any]], int]] = {
    "one suffices": ([of("any", RYE, one("properties.loaves", "3"))], 3),
    "all have to hold": ([of("all", RYE, TWO)], 1),
    "both, or another": ([of("any", of("all", RYE, TWO), one("properties.page", "/cake"))], 2),
    "any of two, and any of two others": (
        [of("any", RYE, one("properties.gift", "true")), of("any", one("person_id", "bob"), one("cohort", "club"))], 3,
    ),
    "an event or a trait": ([of("any", one("event", "cancel"), one("person.vip", True))], 3),
    "a cohort or a property": ([of("any", one("cohort", "nobody"), one("properties.page", op="set"))], 2),
    "the same twice": ([of("any", RYE, RYE)], 2),
    "denied within": ([of("any", one("properties.bread", op="set"), one("event", "order", op="is_not"))], 6),
    "one within one within one": ([of("any", of("all", of("any", RYE)))], 2),
}  # fmt: skip


@pytest.mark.parametrize("case", GROUPS)
def test_several_conditions(case: str) -> None:
    where, wanted = GROUPS[case]
    assert counted(where) == wanted


ACTION = of(
    "any",
    of("all", one("event", "browse"), one("properties.page", "/bread", op="contains")),
    of("all", one("event", "order"), one("properties.loaves", 5, op="gte")),
    one("event", "cancel"),
)


def test_an_action_is_several_events_each_with_its_own_conditions() -> None:
    assert counted([ACTION]) == 3
    at = bakery()
    funnel = {
        "kind": "funnel", "span": SPAN, "steps": [{"events": ["order"]}, {"where": [ACTION]}],
        "window": {"value": 9, "unit": "day"},
    }  # fmt: skip
    found: Any = kinds.answer(kinds.parse(funnel), at)
    assert [step.count for step in found.lines[0].steps] == [3, 2]
    who = kinds.people(kinds.parse(funnel), {"step": 2}, at)
    assert who.ids == ["ann", "cid"]
    for math, wanted in (("unique", 3), ("first_time", 3), ("first_ever", 1), ("weekly_active", 0)):
        series = {"where": [ACTION], "math": math}
        trend: Any = kinds.answer(kinds.parse({"kind": "trends", "series": [series], "span": SPAN}), at)
        assert trend.lines[0].total == wanted, math


def test_what_cannot_be_asked() -> None:
    for wrong in (of("any"), {"field": "any", "values": ["a"]}, RYE | {"of": [RYE]}, of("all", RYE) | {"op": "is_not"}):
        with pytest.raises(ValidationError):
            Question.model_validate({"series": [{}], "where": [wrong]})
    deep: dict[str, Any] = RYE
    for _ in range(9):
        deep = of("any", deep)
    with pytest.raises(ValidationError, match="deep"):
        Question.model_validate({"series": [{}], "where": [deep]})
    with pytest.raises(BadInput, match="takes 1 value"):
        counted([one("properties.for", "2026-11-22", "2026-11-23", op="before")])
    many = [of("any", *(one("properties.x", f"{n}{k}") for n in range(5))) for k in range(3)]
    with pytest.raises(BadInput, match="alternatives"):
        counted(many)


NOW = "2020-01-31T12:22:23"
TOLD = {
    "-24h": "2020-01-30T12:22:23", "-1d": "2020-01-30T12:22:23", "-2w": "2020-01-17T12:22:23", "-1m": "2019-12-31T12:22:23",
    "-2m": "2019-11-30T12:22:23", "-1q": "2019-10-31T12:22:23", "-2y": "2018-01-31T12:22:23", "dStart": "2020-01-31T00:00:00",
    "hStart": "2020-01-31T12:00:00", "wStart": "2020-01-27T00:00:00", "mStart": "2020-01-01T00:00:00",
    "-1mStart": "2019-12-01T00:00:00", "-1mEnd": "2019-12-31T23:59:59.999999", "-2mEnd": "2019-11-30T23:59:59.999999",
    "-1dEnd": "2020-01-30T23:59:59.999999", "-1qStart": "2019-10-01T00:00:00", "yStart": "2020-01-01T00:00:00",
    "-1yStart": "2019-01-01T00:00:00", "-1yEnd": "2019-12-31T23:59:59.999999", "-1wEnd": "2020-01-26T23:59:59.999999",
    "-1hEnd": "2020-01-31T11:59:59.999999", "d": None, "7d": None, "-d": None, "-7x": None, "2019-12-31": None, "-99999y": None,
}  # fmt: skip


@pytest.mark.parametrize("text", TOLD)
def test_moments_told_from_now(text: str) -> None:
    from datetime import datetime

    found = relative(text, datetime.fromisoformat(NOW))
    assert (found.isoformat() if found else None) == TOLD[text]


SPANS: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "seven days ago and today": ({"since": "-7d"}, "day", ["2026-11-15", "2026-11-22"]),
    "as many hours, to the day": ({"since": "-48h"}, "day", ["2026-11-20", "2026-11-22"]),
    "as many hours": ({"since": "-3h"}, "hour", ["2026-11-22T13:00:00", "2026-11-22T16:00:00"]),
    "yesterday": ({"since": "-1dStart", "until": "-1dEnd"}, "day", ["2026-11-21", "2026-11-21"]),
    "yesterday, by hours": ({"since": "-1dStart", "until": "-1dEnd"}, "hour", ["2026-11-21T00:00:00", "2026-11-21T23:00:00"]),
    "last month": ({"since": "-1mStart", "until": "-1mEnd"}, "day", ["2026-10-01", "2026-10-31"]),
    "this year, by months": ({"since": "yStart"}, "month", ["2026-01-01", "2026-11-01"]),
    "twenty days, by weeks": ({"since": "-20d"}, "week", ["2026-11-02", "2026-11-16"]),
    "fifty days, by months": ({"since": "-50d"}, "month", ["2026-10-01", "2026-11-01"]),
    "weeks from Sunday": ({"since": "-1wStart", "week": "sunday"}, "day", ["2026-11-15", "2026-11-22"]),
}  # fmt: skip


EXACT: dict[str, tuple[dict[str, str], list[int], int]] = {
    "from a moment": ({"since": "2026-11-02T09:30", "until": "2026-11-03"}, [1, 1], 2),
    "from a moment on it": ({"since": "2026-11-02T10:00", "until": "2026-11-03T08:00"}, [1, 0], 1),
    "until a moment, it included": ({"since": "2026-11-02", "until": "2026-11-03T09:00"}, [2, 1], 2),
    "within an hour": ({"since": "2026-11-02T09:30", "until": "2026-11-02T10:30"}, [1], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", EXACT)
def test_spans_to_the_moment(case: str) -> None:
    span, wanted, orderers = EXACT[case]
    asked: dict[str, Any] = {"kind": "trends", "series": [{}, {"math": "unique"}], "span": span | {"exact": True}}
    found: Any = kinds.answer(kinds.parse(asked), bakery())
    assert (found.lines[0].amounts, found.lines[0].total) == (wanted, sum(wanted))
    assert found.lines[1].amounts == [min(one, 1) for one in wanted]
    steps = [{"events": ["order"]}, {"events": ["order"]}]
    asked_too = {"kind": "funnel", "steps": steps, "span": span | {"exact": True}}
    funnel: Any = kinds.answer(kinds.parse(asked_too), bakery())
    assert funnel.lines[0].steps[0].count == orderers
    for other in ({"span": {"last": 2, "exact": True}}, {"kind": "lifecycle", "series": {}}):
        with pytest.raises(BadInput, match="exact span"):
            kinds.parse(asked | other)


@pytest.mark.parametrize("case", SPANS)
def test_spans_told_from_now(case: str) -> None:
    span, interval, wanted = SPANS[case]
    asked = kinds.parse({"kind": "trends", "series": [{}], "span": span, "interval": interval})
    found: Any = kinds.answer(asked, bakery())
    assert [found.buckets[0].since, found.buckets[-1].since] == wanted
