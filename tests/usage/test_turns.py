"""Whose turn it is to be answered: how many at once, in which memory, and taking back what waits or has no asker."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from callsheet.base.config import UsageSettings
from callsheet.base.errors import Conflict, NotFound, Stopped, TooManyTries
from callsheet.metrics.reader import reading
from callsheet.store.workspace import Workspace
from callsheet.usage.api.answers import in_turn
from callsheet.usage.questions import limits
from callsheet.usage.questions.limits import ASKS, Ask, Asks
from callsheet.usage.questions.turns import Group
from tests.conftest import Clients
from tests.usage.conftest import Happened

LIMITS = UsageSettings()


def test_work_that_stops_short_is_an_error_and_holds_nobody_up(asks: Asks) -> None:
    running = asks.run(lambda _: next(iter(())), "ann", LIMITS)
    with pytest.raises(RuntimeError, match="ended before its answer"):
        running.future.result(10)


def test_only_so_many_are_answered_at_once_and_so_many_wait(asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WAITING", 2)
    gate = threading.Event()
    first = asks.run(lambda _: gate.wait(10), "ann", LIMITS, "one")
    second = asks.run(lambda _: 2, "ann", LIMITS, "two")
    with pytest.raises(TooManyTries):
        asks.run(lambda _: 3, "ann", LIMITS)
    assert not second.future.done()
    assert sorted(asks.under_way()) == ["one", "two"]
    gate.set()
    assert (first.future.result(10), second.future.result(10)) == (True, 2)
    assert asks.under_way() == []


def test_two_questions_under_way_have_ids_of_their_own(asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    running = asks.run(lambda _: gate.wait(10), "ann", LIMITS, "one")
    with pytest.raises(Conflict):
        asks.run(lambda _: 1, "ann", LIMITS, "one")
    with pytest.raises(NotFound):
        asks.stop("one", "ben")
    gate.set()
    running.future.result(10)


def test_what_waits_can_be_taken_back_before_its_turn(asks: Asks) -> None:
    gate = threading.Event()
    first = asks.run(lambda _: gate.wait(10), "ann", LIMITS)
    second = asks.run(lambda _: 2, "ann", LIMITS, "two")
    asks.stop("two", "ann")
    gate.set()
    first.future.result(10)
    with pytest.raises(Stopped):
        second.future.result(10)


def test_a_question_is_taken_back_when_its_asker_goes_away(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        async def is_disconnected(self) -> bool:
            return True

    ended = threading.Event()

    def work(ask: Ask, _: Any) -> None:
        try:
            while True:
                ask.check()
                time.sleep(0.01)
        finally:
            ended.set()

    with pytest.raises(Stopped, match="gone"):
        asyncio.run(in_turn(workspace, Gone(), "ann", work))  # type: ignore[arg-type]
    assert ended.wait(10), "the work ends as well"


def link(name: str, most: int = 4) -> Group:
    return Group(f"link {name}", most)


def test_links_take_turns_whoever_asked_how_often(asks: Asks) -> None:
    gate, order = threading.Event(), []

    def work(name: str) -> Any:
        def answer(_: Ask) -> None:
            gate.wait(10)
            order.append(name)

        return answer

    running = [asks.run(work(f"a{n}"), "shared", LIMITS, "", (link("a"),)) for n in range(4)]
    running += [asks.run(work(f"b{n}"), "shared", LIMITS, "", (link("b"),)) for n in range(2)]
    running += [asks.run(work("plain"), "shared", LIMITS)]
    gate.set()
    for one in running:
        one.future.result(10)
    assert [one for one in order if one != "plain"] == ["a0", "b0", "a1", "b1", "a2", "a3"]


def test_within_a_link_addresses_take_turns(asks: Asks) -> None:
    gate, order = threading.Event(), []
    first = asks.run(lambda _: gate.wait(10), "shared", LIMITS)
    whose = ["x", "x", "x", "y"]

    def answer(at: str) -> Any:
        return lambda _: order.append(at)

    running = [asks.run(answer(at), "shared", LIMITS, "", (link("a"), Group(at, 9))) for at in whose]
    gate.set()
    first.future.result(10)
    for one in running:
        one.future.result(10)
    assert order == ["x", "y", "x", "x"]


def test_one_link_cannot_take_all_places(asks: Asks) -> None:
    gate = threading.Event()
    running = [asks.run(lambda _: gate.wait(10), "shared", LIMITS, "", (link("a", 2),)) for _ in range(2)]
    with pytest.raises(TooManyTries, match="questions from here"):
        asks.run(lambda _: 1, "shared", LIMITS, "", (link("a", 2),))
    other = asks.run(lambda _: 1, "shared", LIMITS, "", (link("b", 2),))
    gate.set()
    assert [*(one.future.result(10) for one in running), other.future.result(10)] == [True, True, 1]
    assert asks.run(lambda _: 2, "shared", LIMITS, "", (link("a", 2),)).future.result(10) == 2
    assert asks.under_way() == []


def leisurely(asks: Asks, order: list[str], name: str, limits: UsageSettings = LIMITS) -> None:
    with asks.leisurely(limits) as ask:
        assert not ask.waits
        order.append(name)


def test_what_nobody_waits_for_goes_after_peoples_questions(asks: Asks) -> None:
    gate, order = threading.Event(), list[str]()
    first = asks.run(lambda _: gate.wait(10), "ann", LIMITS)
    with ThreadPoolExecutor(1) as pool:
        alert = pool.submit(leisurely, asks, order, "alert")
        while len(asks._turns._places) < 2:
            time.sleep(0.01)
        second = asks.run(lambda _: order.append("ben"), "ben", LIMITS)
        gate.set()
        for future in (first.future, second.future, alert):
            future.result(10)
    assert order == ["ben", "alert"]


def test_what_nobody_waits_for_leaves_a_place_for_people() -> None:
    asks, gate, order = Asks(2), threading.Event(), list[str]()
    began = threading.Event()

    def long() -> None:
        with asks.leisurely(LIMITS):
            began.set()
            gate.wait(10)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(long)
        assert began.wait(10)
        second = pool.submit(leisurely, asks, order, "alert")
        while len(asks._turns._places) < 2:
            time.sleep(0.01)
        asks.run(lambda _: order.append("ann"), "ann", LIMITS).future.result(10)
        assert order == ["ann"], "the other alert waits, and ann does not"
        gate.set()
        first.result(10)
        second.result(10)
    assert order == ["ann", "alert"]


def test_inside_of_a_turn_no_other_is_waited_for(asks: Asks) -> None:
    order = list[str]()
    asks.run(lambda _: leisurely(asks, order, "alert"), "ann", LIMITS).future.result(10)
    leisurely(asks, order, "after")
    assert order == ["alert", "after"]


def test_inside_of_a_turn_it_is_held_to_what_holds_there(asks: Asks, memory: list[int]) -> None:
    """Others beside are no reason to refuse it, and it ends with the question that it is part of."""
    small, other = UsageSettings(answer_memory_mb=100), Ask("ben", "ben", LIMITS)
    other.start()

    def work(outer: Ask) -> str:
        memory[0] += 190
        with asks.leisurely(small) as inner:
            inner.check()
            memory[0] += 5
            inner.check()
            outer.stopped = True
            with pytest.raises(Stopped):
                inner.check()
        return "done"

    assert asks.run(work, "ann", small).future.result(10) == "done"
    other.end()


def test_it_waits_no_longer_than_a_question_may_take(asks: Asks) -> None:
    gate, order = threading.Event(), list[str]()
    first = asks.run(lambda _: gate.wait(10), "ann", LIMITS)
    leisurely(asks, order, "alert", UsageSettings(answer_seconds=1))
    assert order == ["alert"]
    assert not first.future.done()
    gate.set()
    assert first.future.result(10)
    assert asks._turns._places == []


def test_alerts_take_their_turn(clients: Clients, happened: Happened) -> None:
    happened("2026-11-20 10:00 ann")
    watched = {"rule": {"kind": "threshold", "bound": 5}}
    question = {"kind": "trends", "series": [{"events": ["did"]}]}
    made = {"name": "Use", "question": question, "watched": watched}
    assert clients.bob.post("/api/usage/alerts", json=made).status_code == 201
    gate, workspace = threading.Event(), clients.services.workspace
    busy = [ASKS.run(lambda _: gate.wait(20), "ann", LIMITS) for _ in range(ASKS._turns._at_once)]

    def report() -> Any:
        with reading(workspace) as reader:
            return reader.report("usage.alerts").rows

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(report)
        with pytest.raises(TimeoutError):
            told.result(0.5)
        gate.set()
        assert [row["name"] for row in told.result(10)] == ["Use"]
    assert all(one.future.result(10) for one in busy)
