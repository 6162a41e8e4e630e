"""The routes of usage, by role."""

from __future__ import annotations

from fastapi.testclient import TestClient

from callsheet.store.workspace import Workspace
from tests.conftest import Clients
from tests.usage.conftest import Happened


def test_a_feature_over_http(clients: Clients) -> None:
    given = {"name": "Export", "events": ["did"], "released_at": "2026-11-10T02:00:00+02:00", "predicted_share": 0.4}
    made = clients.bob.post("/api/usage/features", json=given)
    assert made.status_code == 201
    assert made.json()["released_at"] == "2026-11-10T00:00:00"
    changed = clients.bob.patch("/api/usage/features/export", json={"owner": "ada"}).json()
    assert (changed["owner"], changed["events"], changed["predicted_share"]) == ("ada", ["did"], 0.4)
    found = clients.carol.get("/api/usage/features", params={"q": "exp"}).json()
    assert (found["total"], found["items"][0]["id"]) == (1, "export")
    assert (
        clients.bob.post("/api/usage/features/export/retirement", json={"reason": "old"}).json()["stage"] == "retired"
    )
    assert clients.bob.delete("/api/usage/features/export/retirement").json()["stage"] == "released"
    assert (
        clients.bob.post("/api/usage/features", json={"name": "X", "docs_url": "javascript:alert(1)"}).status_code
        == 422
    )


def test_who_may_do_what(clients: Clients) -> None:
    calls = (
        ("post", "/api/usage/features", {"name": "X"}), ("patch", "/api/usage/features/x", {"name": "Y"}),
        ("post", "/api/usage/features/x/retirement", {"reason": "z"}),
        ("delete", "/api/usage/features/x/retirement", None),
    )  # fmt: skip
    for method, path, body in calls:
        for client, status in ((clients.mallory, 401), (clients.carol, 403)):
            assert client.request(method, path, json=body).status_code == status
    for path in ("features", "features/x", "features/x/chart", "accounts", "accounts/x"):
        assert clients.mallory.get(f"/api/usage/{path}").status_code == 401
    assert clients.carol.get("/api/usage/features/x").status_code == 404
    assert clients.carol.get("/api/usage/accounts/x").status_code == 404


def test_a_feature_page_shows_its_adoption(client: TestClient, happened: Happened) -> None:
    client.post("/api/usage/features", json={"name": "Export", "released_at": "2026-11-10T00:00:00Z"})
    client.post("/api/usage/features", json={"name": "Later"})
    happened("2026-11-11 00:00 ann@acme export", "2026-11-12 10:00 bob@bolt")
    page = client.get("/api/usage/features/export").json()
    assert (page["adoption"]["tried"], page["adoption"]["could_use"], page["use"]["uses"]) == (1, 2, 1)
    assert client.get("/api/usage/features/later").json()["adoption"] is None
    assert client.get("/api/usage/features/export/chart").json()["callsheet"]["empty"] is False
    assert client.get("/api/usage/features/later/chart").json()["callsheet"]["empty"] is True


def test_accounts_and_one_account(client: TestClient, workspace: Workspace, happened: Happened) -> None:
    happened("2026-11-20 10:00 ann@acme board", "2026-11-21 10:00 ben@acme", "2026-09-01 10:00 ben@acme")
    with workspace.facts.batch("test", "accounts") as batch:
        batch.merge("accounts", [{"account_id": "acme", "name": "Acme"}, {"account_id": "idle", "name": "Idle"}])
        batch.merge("persons", [{"person_id": "ann", "account_id": "acme", "name": "Ann"}])
        batch.merge("feedback", [{"feedback_id": "f1", "account_id": "acme"}])
    listed = client.get("/api/usage/accounts").json()
    assert [(row["account_id"], row["events"], row["persons"]) for row in listed["items"]] == [
        ("acme", 2, 2),
        ("idle", 0, 0),
    ]
    assert (
        client.get("/api/usage/accounts", params={"sort": "events", "size": 1}).json()["items"][0]["account_id"]
        == "idle"
    )
    page = client.get("/api/usage/accounts/acme").json()
    assert (page["account"]["name"], page["feedback"], len(page["events"])) == ("Acme", 1, 3)
    assert page["events"][0]["person_id"] == "ben"
    assert [(row["used"], row["uses"]) for row in page["features"]] == [("board", 1)]
    assert page["weeks"][0] == {"week": "2026-08-31", "events": 1, "persons": 1}
    assert page["weeks"][-1] == {"week": "2026-11-16", "events": 2, "persons": 2}
    assert [row["events"] for row in page["weeks"]] == [1, *[0] * 10, 2], "weeks without events are shown as such"
    assert client.get("/api/usage/accounts/idle").json()["weeks"] == []
    hits = client.get("/api/search", params={"q": "acm"}).json()
    assert any(hit["ref"] == "account:acme" for hit in hits["items"])


