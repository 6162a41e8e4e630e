"""The pure rules, against tables worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.base.errors import BadInput
from callsheet.delivery import rules
from tests.delivery.make import step

T0 = datetime(2026, 3, 2)
STEPS = {
    "never moved": ([], None),
    "once": ([step("a", "2026-03-03", "todo", "doing")], "2026-03-03"),
    "stop and start keeps the first": (
        [step("a", "2026-03-03", "todo", "doing"), step("a", "2026-03-05", "doing", "waiting"),
         step("a", "2026-03-06", "waiting", "doing")],
        "2026-03-03",
    ),
    "back past the commitment point loses the later dates": (
        [step("a", "2026-03-03", "todo", "doing"), step("a", "2026-03-05", "doing", "todo"),
         step("a", "2026-03-09", "todo", "doing")],
        "2026-03-09",
    ),
    "un-started and left there": (
        [step("a", "2026-03-03", "todo", "doing"), step("a", "2026-03-05", "doing", "todo")],
        None,
    ),
    "straight to done was never started": ([step("a", "2026-03-03", "todo", "done")], None),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "begun"), STEPS.values(), ids=STEPS)
def test_begun_at(steps: list[dict[str, Any]], begun: str | None) -> None:
    """Kanban Guide (2020); each course drawn on paper."""
    assert rules.begun_at(steps) == (datetime.fromisoformat(begun) if begun else None)


def test_every_visit_counts() -> None:
    """1 day to do, 2 in progress, 3 waiting, 1 more in progress: 3 of 6 days in progress are active, half."""
    steps = [
        step("a", "2026-03-03", "todo", "doing"), step("a", "2026-03-05", "doing", "waiting"),
        step("a", "2026-03-08", "waiting", "doing"), step("a", "2026-03-09", "doing", "done"),
    ]  # fmt: skip
    stays = rules.visits(T0, steps, datetime(2026, 4, 1))
    assert rules.time_in(stays) == {"todo": 1.0, "doing": 3.0, "waiting": 3.0, "done": 0.0}
    assert rules.flow_efficiency(stays) == (3.0, 6.0)


def test_a_batch_is_marked_and_a_busy_day_is_not() -> None:
    """A tracker that closed 94 items in a day; 14 on a busy day is under the least of 20."""
    usual = [1, 0, 2, 1, 0, 0, 3] * 20
    assert rules.batch_days(usual) == []
    assert rules.batch_days([*usual, 14]) == []
    assert rules.batch_days([*usual, 94, 1]) == [140]
    clean, batches = rules.without_batches(np.array([*usual, 94, 1]))
    assert (clean.size, int(clean[140]), batches) == (142, 0, [140])
    assert rules.batch_days([]) == []


CAUSES = {
    "none before": ([("d", timedelta(hours=1))], None),
    "right after": ([("d", timedelta())], ("d", 0.9)),
    "half the limit": ([("d", -timedelta(days=3.5))], ("d", 0.6)),
    "the limit itself": ([("d", -timedelta(days=7))], ("d", 0.3)),
    "beyond the limit": ([("d", -timedelta(days=7, seconds=1))], None),
    "the last one counts": ([("d", -timedelta(days=5)), ("e", -timedelta(days=3.5))], ("e", 0.6)),
}


@pytest.mark.parametrize(("deployments", "expected"), CAUSES.values(), ids=CAUSES)
def test_cause_of(deployments: list[tuple[str, timedelta]], expected: tuple[str, float] | None) -> None:
    """0.9 less 0.6 over seven days, by hand."""
    found = rules.cause_of(T0, [(ref, T0 + gap) for ref, gap in deployments])
    assert (found and (found.ref, found.confidence)) == expected


def test_shared_scope_is_thinning() -> None:
    """n items at share s take n / s finishes on average (negative binomial), n exactly at a whole share."""
    rng = np.random.default_rng(1)
    drawn = rules.SharedScope(20, 20, share=0.4).draw(rng, 40_000)
    assert float(drawn.mean()) == pytest.approx(50, rel=0.01)
    assert float(drawn.var()) == pytest.approx(20 * 0.6 / 0.4**2, rel=0.05)
    assert set(rules.SharedScope(7, 7).draw(rng, 100)) == {7.0}
    with pytest.raises(BadInput, match="share"):
        rules.SharedScope(7, 7, share=0).draw(rng, 10)


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["todo", "doing", "waiting", "done"])), max_size=12))
def test_moves_fit_together_and_days_add_up(course: list[tuple[int, str]]) -> None:
    """Every move leaves where the one before it arrived, and the visits fill the whole time without gaps."""
    course.sort(key=lambda entry: entry[0])
    steps = [
        {
            "occurred_at": T0 + timedelta(hours=h),
            "from_state": "?",
            "to_state": c,
            "from_category": "todo",
            "to_category": c,
        }
        for h, c in course
    ]
    item = {"created_at": T0, "started_at": None, "done_at": None}
    found = rules.moves(item, steps)
    assert [move[1] for move in found] == [None, *[move[2] for move in found[:-1]]]
    until = T0 + timedelta(hours=500)
    stays = rules.visits(T0, steps, until)
    assert all(stay.days >= 0 for stay in stays)
    if steps and steps[-1]["to_category"] != "done":
        assert sum(stay.days for stay in stays) == pytest.approx(500 / 24)
