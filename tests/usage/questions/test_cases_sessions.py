"""Sessions as fields and in trends, worked by hand: visits of a shop, most of them with an id."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.model.history import Ask, History, Where
from callsheet.usage.questions import kinds
from callsheet.usage.questions.asking import funnelled
from callsheet.usage.questions.cohort_shapes import Described
from callsheet.usage.questions.cohorts import Census
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.slices import label_of
from tests.usage.questions.desks import desk

SPAN = {"since": "2026-11-02", "until": "2026-11-05"}
PAGES = (
    ("2026-11-02T12:01:00", "ann", "view", "one", "/home"),
    ("2026-11-02T12:01:00", "bob", "view", "two", "/home"),
    ("2026-11-02T12:02:00", "bob", "view", "two", "/sale"),
    ("2026-11-01T23:59:00", "cid", "view", "three", "/ad"),
    ("2026-11-02T00:00:00", "cid", "view", "three", "/home"),
    ("2026-11-02T00:00:31", "cid", "buy", "three", None),
    ("2026-11-03T23:59:00", "dan", "view", "four", "/home"),
    ("2026-11-04T00:02:00", "dan", "view", "four", "/sale"),
    ("2026-11-02T15:00:00", "eve", "view", None, "/home"),
)
LINES = "\n".join(
    f"{when} {who} {event} {json.dumps({'$session_id': session, '$current_url': page, 'page': page})}"
    for when, who, event, session, page in PAGES
)
PERSONS: dict[str, dict[str, Any]] = {"ann": {"plan": "pro"}, "bob": {"plan": "free"}, "dan": {"plan": "pro"}}


@cache
def shop(lines: str = LINES) -> Desk:
    return desk(lines, persons=PERSONS)


def trend(lines: str = LINES, **asked: Any) -> dict[str, Any]:
    asked = {"kind": "trends", "span": SPAN, "series": [{"events": ["view"]}]} | asked
    found: Any = kinds.answer(kinds.parse(asked), shop(lines))
    return {line.group or line.part: (line.amounts, line.total) for line in found.lines}


def test_events_by_how_long_their_session_was() -> None:
    """cid's session lasts 91 seconds, though only half a minute of it lies in the span; dan's crosses midnight."""
    assert trend(breakdown={"by": "session.duration"}) == {
        "60": ([2, 0, 0, 0], 2), "180": ([0, 1, 1, 0], 2), "0": ([1, 0, 0, 0], 1), "91": ([1, 0, 0, 0], 1),
        "none": ([1, 0, 0, 0], 1),
    }  # fmt: skip
    assert trend(breakdown={"by": "session.duration", "bins": 3}) == {
        "[60,120]": ([3, 0, 0, 0], 3), "[120,180.01]": ([0, 1, 1, 0], 2), "[0,60]": ([1, 0, 0, 0], 1),
        "none": ([1, 0, 0, 0], 1),
    }  # fmt: skip


def test_sessions_by_how_long_they_were() -> None:
    """In the total of a line a session counts once, on each day it has an event it counts there."""
    series = [{"events": ["view"], "math": "unique_values", "property": "$session_id"}]
    assert trend(series=series) == {"": ([3, 1, 1, 0], 4)}
    assert trend(series=series, breakdown={"by": "session.duration"}) == {
        "0": ([1, 0, 0, 0], 1), "180": ([0, 1, 1, 0], 1), "60": ([1, 0, 0, 0], 1), "91": ([1, 0, 0, 0], 1),
        "none": ([0, 0, 0, 0], 0),
    }  # fmt: skip
    assert trend(series=series, breakdown={"by": "person.plan"}) == {
        "pro": ([1, 1, 1, 0], 2), "free": ([1, 0, 0, 0], 1), "none": ([1, 0, 0, 0], 1),
    }  # fmt: skip
    assert trend(series=series, cumulative=True) == {"": ([3, 4, 4, 4], 4)}


OF_SESSIONS: dict[str, tuple[str, str, list[float | None], float | None]] = {
    "mean length, each session once": ("mean", "session.duration", [151 / 3, 180, 180, None], 331 / 4),
    "sum of lengths": ("sum", "session.duration", [151, 180, 180, 0], 331),
    "median of events": ("median", "session.events", [2, 2, 2, None], 2),
    "most events": ("max", "session.events", [3, 2, 2, None], 3),
    "different lengths": ("unique_values", "session.duration", [3, 1, 1, 0], 4),
}


@pytest.mark.parametrize("case", OF_SESSIONS)
def test_figures_of_sessions(case: str) -> None:
    math, name, wanted, total = OF_SESSIONS[case]
    assert trend(series=[{"events": ["view"], "math": math, "property": name}]) == {"": (wanted, total)}


WHERE: dict[str, tuple[str, str, tuple[Any, ...], float]] = {
    "longer than a minute": ("session.duration", "gt", (60,), 3), "as text": ("session.duration", "gt", ("60",), 3),
    "exactly": ("session.duration", "is", (91,), 1), "not so long, or without": ("session.duration", "is_not", (91,), 6),
    "with a session": ("session.events", "set", (), 6), "without": ("session.events", "not_set", (), 1),
    "began at an address": ("session.entry", "contains", ("AD",), 1), "ended at one": ("session.exit", "is", ("/sale",), 4),
    "began with a property": ("session.entry.page", "is", ("/home",), 5),
    "began on a day": ("session.began", "on", ("2026-11-01",), 1),
    "ended since": ("session.ended", "after", ("2026-11-03",), 2),
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE)
def test_conditions_on_sessions(case: str) -> None:
    field, op, values, wanted = WHERE[case]
    assert trend(where=[{"field": field, "op": op, "values": list(values)}])[""][1] == wanted


def test_a_funnel_and_sessions_by_where_the_session_began() -> None:
    at = shop()
    steps = [{"events": ["view"]}, {"events": ["buy"]}]
    asked = {"kind": "funnel", "span": SPAN, "steps": steps, "breakdown": {"by": "session.entry"}}
    found: Any = kinds.answer(kinds.parse(asked), at)
    assert {line.group or line.part: [step.count for step in line.steps] for line in found.lines} == {
        "/home": [3, 0], "/ad": [1, 1], "none": [1, 0],
    }  # fmt: skip
    asked = {"kind": "sessions", "span": SPAN, "by": "session_id", "breakdown": {"by": "session.entry"}}
    found = kinds.answer(kinds.parse(asked), at)
    assert {line.group or line.part: line.total.sessions for line in found.lines} == {"/home": 3, "none": 1}


def lines_of(zone: str, **asked: Any) -> dict[str, tuple[str, float]]:
    question = kinds.parse({"kind": "trends", "series": [{"events": ["view"]}]} | asked)
    found: Any = kinds.answer(question, replace(shop(), zone=zone))
    values = [line for line in found.lines if line.part == "value"]
    return {line.group: (label_of("value", line.group, question.breakdown), line.total) for line in values}


def test_when_sessions_began_stands_in_days_or_hours_of_the_local_clock() -> None:
    """cid's began at 23:59 of the first in UTC, the second in Madrid, and so in its span there."""
    by = {"breakdown": {"by": "session.began"}}
    assert lines_of("UTC", span=SPAN, **by) == {
        "2026-11-02": ("2 Nov 2026", 3), "2026-11-03": ("3 Nov 2026", 2), "2026-11-01": ("1 Nov 2026", 1),
    }  # fmt: skip
    assert lines_of("Europe/Madrid", span=SPAN, **by) == {
        "2026-11-02": ("2 Nov 2026", 5), "2026-11-04": ("4 Nov 2026", 2),
    }  # fmt: skip
    day = {"since": "2026-11-02", "until": "2026-11-02"}
    assert lines_of("UTC", span=day, **by) == {
        "2026-11-02 12:00": ("2 Nov 2026, 12:00", 3), "2026-11-01 23:00": ("1 Nov 2026, 23:00", 1),
    }  # fmt: skip
    ended = {"breakdown": {"by": "event", "also": ["session.ended"]}}
    assert set(lines_of("UTC", span=SPAN, **ended)) == {"view :: 2026-11-02", "view :: 2026-11-04", "view :: none"}
    unique = [{"events": ["view"], "math": "unique_values", "property": "session.ended"}]
    assert trend(series=unique)[""][1] == 4, "only lines are in days"