def test_adoption_over_http(client: TestClient, happened: Happened, workspace: Workspace) -> None:
    client.post("/api/usage/features", json={"name": "Export", "released_at": "2026-11-01T00:00:00Z", "flag": "x"})
    client.post("/api/usage/features", json={"name": "Later"})
    happened("2026-11-02 00:00 ann@acme export", "2026-11-12 10:00 ann@acme export", "2026-11-12 10:00 bob@bolt")
    with workspace.facts.batch("test", "accounts") as batch:
        batch.merge("accounts", [{"account_id": "acme", "name": "Acme", "plan": "team"}])
    path = "/api/usage/features/export/adoption"
    found = client.get(path, params={"by": "account.plan"}).json()
    assert {one["key"]: one["count"] for one in found["stages"]} == {
        "could_use": 2, "exposed": None, "tried": 1, "repeated": 1, "kept": 1
    }  # fmt: skip
    assert [one["label"] for one in found["splits"]] == ["team", "none"]
    behind = client.get(f"{path}/people", params={"stage": "kept"}).json()
    assert [(one["unit_id"], one["name"]) for one in behind["items"]] == [("acme", "Acme")]
    people = client.get(f"{path}/people", params={"stage": "not_tried", "unit": "person"}).json()
    assert [one["unit_id"] for one in people["items"]] == ["bob"]
    assert client.get(f"{path}/chart", params={"format": "svg"}).text.startswith("<svg")
    assert client.get(f"{path}/csv").text.splitlines()[1].startswith("all,2,,1,0.5")
    same = client.post("/api/usage/answers", json={"kind": "adoption", "feature": "export"}).json()
    assert same["answer"]["stages"] == found["stages"]
    assert client.get("/api/usage/features/later/adoption").status_code == 422
    assert client.get("/api/usage/features/none/adoption").status_code == 404
    assert client.get(path, params={"by": "event"}).status_code == 422


def test_the_catalogue_lists_searches_and_sorts(client: TestClient, happened: Happened) -> None:
    client.post("/api/usage/features", json={
        "name": "Export", "released_at": "2026-11-01T00:00:00Z", "events": ["downloaded"], "exposed_by": ["shown"],
        "could_use": [{"field": "account.plan", "values": ["team"]}], "activation": 2, "predicted_days": 30,
    })  # fmt: skip
    client.post("/api/usage/features", json={"name": "Board", "line": "Cards in columns", "stage": "beta"})
    happened("2026-11-02 00:00 ann@acme export")
    listed = client.get("/api/usage/features", params={"sort": "-uses"}).json()
    assert [(one["name"], one["uses"], one["accounts"]) for one in listed["items"]] == [
        ("Export", 1, 1),
        ("Board", 0, 0),
    ]
    assert listed["items"][0]["could_use"] == [{"field": "account.plan", "op": "is", "values": ["team"]}]
    assert [one["id"] for one in client.get("/api/usage/features", params={"q": "downl"}).json()["items"]] == ["export"]
    assert [one["id"] for one in client.get("/api/usage/features", params={"stage": "beta"}).json()["items"]] == [
        "board"
    ]
    page = client.get("/api/usage/features/export").json()
    assert (page["activation"], page["predicted_days"], page["exposed_by"]) == (2, 30, ["shown"])
    assert (page["releases"], page["initiatives"], page["experiments"]) == ([], [], [])
    refused = client.patch(
        "/api/usage/features/export", json={"could_use": [{"field": "account.shoes", "values": ["x"]}]}
    )
    assert refused.status_code == 422
