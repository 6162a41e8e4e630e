"""Whose turn it is to be answered: how many at once, in which memory, and taking back what waits or has no asker."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from callsheet.base.config import UsageSettings
from callsheet.base.errors import Conflict, NotFound, Stopped, TooManyTries, TooMuch
from callsheet.base.working import heavy_work, heavy_works
from callsheet.metrics.reader import reading
from callsheet.model.history import Ask as Ask_
from callsheet.model.history import Mark
from callsheet.store.histories.keeping import Keeper
from callsheet.store.workspace import Workspace
from callsheet.usage.api.answers import in_turn
from callsheet.usage.questions import limits
from callsheet.usage.questions.limits import ASKS, Ask, Asks
from callsheet.usage.questions.turns import Group
from tests.conftest import Clients
from tests.usage.conftest import Happened

LIMITS = UsageSettings()


@pytest.fixture
def asks() -> Asks:
    """A registry with one place."""
    return Asks(1)


def test_the_clock_of_a_question_stands_still_while_machine_code_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    compiling = [100.0]
    monkeypatch.setattr(limits, "compiling_seconds", lambda: compiling[0])
    ask = Ask("one", "ann", LIMITS)
    ask.start()
    ask.began -= LIMITS.answer_seconds + 10
    with pytest.raises(TooMuch, match="longer than 30 seconds"):
        ask.check()
    compiling[0] += 12
    ask.check()
    ask.end()


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


def test_memory_is_counted_from_the_turn_of_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [10**9]
    monkeypatch.setattr(limits, "own_memory", lambda: held[0])
    ask = Ask("one", "ann", UsageSettings(answer_memory_mb=100), memory=held[0])
    held[0] += 99_000_000
    ask.check()
    held[0] += 2_000_000
    with pytest.raises(TooMuch, match="100 MB"):
        ask.check()


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the process holds, in megabytes: a list of one number, to be changed."""
    held = [1000]
    monkeypatch.setattr(limits, "own_memory", lambda: held[0] * 1_000_000)
    monkeypatch.setattr(limits, "_UNDER_WAY", [])
    return held


def ask_of(actor: str, *, stranger: bool = False) -> Ask:
    found = Ask(actor, actor, UsageSettings(answer_memory_mb=100), stranger=stranger)
    found.start()
    return found


def test_questions_at_the_same_time_have_their_limits_together(memory: list[int]) -> None:
    """No system says which of them has taken it: ben's 90 MB are no reason to refuse ann her 90."""
    ann, ben = ask_of("ann"), ask_of("ben")
    memory[0] += 180
    ann.check()
    ben.end()
    ann.check()
    cid = ask_of("cid")
    memory[0] += 30
    cid.check()
    with pytest.raises(TooMuch, match="and others at the same time take more than 200 MB"):
        ann.check()
    ann.end()
    dan = ask_of("dan")
    memory[0] += 201
    with pytest.raises(TooMuch):
        dan.check()


def test_no_page_of_a_stranger_costs_a_member_an_answer(memory: list[int]) -> None:
    ann, stranger = ask_of("ann"), ask_of("shared", stranger=True)
    memory[0] += 101
    ann.check()
    with pytest.raises(TooMuch, match="100 MB"):
        stranger.check()
    memory[0] += 400
    ann.check()
    stranger.end()
    late = ask_of("shared", stranger=True)
    ann.check()
    with pytest.raises(TooMuch):
        late.check()
    late.end()
    with pytest.raises(TooMuch, match="200 MB"):
        ann.check()


def test_imports_and_builds_have_memory_of_their_own(memory: list[int]) -> None:
    """An import that runs at the same time is no reason to refuse a question."""
    ann, stranger = ask_of("ann"), ask_of("shared", stranger=True)
    stranger.end()
    with heavy_work():
        memory[0] += 190
        ann.check()
        late = ask_of("shared", stranger=True)
        memory[0] += 150
        late.check()
        late.end()
    stranger.end()
    memory[0] -= 150
    ann.check()
    alone = ask_of("ben")
    ann.end()
    memory[0] += 301
    with pytest.raises(TooMuch, match="and others"):
        alone.check()
    alone.end()
    with heavy_work():
        beside = ask_of("cid")
        memory[0] += 201
        with pytest.raises(TooMuch, match="an import or build at the same time take more than 200 MB"):
            beside.check()


def test_only_large_imports_count(workspace: Workspace) -> None:
    row = {"event": "did", "occurred_at": datetime(2026, 11, 20)}
    counted = []
    with workspace.facts.batch("files", "import") as batch:
        for first in (0, 10_000, 20_000):
            batch.merge("events", pa.Table.from_pylist([row | {"event_id": f"e{first + n}"} for n in range(10_000)]))
            counted.append(heavy_works())
    assert [*counted, heavy_works()] == [0, 0, 1, 0]


def test_a_column_that_a_question_asks_for_first_is_a_build(
    workspace: Workspace, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened("2026-11-20 10:00 ann")
    counted: list[int] = []
    plain = Keeper._add_column

    def added(keeper: Keeper, cursor: Any, name: str) -> None:
        counted.append(heavy_works())
        plain(keeper, cursor, name)

    monkeypatch.setattr(Keeper, "_add_column", added)
    workspace.histories.read(Ask_((Mark(),), datetime(2026, 11, 1), datetime(2026, 12, 1), label="properties.new"))
    assert (counted, heavy_works()) == ([1], 0)


def test_what_others_take_is_not_counted_while_a_question_waits(asks: Asks, memory: list[int]) -> None:
    gate, small = threading.Event(), UsageSettings(answer_memory_mb=100)
    first = asks.run(lambda _: gate.wait(10), "ann", small)
    second = asks.run(lambda ask: ask.check(), "ben", small)
    memory[0] += 150
    second.ask.check()
    gate.set()
    assert (first.future.result(10), second.future.result(10)) == (True, None)


def test_own_memory_grows_with_what_is_held() -> None:
    before = limits.own_memory()
    held = bytearray(b"x" * 80_000_000)
    grown = limits.own_memory() - before
    assert len(held) == 80_000_000
    assert grown > 60_000_000 or before == 0


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
    small, other = UsageSettings(answer_memory_mb=100), ask_of("ben")

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
