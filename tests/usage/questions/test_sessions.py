"""Sessions as they are asked and answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.usage.questions import sessions
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.sessions import Cell, Question
from tests.usage.questions.desks import desk

EVENTS = """
2026-11-01T23:50 ann@acme look {"plan": "pro"}
2026-11-02T00:10 ann@acme look {"plan": "pro"}
2026-11-02T10:00 ann@acme look {"plan": "pro", "$session_id": "s1"}
2026-11-02T10:20 ann@acme save {"plan": "free", "$session_id": "s1"}
2026-11-02T10:49 ann@acme look {"$session_id": "s1"}
2026-11-02T11:19 ann@acme look {"$session_id": "s1"}
2026-11-03T09:00 bob look {"plan": "free"}
2026-11-03T23:55 cat@bolt look
2026-11-04T00:05 cat@bolt save
"""


def ask(**more: Any) -> Question:
    return Question.model_validate({"span": {"since": "2026-11-02", "until": "2026-11-03"}} | more)


@pytest.fixture
def events() -> Desk:
    return desk(EVENTS)


def test_figures(events: Desk) -> None:
    """ann's session from the night before began before the span; that at 10:00 lasts 49 minutes, and the event 30
    minutes later is a session of its own; cat's goes on after midnight: 10 minutes. Lengths: 0, 0, 600, 2940 s."""
    total = sessions.answer(ask(), events).lines[0].total
    assert (total.sessions, total.units, total.events, total.bounces) == (4, 3, 7, 2)
    assert (total.length_mean, total.length_median, total.length_p75) == (885, 300, 1185)
    assert (total.events_mean, total.events_median, total.bounce_share) == (1.75, 1.5, 0.5)
    assert total.per_unit == pytest.approx(4 / 3)
    assert total.bounce_interval is not None
    assert total.bounce_interval[0] < 0.5 < total.bounce_interval[1]


def test_by_interval(events: Desk) -> None:
    points = sessions.answer(ask(), events).lines[0].points
    assert [(one.since, one.figures.sessions, one.figures.events) for one in points] == [
        ("2026-11-02", 2, 4), ("2026-11-03", 2, 3),
    ]  # fmt: skip


def test_a_longer_gap_and_an_id_hold_sessions_together(events: Desk) -> None:
    assert sessions.answer(ask(gap=31), events).lines[0].total.sessions == 3
    assert sessions.answer(ask(by="properties.$session_id"), events).lines[0].total.sessions == 3


def test_breakdown_goes_by_the_first_event(events: Desk) -> None:
    found = sessions.answer(ask(breakdown={"by": "properties.plan"}), events)
    assert {line.label: line.total.sessions for line in found.lines} == {"free": 1, "pro": 1, "none": 2}


def test_the_period_before(events: Desk) -> None:
    """The two days before hold the beginning of ann's night."""
    found = sessions.answer(ask(compare="previous"), events)
    assert [(line.period, line.total.sessions, line.total.events) for line in found.lines] == [
        ("current", 4, 7), ("previous", 1, 2),
    ]  # fmt: skip


def test_who_is_behind(events: Desk) -> None:
    assert sessions.people(ask(), Cell(), events).ids == ["ann", "bob", "cat"]
    assert sessions.people(ask(), Cell(bucket=0), events).ids == ["ann"]
    assert sessions.people(ask(), Cell(bounced=False), events).ids == ["ann", "cat"]
    question = ask(breakdown={"by": "properties.plan"})
    assert sessions.people(question, Cell(part="value", group="free"), events).ids == ["bob"]
    assert sessions.people(question, Cell(part="none"), events).ids == ["ann", "cat"]
    with pytest.raises(BadInput, match="no interval"):
        sessions.people(ask(), Cell(bucket=2), events)


def test_by_account(events: Desk) -> None:
    found = sessions.answer(ask(unit="account"), events)
    assert (found.lines[0].total.units, found.left_out) == (2, 1)


@pytest.mark.parametrize("show", ["sessions", "length", "events", "bounces"])
def test_table_and_chart(events: Desk, show: str) -> None:
    question = ask(show=show, compare="previous")
    found = sessions.answer(question, events)
    rows = sessions.table(question, found)
    assert len(rows.rows) == 6
    assert {column.key for column in rows.columns} <= set(rows.rows[0])
    option = sessions.chart(question, found)
    assert option["callsheet"]["empty"] is False
    assert json.loads(json.dumps(option, allow_nan=False))


def test_nothing_at_all() -> None:
    found = sessions.answer(ask(), desk(""))
    assert (found.sample, found.lines[0].total.sessions, found.lines[0].total.bounce_share) == (0, 0, None)
