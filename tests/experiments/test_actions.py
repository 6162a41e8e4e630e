"""An experiment's life: planned, predicted, started, amended, decided, taken back, stopped, run again."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict, NotAllowed
from callsheet.experiments import actions
from callsheet.experiments.records import Experiment
from callsheet.experiments.rules import PLAN, needs_reason
from callsheet.model.actor import Actor
from callsheet.store.book import LinkRow, LogEntry
from callsheet.store.workspace import Workspace
from tests.experiments.conftest import NOW, Planned

ARMS: list[dict[str, Any]] = [{"name": "a"}, {"name": "b", "allocation": 2}]


def verbs(workspace: Workspace) -> list[str]:
    """The log's verbs about experiments."""
    with workspace.books.read() as book:
        query = select(LogEntry).where(LogEntry.ref.like("experiment:%")).order_by(LogEntry.id)
        return [entry.verb for entry in book.all(query)]


def test_from_plan_to_decision_and_back(workspace: Workspace, people: dict[str, Actor]) -> None:
    bob = people["bob"]
    with workspace.books.change(NOW) as book:
        row = actions.plan_experiment(book, "Shorter form", bob, metric="won", arms=ARMS, initiative="sign-up")
        assert (row.id, row.state, row.plan_hash) == ("shorter-form", "draft", "")
        assert book.find(LinkRow, ("initiative:sign-up", "tests", "experiment:shorter-form")) is not None
        actions.predict(book, row.id, "mira", 0.02, bob, low=0.01, high=0.03)
        actions.predict(book, row.id, "mira", 0.01, bob, low=0.0, high=0.03)
        actions.amend(book, row.id, bob, planned_days=20)
        actions.start(book, row.id, bob)
        assert [one["effect"] for one in row.predictions] == [0.01]
        assert row.amendments == []
    with workspace.books.change(NOW) as book:
        decided = actions.decide(book, "shorter-form", "ship", bob, advised="ship", measured={"difference": 0.02})
        assert (decided.state, decided.decided_at, decided.decided_by) == ("decided", NOW, bob.id)
        opened = actions.reopen(book, "shorter-form", bob)
        assert (opened.state, opened.decision, opened.ended_at, opened.measured) == ("running", "", None, {})
    told = ["planned", "predicted", "predicted", "replanned", "started", "decided", "reopened"]
    assert verbs(workspace) == [f"experiment.{word}" for word in told]


def test_the_hash_is_of_the_plan_with_its_predictions(planned: Planned) -> None:
    """SHA-256 over sorted JSON, made here again from the plan's words."""
    row = planned(worthwhile=0.01)
    content = {name: getattr(row, name) for name in PLAN} | {"predictions": []}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.plan_hash == hashlib.sha256(text.encode()).hexdigest()


def test_an_amendment_is_dated_reasoned_and_leaves_the_hash(
    workspace: Workspace, planned: Planned, people: dict[str, Actor]
) -> None:
    before = planned()
    with workspace.books.change(NOW) as book:
        with pytest.raises(BadInput):
            actions.amend(book, "x", people["bob"], planned_days=30)
        row = actions.amend(book, "x", people["bob"], planned_days=30, title="X", reason="less traffic than hoped")
        assert row.amendments == [
            {
                "made_at": NOW.isoformat(), "by": "bob", "reason": "less traffic than hoped",
                "before": {"planned_days": 14}, "after": {"planned_days": 30},
            }
        ]  # fmt: skip
        assert row.plan_hash == before.plan_hash
        for changes in ({"metric": "other"}, {"arms": ARMS}):
            with pytest.raises(Conflict):
                actions.amend(book, "x", people["bob"], reason="because", **changes)
        with pytest.raises(Conflict):
            actions.predict(book, "x", "late", 0.1, people["bob"], low=0, high=0.2)


AGAINST = {
    "with the rule": ("ship", "ship", False),
    "against it": ("ship", "roll_back", True),
    "nothing to go by": ("ship", "broken", True),
    "inconclusive where the split failed": ("inconclusive", "broken", False),
    "running on without data": ("keep_running", "waiting", False),
}


