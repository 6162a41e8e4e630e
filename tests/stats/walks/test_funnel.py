"""Funnels against every possible chain, and against answers worked by hand."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.model.history import History
from callsheet.stats.walks.funnel import NONE
from callsheet.stats.walks.funnel_runs import walk
from tests.stats.walks.histories import reach, rows, rules, walked, written
from tests.stats.walks.slow_funnel import Row, chains, furthest, in_any_order, is_clean

FEW = settings(max_examples=100, deadline=None)


@FEW
@given(rows(4), st.integers(2, 4), st.integers(0, 9), st.booleans())
def test_the_best_of_all_chains_wins(given_rows: list[Row], count: int, window: int, strict: bool) -> None:
    cut = [Row(row.moment, frozenset(s for s in row.steps if s <= count)) for row in given_rows]
    expected, end, start = furthest(cut, count, window, strict)
    done = walked([cut], rules(count, window, strict=strict))
    if not expected:
        assert not len(done.unit)
        return
    assert reach(done) == list(range(1, expected + 1))
    if not strict:
        assert done.times[0, expected - 1] == end
    if not strict and len({row.moment for row in cut}) == len(cut):
        assert done.times[0, 0] == start
    moments = done.times[0, :expected].tolist()
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] <= window


@FEW
@given(rows(3, excluded=True, several=False), st.integers(0, 9), st.sampled_from([(1, 2), (2, 3), (1, 3)]))
def test_who_converts_has_a_chain_without_an_exclusion(some: list[Row], window: int, span: tuple[int, int]) -> None:
    unique = list({row.moment: row for row in some}.values())
    spoils = sum(1 << (step - 1) for step in range(*span))
    clean = [one for one in chains(unique, 3, window) if len(one) == 3 and is_clean(unique, one, *span)]
    done = walked([unique], rules(3, window, spoils=spoils))
    assert (len(done.unit) == 1 and reach(done) == [1, 2, 3]) == bool(clean)


@FEW
@given(rows(3, several=False), st.integers(0, 9))
def test_in_any_order_the_fullest_window_counts(some: list[Row], window: int) -> None:
    done = walked([some], rules(3, window), any_order=True)
    assert (len(reach(done)) if len(done.unit) else 0) == in_any_order(some, 3, window)


@FEW
@given(rows(3), st.sampled_from([2, 4, 6]))
def test_optional_steps_never_hinder(some: list[Row], optional: int) -> None:
    """Without a window: a unit gets as far as if the optional steps were not there, or further."""
    done = walked([some], rules(3, 99, optional=optional))
    kept = [step for step in (1, 2, 3) if not optional >> (step - 1) & 1]
    bare = [Row(r.moment, frozenset(kept.index(s) + 1 for s in r.steps if s in kept)) for r in some]
    if any(len(row.steps) > 1 for row in some):
        return
    expected = furthest(bare, len(kept), 99)[0] if len(kept) > 1 else any(1 in row.steps for row in bare)
    taken = [step for step in (reach(done) if len(done.unit) else []) if step in kept]
    assert len(taken) == expected


@FEW
@given(st.lists(rows(3), min_size=1, max_size=4), st.integers(0, 9))
def test_units_do_not_touch_one_another(units: list[list[Row]], window: int) -> None:
    together = walked(units, rules(3, window))
    apart = [walked([unit], rules(3, window)) for unit in units]
    assert together.bits.tolist() == [int(done.bits[0]) for done in apart if len(done.bits)]
    assert together.times.tolist() == [done.times[0].tolist() for done in apart if len(done.bits)]


AAA = {"s": {1, 2, 3}}
KNOWN: dict[str, tuple[str, dict[str, int | bool], list[int], list[int]]] = {
    # name: (events, rules, steps taken, their moments); three steps a, b, c and a window of 10 unless said
    "all in order": ("a1 b2 c3", {}, [1, 2, 3], [1, 2, 3]),
    "the bound of the window is inside": ("a0 b5 c10", {}, [1, 2, 3], [0, 5, 10]),
    "one more is outside": ("a0 b5 c11", {}, [1, 2], [0, 5]),
    "a later start may win": ("a0 a5 b9 c15", {}, [1, 2, 3], [5, 9, 15]),
    "an earlier start may win, too": ("a0 b1 a5 c6", {}, [1, 2, 3], [0, 1, 6]),
    "the wrong order stops at step 1": ("b1 c2 a3", {}, [1], [3]),
    "a tie converts in step order": ("c4 b4 a4", {}, [1, 2, 3], [4, 4, 4]),
    "a tie goes on from an earlier step": ("a1 c4 b4", {}, [1, 2, 3], [1, 4, 4]),
    "a tie counts as a whole, whatever came first of it": ("a1 b2 c4 c4 b4 a4", {}, [1, 2, 3], [4, 4, 4]),
    "step 1 of a tie is the latest start": ("a1 a4 b4 c5", {}, [1, 2, 3], [4, 4, 5]),
    "the same event three times": ("s1 s2 s3", {}, [1, 2, 3], [1, 2, 3]),
    "twice is not three times": ("s1 s2", {}, [1, 2], [1, 2]),
    "three at one moment are three": ("s1 s1 s1", {}, [1, 2, 3], [1, 1, 1]),
    "in a tie an event serves one step": ("s1 a1", {}, [1, 2], [1, 1]),
    "in a tie the best order counts": ("p1 q1", {}, [1, 2], [1, 1]),
    "a tie goes on with the old start if it must": ("a1 p4 c4", {}, [1, 2, 3], [1, 4, 4]),
    "strict: in a row": ("a1 b2 c3", {"strict": True}, [1, 2, 3], [1, 2, 3]),
    "strict: something between ends it": ("a1 z2 b3 c4", {"strict": True}, [1], [1]),
    "strict: before and after does not matter": ("z0 a1 b2 c3 z4", {"strict": True}, [1, 2, 3], [1, 2, 3]),
    "strict: a second try counts": ("a1 z2 b3 a4 b5 c6", {"strict": True}, [1, 2, 3], [4, 5, 6]),
    "strict: the step just taken may repeat": ("a1 a2 b3 b4 c5", {"strict": True}, [1, 2, 3], [2, 3, 5]),
    "strict: a step out of turn ends it": ("a1 b2 a3 c4", {"strict": True}, [1, 2], [1, 2]),
    "strict: of one moment nothing is between": ("a1 z2 b2 c3", {"strict": True}, [1, 2, 3], [1, 2, 3]),
    "optional: skipped": ("a1 c3", {"optional": 2}, [1, 3], [1, 3]),
    "optional: taken": ("a1 b2 c3", {"optional": 2}, [1, 2, 3], [1, 2, 3]),
    "optional: taken last": ("a1 b2", {"optional": 2}, [1, 2], [1, 2]),
    "optional: out of its order it is not taken": ("b1 a2 c3", {"optional": 2}, [1, 3], [2, 3]),
    "optional: the required one is missing": ("a1 c2", {"optional": 4}, [1], [1]),
    "excluded between 1 and 2": ("a1 x2 b3", {"spoils": 1}, [], []),
    "excluded, with nothing after it": ("a1 x2", {"spoils": 1}, [], []),
    "excluded before the start is nothing": ("x0 a1 b3", {"spoils": 1}, [1, 2], [1, 3]),
    "excluded after step 2 is nothing to steps 1 to 2": ("a1 b2 x3 c4", {"spoils": 1}, [1, 2, 3], [1, 2, 4]),
    "excluded between 2 and 3": ("a1 b2 x3 c4", {"spoils": 2}, [], []),
    "excluded before step 2 is nothing to steps 2 to 3": ("a1 x2 b3 c4", {"spoils": 2}, [1, 2, 3], [1, 3, 4]),
    "excluded anywhere": ("a1 b2 x3 c4", {"spoils": 3}, [], []),
    "a fresh start at step 1 mends step 1": ("a1 x2 a3", {"spoils": 1}, [1], [3]),
    "a fresh start mends all": ("a1 x2 b3 a4 b5 c6", {"spoils": 1}, [1, 2, 3], [4, 5, 6]),
    "a fresh start must get as far": ("a1 b2 x3 a4", {"spoils": 2}, [], []),
    "excluded outside of the window is nothing": ("a1 x12", {"spoils": 1}, [1], [1]),
    "excluded at the moment of a step is nothing": ("a1 x2 b2 c3", {"spoils": 3}, [1, 2, 3], [1, 2, 3]),
    "a fresh start in a tie mends, too": ("a1 x2 p5 x5", {"spoils": 1}, [1], [5]),
    "never begun": ("b1 c2", {}, [], []),
    "nothing": ("", {}, [], []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "given_rules", "steps", "moments"), KNOWN.values(), ids=KNOWN)
def test_known(text: str, given_rules: dict[str, int], steps: list[int], moments: list[int]) -> None:
    """Worked by hand; exclusions and strictness as PostHog's `aggregate_funnel` has them."""
    some = written(text, s={1, 2, 3}, p={1, 2}, q={1})
    done = walked([some], rules(3, 10, **given_rules))  # type: ignore[arg-type]
    assert (reach(done) if len(done.unit) else []) == steps
    if steps:
        assert [one for one in done.times[0].tolist() if one != NONE] == moments