def test_who_is_behind_a_day_on_which_sessions_began() -> None:
    asked = kinds.parse({
        "kind": "trends", "span": SPAN, "series": [{"events": ["view"]}], "breakdown": {"by": "session.began"},
    })  # fmt: skip
    cell = {"series": "A", "part": "value", "group": "2026-11-02"}
    assert set(kinds.people(asked, cell, shop()).ids) == {"ann", "bob"}


BACK = "\n".join(
    f"{when} {who} view {json.dumps({'$session_id': session})}"
    for when, who, session in (
        ("2026-11-02T12:00", "ann", "one"), ("2026-11-03T12:00", "ann", "two"), ("2026-11-03T12:01", "ann", "two"),
        ("2026-11-03T12:02", "ann", "two"), ("2026-11-03T15:00", "ann", "three"), ("2026-11-03T15:00:30", "ann", "three"),
        ("2026-11-02T12:00", "bob", "four"), ("2026-11-03T12:00", "bob", "five"), ("2026-11-03T12:00:10", "bob", "five"),
        ("2026-11-04T12:00", "bob", None),
    )
)  # fmt: skip


@pytest.mark.parametrize("basis", ["calendar", "rolling"])
def test_how_long_the_sessions_of_those_who_came_back_were(basis: str) -> None:
    """On the day after: 120 and 30 seconds of ann's and 10 of bob's, each session once however many rows it has."""
    asked: dict[str, Any] = {
        "kind": "retention", "span": {"since": "2026-11-02", "until": "2026-11-02"}, "periods": 2, "basis": basis,
        "start": {"events": ["view"]}, "back": {"events": ["view"]}, "value": {"property": "session.duration"},
    }  # fmt: skip
    found: Any = kinds.answer(kinds.parse(asked), desk(BACK))
    assert [cell.value for cell in found.grids[0].cohorts[0].cells] == [0, 160, 0]
    assert kinds.table(kinds.parse(asked), found).columns[-1].unit == "seconds"
    asked["value"] = {"property": "session.events", "math": "mean"}
    found = kinds.answer(kinds.parse(asked), desk(BACK))
    assert [cell.value for cell in found.grids[0].cohorts[0].cells][1] == (3 + 2 + 2) / 2


