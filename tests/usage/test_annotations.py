"""Notes at days: written by people, from releases and experiments, and drawn on charts over time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.charts.annotated import annotated
from callsheet.experiments.records import Experiment
from callsheet.store.workspace import Workspace
from tests.conftest import Clients
from tests.usage.conftest import Happened

TREND: dict[str, Any] = {"kind": "trends", "series": [{"events": ["did"]}], "span": {"since": "2026-11-10"}}


@pytest.fixture
def released(workspace: Workspace) -> None:
    """A release on the 12th, and one that is only for testers."""
    with workspace.facts.batch("test", "releases") as batch:
        batch.merge("releases", [
            {"release_id": "r1", "version": "26.46", "released_at": datetime(2026, 11, 12, 9)},
            {"release_id": "r2", "version": "26.47-rc1", "released_at": datetime(2026, 11, 13, 9), "prerelease": True},
        ])  # fmt: skip


@pytest.fixture
def tried(workspace: Workspace) -> None:
    """An experiment from the 1st to the 14th."""
    with workspace.books.change() as book:
        book.add(Experiment(
            id="x1", title="Shorter form", metric="sign_up", arms=[], worthwhile=0.02, guardrails=[], planned_days=13,
            predictions=[], amendments=[], exposure_key="x1", planned_at=datetime(2026, 11, 1), measured={},
            state="decided", started_at=datetime(2026, 11, 1, 8), ended_at=datetime(2026, 11, 14, 8),
        ))  # fmt: skip


@pytest.mark.usefixtures("released", "tried")
def test_notes_of_people_releases_and_experiments_stand_together(clients: Clients) -> None:
    made = clients.bob.post("/api/usage/annotations", json={"text": " Prices  rose ", "day": "2026-11-13"})
    assert (made.status_code, made.json()["text"]) == (201, "Prices rose")
    found = clients.carol.get("/api/usage/annotations", params={"since": "2026-11-10", "until": "2026-11-14"}).json()
    assert [(one["kind"], one["day"], one["text"]) for one in found] == [
        ("release", "2026-11-12", "26.46"), ("own", "2026-11-13", "Prices rose"),
        ("experiment", "2026-11-14", "Shorter form ends"),
    ]  # fmt: skip
    assert found[0]["href"] == "/releases/r1"
    assert clients.carol.post("/api/usage/annotations", json={"text": "x", "day": "2026-11-13"}).status_code == 403
    assert clients.mallory.get("/api/usage/annotations").status_code == 401


def test_a_note_is_changed_deleted_and_brought_back(client: TestClient) -> None:
    key = client.post("/api/usage/annotations", json={"text": "Fair", "day": "2026-11-13"}).json()["id"]
    assert client.patch(f"/api/usage/annotations/{key}", json={"day": "2026-11-14"}).json()["day"] == "2026-11-14"
    assert client.patch(f"/api/usage/annotations/{key}", json={"text": "  "}).status_code == 422
    assert client.delete(f"/api/usage/annotations/{key}").status_code == 200
    assert client.get("/api/usage/annotations").json() == []
    assert [one["id"] for one in client.get("/api/usage/annotations?archived=true").json()] == [key]
    assert client.post(f"/api/usage/annotations/{key}/restoration").json()["text"] == "Fair"
    for wrong in ({"scope": "report:none"}, {"scope": "work:x"}, {"day": "0001-01-01"}):
        given = {"text": "x", "day": "2026-11-13", **wrong}
        assert client.post("/api/usage/annotations", json=given).status_code in (404, 422)
    assert (
        client.get("/api/usage/annotations", params={"since": "2026-12-01", "until": "2026-11-01"}).status_code == 422
    )


def marks(option: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(one["xAxis"], one["name"]) for one in option["series"][0].get("markLine", {}).get("data", [])]


@pytest.mark.usefixtures("released")
def test_notes_are_drawn_on_charts_over_time(client: TestClient, happened: Happened) -> None:
    happened("2026-11-11 10:00 ann", "2026-11-20 10:00 ann")
    client.post("/api/usage/reports", json={"name": "Mine", "question": TREND})
    client.post("/api/usage/annotations", json={"text": "Everywhere", "day": "2026-11-12"})
    client.post("/api/usage/annotations", json={"text": "Here only", "day": "2026-11-15", "scope": "report:mine"})
    own = client.post("/api/usage/answers/chart", params={"scope": "report:mine"}, json=TREND).json()
    assert marks(own) == [("2026-11-12", "Everywhere +1"), ("2026-11-15", "Here only")]
    lifecycle = {"kind": "lifecycle", "interval": "week", "span": {"last": 3}}
    drawn = client.post("/api/usage/answers/chart", params={"scope": "report:other"}, json=lifecycle).json()
    assert [name for _, name in marks(drawn)] == ["Everywhere +1"], "a week is marked when its days are"


def test_a_chart_of_something_else_stays_as_it_is() -> None:
    bars: dict[str, Any] = {
        "xAxis": {"type": "category", "data": ["a", "b"]},
        "series": [{"data": [1, 2]}],
        "grid": {"top": 5},
    }
    assert annotated(bars, [("2026-11-12", "x")]) is bars
    assert annotated(bars, [("2026-11-12", "x")], ["2026-11-01"]) is bars, "its axis is not of these intervals"
    weeks = annotated(bars, [("2026-11-12", "x"), ("2026-10-01", "before")], ["2026-11-02", "2026-11-09"])
    assert (marks(weeks), weeks["grid"]["top"], bars["grid"]["top"]) == ([(1, "x")], 24, 5)


def test_words_that_would_run_into_each_other_are_left_out() -> None:
    days = [f"2026-11-{day:02}" for day in range(1, 31)]
    chart: dict[str, Any] = {"xAxis": {"type": "time"}, "series": [{"data": [[day, 1] for day in days]}]}
    notes = [("2026-11-03", "A long word about this day"), ("2026-11-05", "Near"), ("2026-11-20", "Far")]
    drawn = annotated(chart, notes)
    assert marks(drawn) == [("2026-11-03", "A long word about this day"), ("2026-11-05", ""), ("2026-11-20", "Far")]
    near = annotated(chart, notes, first={"2026-11-05"})
    assert [name for _, name in marks(near)] == ["", "Near", "Far"], "what people wrote comes first"
    data = drawn["series"][0]["markLine"]["data"]
    assert [one["lineStyle"]["color"] for one in data] == ["@ink-3", "@line", "@ink-3"], "one without words is faint"


def test_a_crowded_chart_keeps_the_words_of_people(
    client: TestClient, workspace: Workspace, happened: Happened
) -> None:
    happened("2026-11-01 10:00 ann", "2026-11-20 10:00 ann")
    with workspace.facts.batch("test", "releases") as batch:
        batch.merge("releases", [
            {"release_id": f"r{day}", "version": f"v{day}", "released_at": datetime(2026, 11, day, 9)}
            for day in range(10, 20)
        ])  # fmt: skip
    client.post("/api/usage/annotations", json={"text": "Prices rose", "day": "2026-11-13"})
    words = [name for _, name in marks(client.post("/api/usage/answers/chart", json=TREND).json())]
    assert (len(words), [name for name in words if name]) == (10, ["Prices rose +1"])
