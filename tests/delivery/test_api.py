"""Delivery over HTTP, on the sample company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from callsheet.delivery import api
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.http.members import add_member
from callsheet.metrics.reader import reading
from callsheet.model.actor import SYSTEM
from callsheet.model.sample import Company
from tests.conftest import PASSWORD
from tests.delivery.conftest import NOW, fill, open_at


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The sample company, served."""
    workspace = open_at(tmp_path_factory.mktemp("served"))
    fill(workspace, Company(NOW))
    with workspace.books.change() as book:
        for name, role in (("bob", "member"), ("carol", "viewer")):
            add_member(book, name.capitalize(), f"{name}@example.org", role, PASSWORD, SYSTEM)
    yield create_app(Services(workspace, searches=[api.search]), [api.router], [])
    workspace.close()


def sign_in(app: FastAPI, name: str) -> TestClient:
    """A signed-in client."""
    client = TestClient(app)
    assert client.post("/api/session", json={"email": f"{name}@example.org", "password": PASSWORD}).status_code == 204
    client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
    return client


@pytest.fixture(scope="module")
def bob(app: FastAPI) -> TestClient:
    """A member."""
    return sign_in(app, "bob")


def test_when_says_what_it_rests_on(bob: TestClient) -> None:
    """Percentiles in order, the back-test beside them, and the chance of a promised day."""
    found = bob.get("/api/delivery/when", params={"team": "data", "items": 17, "by": "2026-12-04"}).json()
    days = [one["days"] for one in found["percentiles"]]
    assert days == sorted(days)
    assert found["percentiles"][0]["date"] == (NOW.date() + timedelta(days=days[0])).isoformat()
    assert found["backtest"]["origins"] > 5
    assert 0 <= found["backtest"]["coverage"]["85"]["held"] <= 1
    assert 0 < found["chance"] < 1
    assert (found["sample_days"], found["finished"] > 100) == (180, True)


def test_splitting_takes_longer(bob: TestClient) -> None:
    """Items that turn out to be two to three take two to three times as long."""
    asked = [f"/api/delivery/when?team=data&items=17{more}" for more in ("", "&split_low=2&split_high=3")]
    plain, split = (bob.get(address).json() for address in asked)
    assert split["percentiles"][0]["days"] >= 1.8 * plain["percentiles"][0]["days"]


def test_an_initiative_competes(bob: TestClient) -> None:
    """Asked about as an initiative it has a share of its team, and takes longer than the team's own 17 items."""
    own = bob.get("/api/delivery/when", params={"initiative": "bulk-import"}).json()
    team = bob.get("/api/delivery/when", params={"team": "data", "items": own["items"]}).json()
    assert (own["team"], own["items"], 0 < own["share"] < 1) == ("data", 17, True)
    assert own["percentiles"][2]["days"] > team["percentiles"][2]["days"]


def test_how_many(bob: TestClient) -> None:
    """More by a later day, fewer the surer; never a day that has passed."""
    near, far = (
        bob.get("/api/delivery/how-many", params={"team": "data", "until": day}).json()
        for day in ("2026-12-06", "2027-01-10")
    )
    amounts = [one["items"] for one in far["percentiles"]]
    assert amounts == sorted(amounts, reverse=True)
    assert near["percentiles"][0]["items"] < amounts[0]
    refused = bob.get("/api/delivery/how-many", params={"until": "2026-11-01"})
    assert (refused.status_code, "ahead" in refused.json()["mend"]) == (422, True)


REFUSED = {
    "nothing asked": ({"team": "data"}, 422),
    "upside down": ({"team": "data", "items": 5, "items_high": 2}, 422),
    "split upside down": ({"team": "data", "items": 5, "split_low": 2, "split_high": 1}, 422),
    "no such initiative": ({"initiative": "nothing"}, 404),
    "not begun": ({"initiative": "calendar-sync"}, 422),
    "no number": ({"team": "data", "items": "many"}, 422),
}


@pytest.mark.parametrize(("params", "status"), REFUSED.values(), ids=REFUSED)
def test_bad_questions(bob: TestClient, params: dict[str, str], status: int) -> None:
    """Each says what to do."""
    answer = bob.get("/api/delivery/when", params=params)
    assert (answer.status_code, bool(answer.json()["mend"])) == (status, True)