BOUNCES = "\n".join(
    f"2026-11-02T12:00:{second:02} {session} {event} {json.dumps({'$session_id': session})}"
    for session, second, event in (
        ("a", 0, "$pageview"), ("a", 20, "$pageview"), ("b", 0, "$pageview"), ("c", 0, "$pageview"), ("c", 1, "$autocapture"),
        ("d", 0, "$pageview"), ("d", 9, "$pageleave"), ("e", 0, "$pageview"), ("e", 10, "$pageleave"), ("f", 0, "other"),
    )
)  # fmt: skip


def test_who_bounced() -> None:
    """b, and d that left after 9 seconds; not a with two pages, c with a click, e with ten seconds; f saw no page."""
    asked: dict[str, Any] = {"span": {"since": "2026-11-02", "until": "2026-11-02"}}
    any_event = [{"math": "mean", "property": "session.bounced"}]
    assert trend(BOUNCES, series=any_event, **asked) == {"": ([2 / 5], 2 / 5)}
    series = [{"math": "unique_values", "property": "$session_id"}]
    assert trend(BOUNCES, series=series, breakdown={"by": "session.bounced"}, **asked) == {
        "0": ([3], 3), "1": ([2], 2), "none": ([1], 1),
    }  # fmt: skip
    pages = [{"math": "mean", "property": "session.pageviews"}]
    assert trend(BOUNCES, series=pages, **asked) == {"": ([1], 1)}


