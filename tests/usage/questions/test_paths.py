"""Paths as they are asked and answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from callsheet.base.errors import BadInput, TooMuch
from callsheet.charts.render import svg
from callsheet.usage.questions import paths
from callsheet.usage.questions.common import Desk
from callsheet.usage.questions.paths import Cell, Question
from tests.usage.questions.desks import desk

EVENTS = """
2026-11-02T10:00 ann@acme $pageview {"$current_url": "/home/"}
2026-11-02T10:01 ann@acme $pageview {"path": "/board"}
2026-11-02T10:03 ann@acme save
2026-11-02T12:00 ann@acme $pageview {"$current_url": "/home"}
2026-11-03T10:00 bob@acme $pageview {"$pathname": "/home", "$current_url": "https://x.test/home"}
2026-11-03T10:03 bob@acme $pageview {"$pathname": "/board"}
2026-11-03T10:04 bob@acme $pageview {"$pathname": "/board"}
2026-11-04T10:00 cat $pageview {"$pathname": "/home"}
2026-11-04T10:05 cat $screen {"$screen_name": "Inbox"}
2026-11-04T10:06 cat $pageview
"""


def ask(**more: Any) -> Question:
    return Question.model_validate({"span": {"since": "2026-11-01", "until": "2026-11-20"}} | more)


@pytest.fixture
def events() -> Desk:
    return desk(EVENTS)


def edges(question: Question, events: Desk) -> dict[str, int]:
    return {f"{one.source} > {one.target}": one.count for one in paths.answer(question, events).edges}


def test_pages_are_named_by_path_screens_by_name_and_others_by_event(events: Desk) -> None:
    found = paths.answer(ask(), events)
    assert {f"{one.source} > {one.target}": (one.count, one.units) for one in found.edges} == {
        "1_/home > 2_/board": (2, 2), "1_/home > 2_Inbox": (1, 1), "2_/board > 3_save": (1, 1),
        "2_Inbox > 3_$pageview": (1, 1),
    }  # fmt: skip
    assert (found.paths, found.units, found.sample, found.hidden) == (4, 3, 10, 0)


def test_a_page_may_be_called_like_an_event() -> None:
    lines = """2026-11-02T10:00 ann $pageview {"$pathname": "$screen", "path": "/other"}
        2026-11-02T10:05 ann $screen {"$screen_name": "Inbox"}
        2026-11-02T10:06 ann $pageview {"$pathname": "$pageview", "path": "/other"}"""
    assert edges(ask(), desk(lines)) == {"1_$screen > 2_Inbox": 1, "2_Inbox > 3_$pageview": 1}


def test_times_are_means(events: Desk) -> None:
    """ann takes 60 seconds to the board, bob 240 to its last call."""
    assert paths.answer(ask(), events).edges[0].mean_seconds == 150


def test_nodes_say_who_came_and_who_ended(events: Desk) -> None:
    """ann's second visit, two hours later, ends where it begins; bob's ends at the board."""
    nodes = {one.key: (one.count, one.ended) for one in paths.answer(ask(), events).nodes}
    assert (nodes["1_/home"], nodes["2_/board"], nodes["3_save"]) == ((4, 1), (2, 1), (1, 1))
    last = {one.key: one.ended for one in paths.answer(ask(steps=3), events).nodes}
    assert last["3_save"] == 0


def test_a_stop_without_any_way_keeps_its_name() -> None:
    """ann and bob open the board and nothing else, ann twice: that is no part of the rest."""
    lines = """
    2026-11-02T10:00 ann@acme open
    2026-11-03T10:00 ann@acme open
    2026-11-03T10:00 bob@acme open
    2026-11-04T10:00 cat@acme save
    2026-11-04T10:05 cat@acme close
    """
    events = desk(lines)
    found = paths.answer(ask(), events)
    nodes = {one.key: (one.count, one.ended, one.ended_units) for one in found.nodes}
    assert nodes == {"1_open": (3, 3, 2), "1_save": (1, 0, 0), "2_close": (1, 1, 1)}
    rows = [
        (row["source"], row["target"], row["count"], row["units"], row["share"])
        for row in paths.table(ask(), found).rows
    ]
    assert rows == [
        ("1_open", paths.ENDS, 3, 2, 1.0), ("1_save", "2_close", 1, 1, 1.0), ("2_close", paths.ENDS, 1, 1, 1.0),
    ]  # fmt: skip
    assert paths.people(ask(), Cell(source="1_open"), events).ids == ["ann", "bob"]
    few = paths.answer(ask(limit=1), desk(lines + "2026-11-05T10:00 dan@acme help\n"))
    assert {one.key for one in few.nodes} == {"1_open", "1_save", "2_close", "1_(other)"}


def test_the_rest_stands_together(events: Desk) -> None:
    found = paths.answer(ask(limit=1), events)
    assert [(one.source, one.target, one.count, one.other) for one in found.edges] == [
        ("1_/home", "2_/board", 2, False), ("1_/home", "2_(other)", 1, True), ("2_(other)", "3_(other)", 1, True),
        ("2_/board", "3_(other)", 1, True),
    ]  # fmt: skip
    assert found.hidden == 3


def test_start_end_and_exclusion(events: Desk) -> None:
    assert edges(ask(start_at="/board/"), events) == {"1_/board > 2_save": 1}
    assert edges(ask(end_at="save", steps=2), events) == {"1_/board > 2_save": 1}
    assert edges(ask(exclude=["/home"]), events) == {"1_/board > 2_save": 1, "1_Inbox > 2_$pageview": 1}
    assert edges(ask(start_at="nowhere"), events) == {}
    assert edges(ask(events=["$pageview"], end_at="/board"), events) == {"1_/home > 2_/board": 2}


def test_names_are_cleaned_then_grouped_then_excluded() -> None:
    lines = """2026-11-02T10:00 ann $pageview {"$pathname": "/tea/17/reviews"}
        2026-11-02T10:01 ann $pageview {"$pathname": "/tea/18/reviews/"}
        2026-11-02T10:02 ann $pageview {"$pathname": "/basket?from=17"}
        2026-11-02T10:00 bob $pageview {"$pathname": "/offers/tea/3/reviews"}
        2026-11-02T10:03 bob $pageview {"$pathname": "/basket"}
        2026-11-02T10:04 bob pay.by(card)"""
    at = desk(lines)
    clean = [{"pattern": r"\?.*$"}, {"pattern": r"/(\d+)/", "by": r"/<\1>/"}]
    assert edges(ask(clean=clean), at) == {
        "1_/tea/<17>/reviews > 2_/tea/<18>/reviews": 1, "2_/tea/<18>/reviews > 3_/basket": 1,
        "1_/offers/tea/<3>/reviews > 2_/basket": 1, "2_/basket > 3_pay.by(card)": 1,
    }  # fmt: skip
    groups = ["/tea/*/reviews", "/bask*", "pay.by(*)"]
    grouped = {"1_/tea/*/reviews > 2_/bask*": 2, "2_/bask* > 3_pay.by(*)": 1}
    assert edges(ask(groups=groups), at) == edges(ask(groups=groups, clean=clean), at) == grouped
    assert edges(ask(groups=["/offers*", *groups]), at) == grouped  # of several, the last names it
    assert edges(ask(groups=groups, start_at="/bask*", exclude=["/tea/*/reviews"]), at) == {"1_/bask* > 2_pay.by(*)": 1}
    assert edges(ask(exclude=["/tea/*/reviews"]), at)["1_/tea/17/reviews > 2_/tea/18/reviews"] == 1
    assert edges(ask(groups=["/nowhere/*"]), desk("")) == {}
    with pytest.raises(BadInput, match="pattern"):
        edges(ask(clean=[{"pattern": "("}]), at)


def test_names_that_grow_beyond_all_use_are_refused() -> None:
    """One letter becomes 200 with each pattern: 8 million after three, more than there is memory for after four."""
    at = desk("2026-11-02T10:00 ann a")
    grows = {"pattern": ".", "by": "\\0" * 200}
    assert paths.answer(ask(clean=[grows] * 2), at).nodes[0].name == "a" * 40_000
    with pytest.raises(TooMuch, match="too long"):
        paths.answer(ask(clean=[grows] * 4), at)


def test_ways_can_be_bound_by_how_often_they_were_taken(events: Desk) -> None:
    shown = {one.key for one in paths.answer(ask(least=2), events).nodes if not one.other}
    assert shown == {"1_/home", "2_/board"}
    assert edges(ask(most=1, limit=1), events)["1_/home > 2_Inbox"] == 1
    with pytest.raises(ValidationError):
        ask(least=3, most=2)


def test_a_path_that_is_cut_in_the_middle_has_one_stop_more() -> None:
    at = desk("\n".join(f"2026-11-02T10:0{n} ann {name}" for n, name in enumerate("abcdefg")))
    assert edges(ask(start_at="b", end_at="g", steps=4), at) == {
        "1_b > 2_c": 1, "2_c > 3_...": 1, "3_... > 4_f": 1, "4_f > 5_g": 1,
    }  # fmt: skip


def test_who_is_behind(events: Desk) -> None:
    known = {
        ("1_/home", "2_/board", False): ["ann", "bob"], ("2_/board", "", False): ["bob"],
        ("2_/board", "", True): ["ann", "bob"], ("1_/home", "2_Inbox", False): ["cat"],
    }  # fmt: skip
    for (source, target, any_), ids in known.items():
        assert paths.people(ask(), Cell(source=source, target=target, any=any_), events).ids == ids
    assert paths.people(ask(limit=1), Cell(source="1_/home", target="2_(other)"), events).ids == ["cat"]
    with pytest.raises(BadInput, match="no stop"):
        paths.people(ask(), Cell(source="9_/home"), events)


def test_every_way_has_its_units(events: Desk) -> None:
    for limit in (1, 2, 50):
        for one in paths.answer(ask(limit=limit), events).edges:
            cell = Cell(source=one.source, target=one.target)
            assert len(paths.people(ask(limit=limit), cell, events).ids) == one.units


def test_by_account(events: Desk) -> None:
    found = paths.answer(ask(unit="account"), events)
    assert (found.units, found.left_out, found.left_out_why) == (1, 3, "without an account")


def test_table_and_chart(events: Desk) -> None:
    question = ask(limit=1)
    found = paths.answer(question, events)
    assert paths.table(question, found).rows[0]["count"] == 2
    option = paths.chart(question, found)
    assert json.loads(json.dumps(option, allow_nan=False))
    assert "/board 2" in svg(option)


def test_nothing_at_all() -> None:
    found = paths.answer(ask(), desk(""))
    assert (found.paths, found.nodes, found.edges) == (0, [], [])
    assert paths.chart(ask(), found)["callsheet"]["empty"] is True


@pytest.mark.parametrize("more", [{"steps": 1}, {"steps": 21}, {"breakdown": {"by": "event"}}, {"compare": "previous"}])
def test_what_cannot_be_asked(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask(**more)


LEDGER = """
2026-11-02T09:00 ada browse
2026-11-02T10:00 ada order
2026-11-03T10:00 ada call
2026-11-04T10:00 ada pay
2026-11-05T10:00 ada thank
2026-11-02T10:00 eve order
2026-11-02T10:10 eve waver
2026-11-09T10:00 eve leave
2026-11-12T10:00 eve look
2026-11-02T10:00 kim browse
"""


@pytest.mark.parametrize(
    ("more", "ways"),
    [
        ({"step": 2}, {"1_pay > 2_thank": 1}),
        ({"step": 1}, {"1_order > 2_call": 1, "2_call > 3_pay": 1, "3_pay > 4_thank": 1, "1_order > 2_waver": 1,
                       "2_waver > 3_leave": 1, "3_leave > 4_look": 1}),
        ({"step": 2, "part": "between"}, {"1_order > 2_call": 1, "2_call > 3_pay": 1}),
        ({"step": 2, "part": "before"}, {"1_browse > 2_order": 1, "2_order > 3_call": 1, "3_call > 4_pay": 1}),
        ({"step": 2, "lost": True}, {"1_order > 2_waver": 1, "2_waver > 3_leave": 1, "3_leave > 4_look": 1}),
        ({"step": 2, "lost": True, "part": "before"}, {"1_order > 2_waver": 1, "2_waver > 3_leave": 1}),
        ({"step": 2, "where": [{"field": "event", "op": "is_not", "values": ["pay"]}]}, {}),
    ],
)  # fmt: skip
def test_paths_around_a_step_of_a_funnel(more: dict[str, Any], ways: dict[str, int]) -> None:
    """eve orders and has a week to pay, to the minute; a pause of less than that week does not end a path."""
    along = {"steps": [{"events": ["order"]}, {"events": ["pay"]}], "window": {"value": 7, "unit": "day"}} | more
    assert edges(ask(along=along), desk(LEDGER)) == ways


@pytest.mark.parametrize(
    "more",
    [
        {"step": 3},
        {"step": 1, "part": "between"},
        {"step": 1, "lost": True},
        {"step": 2, "part": "between", "lost": True},
    ],
)
def test_what_no_funnel_tells(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="step"):
        ask(along={"steps": [{"events": ["order"]}, {"events": ["pay"]}]} | more)