ANY_ORDER = {
    "any order will do": ("c1 a2 b3", 0, [1, 2, 3]),
    "the first event of each step gives the times": ("b1 b2 a3 c4", 0, [1, 3, 4]),
    "only inside one window": ("a0 b5 c11", 0, [0, 5]),
    "a later window may win": ("a0 b9 c12 a15", 0, [9, 12, 15]),
    "the same event needs three": ("s1 s2", 0, [1, 2]),
    "at one moment": ("a1 b1 c1", 0, [1, 1, 1]),
    "excluded in between: step 1 stays": ("a1 x2 b3", 7, [1]),
    "excluded with nothing after: step 1 stays": ("a1 b2 x3", 7, [1]),
    "excluded after all steps is nothing": ("a1 b2 c3 x4", 7, [1, 2, 3]),
    "two steps after an exclusion": ("a1 x2 b3 c4", 7, [3, 4]),
}


@pytest.mark.parametrize(("text", "spoils", "moments"), ANY_ORDER.values(), ids=ANY_ORDER)
def test_known_in_any_order(text: str, spoils: int, moments: list[int]) -> None:
    done = walked([written(text, s={1, 2, 3})], rules(3, 10, spoils=spoils), any_order=True)
    assert reach(done) == list(range(1, len(moments) + 1))
    assert done.times[0, : len(moments)].tolist() == moments


