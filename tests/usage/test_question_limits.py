"""What a question may take: time, without that of compiling, and memory, with others beside it."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from callsheet.base.config import UsageSettings
from callsheet.base.errors import TooMuch
from callsheet.base.working import heavy_work, heavy_works
from callsheet.model.history import Ask as Ask_
from callsheet.model.history import Mark
from callsheet.store.histories.keeping import Keeper
from callsheet.store.workspace import Workspace
from callsheet.usage.questions import limits
from callsheet.usage.questions.limits import Ask, Asks
from tests.usage.conftest import Happened

LIMITS = UsageSettings()


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


def test_memory_is_counted_from_the_turn_of_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [10**9]
    monkeypatch.setattr(limits, "own_memory", lambda: held[0])
    ask = Ask("one", "ann", UsageSettings(answer_memory_mb=100), memory=held[0])
    held[0] += 99_000_000
    ask.check()
    held[0] += 2_000_000
    with pytest.raises(TooMuch, match="100 MB"):
        ask.check()


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