def test_items_are_paged_searched_and_sorted(bob: TestClient) -> None:
    """Pages join without a gap or a double; filters narrow."""
    first, second = (
        bob.get("/api/delivery/items", params={"size": 30, "page": page, "sort": "-days", "team": "data"}).json()
        for page in (1, 2)
    )
    days = [row["days"] for row in first["items"] + second["items"]]
    assert days == sorted(days, reverse=True)
    assert not {row["item_id"] for row in first["items"]} & {row["item_id"] for row in second["items"]}
    open_ones = bob.get(
        "/api/delivery/items", params={"initiative": "bulk-import", "category": "todo,doing,waiting"}
    ).json()
    assert open_ones["total"] == 17
    found = bob.get("/api/delivery/items", params={"q": "bulk mapping"}).json()
    assert found["total"] >= 1
    assert all("mapping" in row["title"].lower() for row in found["items"])
    assert bob.get("/api/delivery/items", params={"sort": "secret"}).status_code == 422


def test_an_item_shows_its_course(bob: TestClient) -> None:
    """Steps, time in each state, its change and its links."""
    found = bob.get("/api/delivery/items/bulk-import-1").json()
    assert [step["to_category"] for step in found["transitions"]][-1] == "done"
    assert {one["change_id"] for one in found["changes"]} == {"chg-bulk-import-1"}
    assert sum(one["days"] for one in found["time_in_state"]) > found["days"] > 0
    assert {"built_by", "done_in"} <= {one["kind"] for one in found["links"]}
    assert bob.get("/api/delivery/items/none").status_code == 404


def test_forecasts_are_kept_by_members(app: FastAPI, bob: TestClient) -> None:
    """bob keeps one and takes it back; carol may look, not keep; strangers see nothing."""
    kept = bob.post("/api/delivery/forecasts", json={"initiative": "bulk-import"})
    assert kept.status_code == 201
    assert kept.json()["subject"] == "initiative:bulk-import"
    carol = sign_in(app, "carol")
    assert carol.post("/api/delivery/forecasts", json={"initiative": "nothing"}).status_code == 403
    assert carol.get("/api/delivery/overview").status_code == 200
    assert TestClient(app).get("/api/delivery/items").status_code == 401
    assert bob.post("/api/delivery/forecasts", json={"items": 4}).status_code == 422
    assert bob.delete(f"/api/delivery/forecasts/{kept.json()['id']}").status_code == 204


def test_chart_teams_and_search(app: FastAPI, bob: TestClient) -> None:
    """The curve of chances, the teams to choose from, and items by words."""
    option = bob.get("/api/delivery/when/chart", params={"team": "data", "items": 17, "by": "2026-12-04"}).json()
    assert option["callsheet"]["chart"] == "finish"
    assert bob.get("/api/delivery/teams").json() == ["data", "growth", "onboarding", "platform"]
    with reading(app.state.services.workspace) as reader:
        hits = api.search(reader, "usage alerts")
    assert hits
    assert all(hit.href.startswith("/delivery/items/usage-alerts-") for hit in hits)


def test_commands_print_what_pages_show(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables say their sample; --json is the API's answer."""
    import json
    from contextlib import contextmanager
    from typing import Any

    from callsheet import client
    from callsheet.delivery import cli

    workspace = app.state.services.workspace

    @contextmanager
    def here(_folder: Path | None = None) -> Iterator[Any]:
        yield client.Client("http://callsheet", workspace.key, app)

    monkeypatch.setattr(client, "connect", here)
    cli.when(team="data", items=17, by="2026-12-04")
    cli.how_many(until="2026-12-31", team="data")
    cli.aging(team="data")
    cli.stages()
    shown = capsys.readouterr().out
    for words in (
        "17 items of team data",
        "past forecasts replayed",
        "Finished by 2026-12-31",
        "Work in progress",
        "First review",
    ):
        assert words in shown
    cli.stages(json=True)
    assert json.loads(capsys.readouterr().out)["name"] == "delivery.stages"


def test_a_team_without_finishes_has_no_forecast(bob: TestClient) -> None:
    found = bob.get("/api/delivery/when", params={"team": "nobody", "items": 17}).json()
    assert (found["percentiles"], found["finish_days"]) == ([], [])
    assert found["why_not"]
