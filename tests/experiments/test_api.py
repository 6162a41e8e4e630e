"""The routes of experiments, by role."""

from __future__ import annotations

from typing import Any

from tests.conftest import Clients
from tests.experiments.conftest import Landed, Planned

PLAN: dict[str, Any] = {
    "title": "Shorter form", "metric": "won", "arms": [{"name": "a"}, {"name": "b"}], "worthwhile": 0.01,
    "initiative": "sign-up",
}  # fmt: skip


def test_from_plan_to_start(clients: Clients) -> None:
    bob = clients.bob
    made = bob.post("/api/experiments", json=PLAN)
    assert (made.status_code, made.json()["id"], made.json()["state"]) == (201, "shorter-form", "draft")
    path = "/api/experiments/shorter-form"
    said = bob.post(f"{path}/predictions", json={"effect": 0.02, "low": 0.01, "high": 0.03}).json()
    assert said["predictions"][0]["by"] == "bob"
    assert bob.patch(f"{path}/plan", json={"planned_days": 20}).json()["amendments"] == []
    started = bob.post(f"{path}/start", json={"started_at": "2026-11-20T10:00:00+01:00"}).json()
    assert (started["state"], started["started_at"]) == ("running", "2026-11-20T09:00:00")
    plan = clients.carol.get(f"{path}/plan").json()
    assert (plan["plan"]["planned_days"], len(plan["plan_hash"])) == (20, 64)
    late = bob.patch(f"{path}/plan", json={"planned_days": 25})
    assert (late.status_code, late.json()["error"]) == (422, "bad_input")
    assert bob.patch(f"{path}/plan", json={"planned_days": 25, "reason": "holidays"}).json()["amendments"]
    again = bob.post(f"{path}/restart")
    assert (again.status_code, again.json()["copied_from"]) == (201, "shorter-form")
    listed = clients.carol.get("/api/experiments").json()["items"]
    assert [(row["id"], row["state"]) for row in listed] == [
        ("shorter-form-again", "running"),
        ("shorter-form", "stopped"),
    ]
    assert clients.carol.get("/api/experiments", params={"state": "draft"}).json()["total"] == 0
    hits = clients.carol.get("/api/search", params={"q": "shorter"}).json()["items"]
    assert any(hit["ref"] == "experiment:shorter-form" for hit in hits)


def test_decided_in_place_and_undone(clients: Clients, planned: Planned, landed: Landed) -> None:
    planned(worthwhile=0.01, planned_days=5)
    landed(("a", [1] * 300 + [0] * 200), ("b", [1] * 400 + [0] * 100))
    path = "/api/experiments/x"
    read = clients.carol.get(f"{path}/readout").json()
    assert (read["verdict"], read["units"], read["arms"][1]["value"]) == ("ship", 1000, 0.8)
    assert read["needs_reason"] == {"ship": False, "roll_back": True, "keep_running": True, "inconclusive": True}
    for kind in ("intervals", "days"):
        assert clients.carol.get(f"{path}/chart", params={"kind": kind}).json()["callsheet"]["empty"] is False
    against = clients.bob.post(f"{path}/decision", json={"verdict": "roll_back"})
    assert against.status_code == 422
    assert "The rule says ship" in against.json()["message"]
    decided = clients.bob.post(f"{path}/decision", json={"verdict": "ship"}).json()
    assert (decided["decision"], decided["measured"]["units"]) == ("ship", 1000)
    row = clients.carol.get("/api/experiments").json()["items"][0]
    assert (row["verdict_label"], round(row["difference"], 3)) == ("Ship", 0.2)
    assert clients.bob.delete(f"{path}/decision").json()["state"] == "running"
    stopped = clients.bob.post(f"{path}/stop", json={"reason": "wrong page"}).json()
    assert (stopped["state"], stopped["reason"]) == ("stopped", "wrong page")


def test_who_may_do_what(clients: Clients, planned: Planned) -> None:
    planned()
    path = "/api/experiments/x"
    changes: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
        ("post", "/api/experiments", PLAN), ("patch", f"{path}/plan", {"planned_days": 3}),
        ("post", f"{path}/predictions", {"effect": 0, "low": 0, "high": 0}), ("post", f"{path}/start", {}),
        ("post", f"{path}/decision", {"verdict": "ship"}), ("delete", f"{path}/decision", None),
        ("post", f"{path}/stop", {"reason": "why"}), ("post", f"{path}/restart", None),
    )  # fmt: skip
    for method, address, body in changes:
        for client, status in ((clients.mallory, 401), (clients.carol, 403)):
            assert client.request(method, address, json=body).status_code == status, address
    for part in ("", "/plan", "/readout", "/chart"):
        assert clients.mallory.get(f"{path}{part}").status_code == 401
        assert clients.carol.get(f"{path}{part}").status_code == 200
        assert clients.carol.get(f"/api/experiments/none{part}").status_code == 404