ATTRIBUTED = {
    "first: of the first event that has one": ("first", 0, "a1 b2/1 c3/2", {1: 3}),
    "last": ("last", 0, "a1/1 b2/1 c3/2", {2: 3}),
    "none of the events has one": ("first", 0, "a1 b2", {-1: 2}),
    "all: each label with its own events": ("all", 0, "a1/1 b2/1 a3/2 b4/1 c5/2", {1: 2, 2: 1}),
    "all: the missing label is one, too": ("all", 0, "a1 b2 a3/2", {-1: 2, 2: 1}),
    "step 1: every label that step 1 had": ("step", 1, "a1/1 a2/2 b3/3 c4/3", {1: 3, 2: 3}),
    "step 2: only those with a step 2 are there": ("step", 2, "a1/1 c3/1", {}),
    "step 2: its label is what counts": ("step", 2, "a1/1 b2/2 c3/1", {2: 3}),
    "step 3: reached under that of step 3": ("step", 3, "a1/1 b2/1 c3/3 c4/4", {3: 3, 4: 3}),
}


@pytest.mark.parametrize(("how", "named", "text", "expected"), ATTRIBUTED.values(), ids=ATTRIBUTED)
def test_attribution(how: str, named: int, text: str, expected: dict[int, int]) -> None:
    """As PostHog's first_touch, last_touch, all_events and step: worked by hand."""
    done = walked([written(text)], rules(3, 10, named=named), how)  # type: ignore[arg-type]
    assert {int(label): len(reach(done, i)) for i, label in enumerate(done.label)} == expected


def test_a_trend_counts_each_interval_of_entry_for_itself() -> None:
    """Intervals [0, 10) and [10, 20), window 6: the entry at 2 does not convert, that at 8 does (at 12 and 14), that at
    12 does at 13 and 14; a unit that enters twice in one interval counts once."""
    units = [written("a2 a8 b12 c14"), written("a12 b13 c14"), written("a1 b2 a3")]
    done = walked(units, rules(3, 6), bounds=[0, 10, 20])
    found = [(int(u), int(b), len(reach(done, i))) for i, (u, b) in enumerate(zip(done.unit, done.bucket, strict=True))]
    assert found == [(0, 0, 3), (1, 1, 3), (2, 0, 2)]


def test_a_trend_withholds_entries_of_who_goes_on_in_spite_of_an_exclusion() -> None:
    """Window 6: the entry at 1 does not convert; that at 12 goes on to step 2 after an exclusion, so that both are
    gone, while in the second unit the chain stops there, and the third one has converted at 2 and 3."""
    units = [written("a1 a12 x13 b14"), written("a1 a12 x13"), written("a1 b2 c3 a12 x13 b14")]
    done = walked(units, rules(3, 6, spoils=1), bounds=[0, 10, 20])
    assert [(int(u), int(b)) for u, b in zip(done.unit, done.bucket, strict=True)] == [(1, 0), (2, 0)]


def test_a_trend_in_any_order_goes_by_the_first_event() -> None:
    done = walked([written("b8 a11 c12")], rules(3, 6), any_order=True, bounds=[0, 10, 20])
    assert [(int(b), len(reach(done, i))) for i, b in enumerate(done.bucket)] == [(0, 3), (1, 2)]


def million() -> History:
    """A million rows of 50,000 units in four steps."""
    random = np.random.default_rng(7)
    unit = np.sort(random.integers(0, 50_000, 1_000_000)).astype(np.uint32)
    moment = random.integers(0, 90 * 86_400_000_000, 1_000_000)
    moment = moment[np.lexsort((moment, unit))]
    marks = np.left_shift(1, random.choice(4, 1_000_000, p=[0.55, 0.25, 0.15, 0.05])).astype(np.uint64)
    return History(unit, moment, marks, lambda _: [], 50_000)


def test_a_million_rows_take_no_time() -> None:
    """Measured at 40 ms of a core's time; ten times that is allowed, for the machine may be slow or busy."""
    history, given_rules = million(), rules(4, 14 * 86_400_000_000)
    walk(history, given_rules)
    best = 9.0
    for _ in range(3):
        began = time.thread_time()
        walk(history, given_rules)
        best = min(best, time.thread_time() - began)
    assert best < 0.4
