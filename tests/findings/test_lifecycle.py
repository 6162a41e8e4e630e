"""A finding's life, with one detector of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callsheet.base.errors import BadInput, NotAllowed
from callsheet.findings import lifecycle, model
from callsheet.findings.model import Evidence, Severity, Signal
from callsheet.findings.records import Finding
from callsheet.model.actor import Actor
from callsheet.store.workspace import Workspace

BOB = Actor("bob", "Bob", "member")
CAROL = Actor("carol", "Carol", "viewer")


class Symptom:
    """A symptom that the test switches on, off and up."""

    def __init__(self) -> None:
        self.subjects = ["tool:one"]
        self.severity: Severity = "warn"


@pytest.fixture
def symptom(monkeypatch: pytest.MonkeyPatch) -> Symptom:
    found = Symptom()
    monkeypatch.setattr(model, "DETECTORS", {})

    @model.detector(
        "test", title="Test", threshold="any", try_this="nothing", needs=(), rank=1, headline=lambda _: "it hurts"
    )
    def detect(_reader: object) -> Iterator[Signal]:
        for subject in found.subjects:
            yield Signal(
                subject,
                f"About {subject}",
                "It hurts.",
                found.severity,
                "Test",
                (Evidence("n", "1"),),
                clause=f"[[{subject}]]",
            )

    return found


def refreshed(workspace: Workspace) -> Finding:
    lifecycle.refresh(workspace)
    with workspace.books.read() as book:
        return lifecycle.current(book, *lifecycle.LIVE, "dismissed", "resolved")[0]


def test_what_goes_away_resolves_by_itself_and_comes_back_open(workspace: Workspace, symptom: Symptom) -> None:
    first = refreshed(workspace)
    symptom.subjects = []
    assert refreshed(workspace).state == "resolved"
    symptom.subjects = ["tool:one"]
    again = refreshed(workspace)
    assert (again.state, again.id, again.first_seen) == ("open", first.id, first.first_seen)


def test_a_second_run_opens_nothing_new_and_writes_no_log(workspace: Workspace, symptom: Symptom) -> None:
    lifecycle.refresh(workspace)
    version = workspace.books.version
    assert lifecycle.refresh(workspace) == {"opened": 0, "kept": 1, "resolved": 0}
    assert workspace.books.version == version


def test_dismissed_stays_dismissed_until_it_grows_worse(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    with workspace.books.change() as book:
        lifecycle.dismiss(book, finding.id, "known and accepted", BOB)
    assert refreshed(workspace).state == "dismissed"
    symptom.severity = "bad"
    assert refreshed(workspace).state == "open"


def test_snoozed_wakes_when_its_time_has_come(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    later = workspace.now() + timedelta(days=2)
    with workspace.books.change() as book:
        lifecycle.snooze(book, finding.id, later, "after the fair", BOB)
    assert refreshed(workspace).state == "snoozed"
    with workspace.books.change() as book:
        book.update(Finding, finding.id, snoozed_until=workspace.now() - timedelta(minutes=1))
    assert refreshed(workspace).state == "open"


def test_dismissing_needs_a_reason(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    with workspace.books.change() as book, pytest.raises(BadInput, match="reason"):
        lifecycle.dismiss(book, finding.id, "  ", BOB)


def test_a_viewer_answers_nothing_and_learns_nothing(workspace: Workspace, symptom: Symptom) -> None:
    with workspace.books.change() as book, pytest.raises(NotAllowed):
        lifecycle.acknowledge(book, "does-not-exist", CAROL)


def test_an_answer_can_be_taken_back(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    with workspace.books.change() as book:
        lifecycle.acknowledge(book, finding.id, BOB)
        assert book.get(Finding, finding.id).state == "acknowledged"
        lifecycle.reopen(book, finding.id, BOB)
    assert refreshed(workspace).state == "open"


def test_a_failing_detector_leaves_its_findings_alone(
    workspace: Workspace, symptom: Symptom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.refresh(workspace)

    def broken(_reader: object) -> Iterator[Signal]:
        raise BadInput("no data today")
        yield

    spec = model.DETECTORS["test"]
    monkeypatch.setitem(model.DETECTORS, "test", replace(spec, detect=broken))
    assert refreshed(workspace).state == "open"


def test_a_broken_detector_does_not_stop_the_others(
    workspace: Workspace, symptom: Symptom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.refresh(workspace)

    def broken(_reader: object) -> Iterator[Signal]:
        raise ZeroDivisionError
        yield

    spec = model.DETECTORS["test"]
    monkeypatch.setitem(model.DETECTORS, "broken", replace(spec, name="broken", detect=broken))
    symptom.subjects = ["tool:two"]
    assert lifecycle.refresh(workspace) == {"opened": 1, "kept": 0, "resolved": 1}


def test_what_was_dismissed_stays_so_when_it_goes_away_and_comes_back(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    with workspace.books.change() as book:
        lifecycle.dismiss(book, finding.id, "known and accepted", BOB)
    steps: tuple[tuple[list[str], Severity], ...] = (([], "warn"), (["tool:one"], "info"), (["tool:one"], "warn"))
    for subjects, severity in steps:
        symptom.subjects, symptom.severity = subjects, severity
        assert refreshed(workspace).state == "dismissed", "as grave as when it was dismissed, at the most"


def test_what_was_snoozed_sleeps_on_when_it_goes_away_and_comes_back(workspace: Workspace, symptom: Symptom) -> None:
    finding = refreshed(workspace)
    with workspace.books.change() as book:
        lifecycle.snooze(book, finding.id, workspace.now() + timedelta(days=2), "after the fair", BOB)
    symptom.subjects = []
    assert refreshed(workspace).state == "resolved"
    symptom.subjects = ["tool:one"]
    assert refreshed(workspace).state == "snoozed"
    with workspace.books.change() as book:
        lifecycle.acknowledge(book, finding.id, BOB)
    symptom.subjects = []
    refreshed(workspace)
    symptom.subjects = ["tool:one"]
    assert refreshed(workspace).state == "open", "another answer ends the sleep"


def test_a_snooze_ends_at_the_moment_that_was_meant(workspace: Workspace, symptom: Symptom, clients: Any) -> None:
    finding = refreshed(workspace)
    until = {"until": "2199-06-01T09:00:00+02:00"}
    told = clients.bob.post(f"/api/findings/{finding.id}/snooze", json=until).json()
    assert told["snoozed_until"] == "2199-06-01T07:00:00"


def test_runs_take_turns(workspace: Workspace, symptom: Symptom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked at first is written first."""
    looking, most = [0], [0]
    inner = lifecycle.detect

    def slow(workspace: Workspace) -> Any:
        looking[0] += 1
        most[0] = max(most[0], looking[0])
        threading.Event().wait(0.05)
        looking[0] -= 1
        return inner(workspace)

    monkeypatch.setattr(lifecycle, "detect", slow)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lifecycle.refresh, [workspace] * 2))
    assert most == [1]
