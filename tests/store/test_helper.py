"""Compiled functions that run in another process do and answer what they do and answer here."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

from callsheet.base import compiled as base
from callsheet.base.compiled import Compiled, compiled, compute_elsewhere, compute_here
from callsheet.store import helper as module
from callsheet.store.engines.duck import DuckWarehouse
from callsheet.store.helper import Helper
from callsheet.store.histories.indexed import IndexedHistories
from callsheet.store.histories.kernels import group_rows, pick, tally
from callsheet.usage.questions.common import Desk
from tests.engines.test_questions import NOW, answers, nobody, table


class Pair(NamedTuple):
    """Arrays as walks give them along."""

    codes: Any
    counts: Any


@compiled
def _nothing_of_the_kind(one: Any) -> Any:
    return one.no_such_thing()


@pytest.fixture(scope="module")
def one() -> Iterator[Helper]:
    """A process for all these tests."""
    made = Helper()
    yield made
    made.close()


@pytest.fixture
def helper(one: Helper) -> Iterator[Helper]:
    """Compiled functions run in another process."""
    compute_elsewhere(one.run)
    yield one
    compute_here()


def test_files_of_the_folder_are_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("open('run', 'w').close()")
    monkeypatch.chdir(tmp_path)
    made = Helper()
    counts = np.zeros(2, np.int64)
    made.run(cast("Compiled", tally), (np.array([1], np.uint32), counts))
    made.close()
    assert (counts.tolist(), [one.name for one in tmp_path.iterdir()]) == ([0, 1], ["pickle.py"])


def test_results_and_changes_come_back(helper: Helper) -> None:
    codes = np.array([0, 2, 0, 1], np.uint32)
    starts, rows = group_rows(codes, 3)
    assert (starts.tolist(), rows.tolist()) == ([0, 2, 3, 4], [0, 2, 3, 1])
    counts = np.array([5, 5, 5], np.int64)
    tally(codes, counts)
    assert counts.tolist() == [7, 6, 6]
    part = counts[1:]
    tally(np.array([1], np.uint32), part)
    assert counts.tolist() == [7, 6, 7]
    assert base._elsewhere is not None, "all of it was answered by the other process"
    assert helper._process is not None


def test_one_array_given_twice_is_one_over_there(helper: Helper) -> None:
    """`pick` reads where it writes: 1 is found at place 0, then again at place 1."""
    numbers = np.array([1, 1, 0], np.uint32)
    pick(numbers, numbers[:], numbers[:])
    assert numbers.tolist() == [1, 1, 1]
    assert base._elsewhere is not None


def test_arrays_in_tuples_stay_what_they_are() -> None:
    codes = np.arange(3, dtype=np.uint32)
    given = (Pair(codes, codes[:]), codes[1:], 3)
    pair, part, number = module._joined(given, {})
    assert isinstance(pair, Pair)
    assert pair.codes is pair.counts
    assert part is not codes
    assert number == 3
    assert len(list(module._arrays(given))) == 3


def test_what_overlaps_or_is_large_runs_here(helper: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.array([1, 1, 1, 9], np.uint32)
    pick(numbers[:3], numbers, numbers[1:])
    assert numbers.tolist() == [1, 1, 1, 1]
    assert base._elsewhere is None, "numba is loaded now: all further calls are made here"

    compute_elsewhere(helper.run)
    monkeypatch.setattr(module, "MOST", 10)
    assert group_rows(np.zeros(3, np.uint32), 1)[0].tolist() == [0, 3]
    assert base._elsewhere is None


def test_a_process_that_ended_is_begun_anew(helper: Helper) -> None:
    codes = np.array([1, 0], np.uint32)
    assert group_rows(codes, 2)[1].tolist() == [1, 0]
    first = helper._process
    assert first is not None
    first.kill()
    first.wait(10)
    assert group_rows(codes, 2)[1].tolist() == [1, 0]
    assert helper._process not in (None, first)


def test_it_ends_when_nobody_asks_and_leaves_nothing_open(helper: Helper, monkeypatch: pytest.MonkeyPatch) -> None:
    helper.close()
    monkeypatch.setattr(module, "BEGIN", "from callsheet.store import helper; helper.PATIENCE = 1.0; helper.serve()")
    group_rows(np.array([1, 0], np.uint32), 2)
    process = helper._process
    assert process is not None
    assert process.wait(30) == 0
    for thread in threading.enumerate():
        if thread.name == "helper-end":
            thread.join(10)
    assert process.stdin is not None
    assert process.stdin.closed
    assert helper._process is None


def test_a_failure_is_raised_here(helper: Helper) -> None:
    with pytest.raises(Exception, match="no_such_thing"):
        _nothing_of_the_kind(np.zeros(1))


def test_every_kind_of_question_is_answered_alike(helper: Helper) -> None:
    draw = random.Random(5)
    rows = [
        (draw.choice("abcd"), draw.randrange(5), draw.randrange(17 * 24), draw.choice((0, 30)),
         draw.choice(("pro", "free", None)), draw.randrange(9))
        for _ in range(300)
    ]  # fmt: skip
    house = DuckWarehouse(None)
    with house.batch("test", "events") as batch:
        batch.merge("events", table(rows).drop_columns("seq"))
    found = []
    for run in (helper.run, None):
        compute_here()
        if run:
            compute_elsewhere(run)
        found.append(answers(Desk(IndexedHistories(None, house), NOW, "UTC", nobody)))
        assert (base._elsewhere is None) == (run is None)
    house.close()
    assert found[0] == found[1]