@pytest.mark.parametrize(("verdict", "advised", "asked"), AGAINST.values(), ids=AGAINST)
def test_a_decision_against_the_rule_needs_a_reason(
    workspace: Workspace, planned: Planned, people: dict[str, Actor], verdict: str, advised: str, asked: bool
) -> None:
    planned()
    assert needs_reason(verdict, advised) is asked
    with workspace.books.change(NOW) as book:
        if asked:
            with pytest.raises(BadInput):
                actions.decide(book, "x", verdict, people["bob"], advised=advised)
        row = actions.decide(book, "x", verdict, people["bob"], advised=advised, reason="we know why")
        assert (row.decision, row.state) == (verdict, "running" if verdict == "keep_running" else "decided")


def test_a_second_run_reads_only_what_comes_after(
    workspace: Workspace, planned: Planned, people: dict[str, Actor]
) -> None:
    planned(worthwhile=0.01)
    with workspace.books.change(NOW) as book:
        copy = actions.restart(book, "x", people["bob"])
        assert (copy.id, copy.state, copy.started_at, copy.exposure_key) == ("x-again", "running", NOW, "x")
        assert (copy.worthwhile, copy.copied_from) == (0.01, "x")
        old = book.get(Experiment, "x")
        assert (old.state, old.reason) == ("stopped", "restarted as x-again")
        with pytest.raises(Conflict):
            actions.stop(book, "x", people["bob"], "again")
        with pytest.raises(Conflict):
            actions.amend(book, "x", people["bob"], planned_days=3, reason="late")


def test_a_viewer_may_decide_nothing(workspace: Workspace, planned: Planned, people: dict[str, Actor]) -> None:
    planned()
    carol = people["carol"]
    with workspace.books.change(NOW) as book:
        for attempt in (
            lambda: actions.plan_experiment(book, "Y", carol, metric="won", arms=ARMS),
            lambda: actions.predict(book, "x", "carol", 0.1, carol, low=0, high=1),
            lambda: actions.amend(book, "x", carol, planned_days=3),
            lambda: actions.start(book, "x", carol),
            lambda: actions.decide(book, "x", "ship", carol, advised="ship"),
            lambda: actions.reopen(book, "x", carol),
            lambda: actions.stop(book, "none", carol, "why"),
            lambda: actions.restart(book, "none", carol),
        ):
            with pytest.raises(NotAllowed):
                attempt()


REFUSED: dict[str, dict[str, Any]] = {
    "no metric": {"metric": " "},
    "one arm": {"arms": [{"name": "a"}]},
    "two arms of one name": {"arms": [{"name": "a"}, {"name": "a"}]},
    "an arm that gets nobody": {"arms": [{"name": "a"}, {"name": "b", "allocation": 0}]},
    "a worthwhile effect below 0": {"worthwhile": -0.01},
    "points written as a number above 1": {"worthwhile": 5},
    "no days": {"planned_days": 0},
    "unknown kind": {"kind": "guess"},
    "a guardrail without a metric": {"guardrails": [{"margin": 0.1}]},
    "unknown word": {"colour": "red"},
}


@pytest.mark.parametrize("plan", REFUSED.values(), ids=REFUSED)
def test_plans_that_are_none(workspace: Workspace, people: dict[str, Actor], plan: dict[str, Any]) -> None:
    with workspace.books.change(NOW) as book, pytest.raises(BadInput):
        actions.plan_experiment(book, "Y", people["bob"], **({"metric": "won", "arms": ARMS} | plan))


def test_what_has_no_state_for_it(workspace: Workspace, people: dict[str, Actor]) -> None:
    bob = people["bob"]
    with workspace.books.change(NOW) as book:
        actions.plan_experiment(book, "Y", bob, metric="won", arms=ARMS)
        for attempt in (
            lambda: actions.decide(book, "y", "ship", bob, advised="ship"),
            lambda: actions.reopen(book, "y", bob),
            lambda: actions.restart(book, "y", bob),
        ):
            with pytest.raises(Conflict):
                attempt()
        for refused in (
            lambda: actions.start(book, "y", bob, NOW + timedelta(hours=1)),
            lambda: actions.predict(book, "y", "mira", 0.5, bob, low=0.6, high=0.7),
            lambda: actions.stop(book, "y", bob, " "),
        ):
            with pytest.raises(BadInput):
                refused()
        actions.start(book, "y", bob)
        with pytest.raises(Conflict):
            actions.start(book, "y", bob)
        with pytest.raises(BadInput):
            actions.decide(book, "y", "maybe", bob)