def test_what_is_not_told_of_sessions() -> None:
    for asked in ({"breakdown": {"by": "session.mood"}}, {"where": [{"field": "session.mood", "op": "set"}]}):
        with pytest.raises(BadInput, match=r"session\.mood"):
            trend(**asked)
    with pytest.raises(BadInput, match="is a number"):
        trend(where=[{"field": "session.duration", "op": "gt", "values": ["long"]}])
    assert trend("2026-11-02T09 ann view", breakdown={"by": "session.duration"}) == {"none": ([1, 0, 0, 0], 1)}


AGAIN = "\n".join(
    f"{when} ann view {json.dumps({'$session_id': 'one', 'page': '/a'})}"
    for when in ("2026-10-01T12:00", "2026-11-02T12:00", "2026-11-02T12:01", "2026-11-21T12:00")
)
SHORT = {"where": [{"field": "session.duration", "values": [60]}]}
VIEW: dict[str, Any] = {"events": ["view"], **SHORT}
KINDS: dict[str, dict[str, Any]] = {
    "trends": {"kind": "trends", "series": [VIEW]},
    "trends, of seven days": {"kind": "trends", "series": [VIEW | {"math": "weekly_active"}]},
    "funnel": {"kind": "funnel", "steps": [VIEW, VIEW]},
    "retention": {"kind": "retention", "start": VIEW, "back": VIEW, "periods": 2},
    "retention, rolling": {"kind": "retention", "start": VIEW, "back": VIEW, "periods": 2, "basis": "rolling"},
    "stickiness": {"kind": "stickiness", "series": [VIEW]},
    "stickiness, of all rows": {"kind": "stickiness", "series": [{}], **SHORT},
    "lifecycle": {"kind": "lifecycle", "series": VIEW},
    "paths": {"kind": "paths", **SHORT},
    "sessions": {"kind": "sessions", "series": VIEW},
    "sessions, by length": {"kind": "sessions", "series": VIEW, "breakdown": {"by": "session.duration"}},
}


def listening(asked: list[Ask]) -> Desk:
    """A desk that notes what is asked for all sessions."""
    at = desk(AGAIN)

    class Listening:
        def __getattr__(self, name: str) -> Any:
            return getattr(at.histories, name)

        def read(self, ask: Ask) -> History:
            asked.extend([ask] * (ask.where == (Where("properties.$session_id", "set"),)))
            return at.histories.read(ask)

    return replace(at, histories=Listening())


@pytest.mark.parametrize("question", KINDS.values(), ids=KINDS)
def test_an_id_that_comes_again_after_weeks_is_another_session_in_every_kind(question: dict[str, Any]) -> None:
    asked: list[Ask] = []
    found = kinds.answer(kinds.parse({"span": SPAN} | question), listening(asked))
    assert found.sample > 0, "the session of one minute is found"
    assert asked
    far = timedelta(days=14)
    assert all(datetime(2026, 11, 2) - far < one.since and one.until < datetime(2026, 11, 6) + far for one in asked)


def test_in_the_conditions_of_cohorts_as_well() -> None:
    asked: list[Ask] = []
    did = VIEW | {"kind": "did", "since": "2026-11-02", "until": "2026-11-05"}
    described = Described.model_validate({"condition": did})
    assert Census(listening(asked), described.unit, funnelled).ids(described.condition) == ["ann"]
    assert [(one.since, one.until) for one in asked] == [(datetime(2026, 10, 30), datetime(2026, 11, 9))]


def test_first_times_look_at_sessions_of_all_history() -> None:
    for math, sample in (("first_time", 0), ("first_ever", 0), ("unique", 1)):
        assert trend(AGAIN, series=[VIEW | {"math": math}])[""][1] == sample
    long = [{"field": "session.duration", "op": "gt", "values": [60 * 60]}]
    first = trend(
        AGAIN, series=[{"math": "first_ever", "where": long}], span={"since": "2026-10-01", "until": "2026-10-01"}
    )
    assert first[""][1] == 0, "of a session that goes on after three days, this span sees its first event alone"
