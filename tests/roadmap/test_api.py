"""The roadmap through the API, as its pages use it."""

from __future__ import annotations

from typing import Any

BASE = "/api/roadmap"


def added(client: Any, title: str, **more: Any) -> str:
    answer = client.post(f"{BASE}/initiatives", json={"title": title, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["initiative"])


def board(client: Any, stage: str) -> list[str]:
    return [row["initiative"] for row in client.get(f"{BASE}/initiatives", params={"stage": stage}).json()["items"]]


def test_the_board_and_undo(clients: Any) -> None:
    bob = clients.bob
    first, second = added(bob, "First", stage="next"), added(bob, "Second", stage="next")
    assert board(bob, "next") == [first, second]
    moved = bob.put(f"{BASE}/initiatives/{second}/stage", json={"stage": "next", "index": 0}).json()
    assert board(bob, "next") == [second, first]
    bob.put(f"{BASE}/initiatives/{second}/stage", json=moved["before"])
    assert board(bob, "next") == [first, second]
    bob.put(f"{BASE}/initiatives/{first}/stage", json={"stage": "now"})
    assert (board(bob, "now"), board(bob, "next")) == ([first], [second])


def test_a_promise_and_its_slips(clients: Any) -> None:
    bob, key = clients.bob, added(clients.bob, "Import", stage="now")
    path = f"{BASE}/initiatives/{key}/promise"
    assert bob.put(path, json={"promised_at": "2026-12-01T00:00:00Z"}).json()["promised_at"].startswith("2026-12-01")
    assert bob.put(path, json={"promised_at": "2026-12-15"}).status_code == 422  # no reason
    assert bob.put(path, json={"promised_at": "2026-12-15", "reason": "Review."}).status_code == 200
    slips = bob.get(f"{BASE}/initiatives/{key}").json()["slips"]
    assert [(row["days"], row["reason"]) for row in slips] == [(14, "Review.")]
    assert bob.delete(path, params={"reason": "Not now."}).status_code == 204
    assert bob.get(f"{BASE}/initiatives/{key}").json()["promised_at"] is None


def test_inputs_keep_evidence_and_override(clients: Any) -> None:
    bob, key = clients.bob, added(clients.bob, "Import")
    path = f"{BASE}/initiatives/{key}/inputs"
    given = {"amount": 2, "low": 1, "high": 3, "reason": "Seen at another company."}
    assert bob.put(f"{path}/impact", json=given).status_code == 204
    assert bob.put(f"{path}/impact", json=given | {"low": 5}).status_code == 422
    shown = {one["input"]: one for one in bob.get(path).json()}
    assert (shown["impact"]["amount"], shown["impact"]["override"]["amount"]) == (1.0, 2.0)
    assert bob.delete(f"{path}/impact").status_code == 204
    assert bob.delete(f"{path}/impact").status_code == 404


def test_goals_predictions_and_decisions(clients: Any) -> None:
    bob = clients.bob
    goal = {"title": "Fill the board", "metric": "roadmap.initiatives", "baseline": 0, "target": 4}
    assert bob.post(f"{BASE}/goals", json=goal | {"metric": "none.such"}).status_code == 404
    assert bob.post(f"{BASE}/goals", json=goal).json()["goal"] == "fill-the-board"
    key = added(bob, "Import", goal="fill-the-board")
    (shown,) = bob.get(f"{BASE}/goals").json()
    assert (shown["now"], shown["share"]) == (1.0, 0.25)
    assert bob.delete(f"{BASE}/goals/fill-the-board").status_code == 409
    expected = {"metric": "roadmap.initiatives", "effect": 1, "low": 0, "high": 2}
    assert bob.put(f"{BASE}/initiatives/{key}/prediction", json=expected).status_code == 204
    made = {"title": "Import first", "ref": f"initiative:{key}", "evidence": ["roadmap.initiatives"],
            "options": [{"title": "Import", "chosen": True}, {"title": "Nothing"}], "dissent": "Eve: wait.",
            "review_at": "2026-01-01"}  # fmt: skip
    decision = bob.post(f"{BASE}/decisions", json=made).json()
    assert decision["evidence"][0]["amount"] == 1
    full = bob.get(f"{BASE}/initiatives/{key}").json()
    assert full["prediction"]["by"] == "Bob"
    assert [row["decision"] for row in full["decisions"]] == [decision["decision"]]
    assert bob.get(f"{BASE}/decisions", params={"due": True}).json()["total"] == 1
    path = f"{BASE}/decisions/{decision['decision']}"
    assert bob.post(f"{path}/review", json={"outcome": "It was right."}).json()["outcome"] == "It was right."
    assert bob.get(path).json()["due"] is False


def test_adoption_makes_an_imported_roadmap_visible(clients: Any, workspace: Any) -> None:
    with workspace.facts.batch("roadmap", "test") as batch:
        batch.merge("work", [{"item_id": "R1", "kind": "initiative", "title": "Operator", "state": "near-term"}])
    assert clients.bob.post(f"{BASE}/adoption").json() == {"added": 1, "changed": 0}
    assert clients.bob.post(f"{BASE}/adoption").json() == {"added": 0, "changed": 0}
    assert board(clients.bob, "next") == ["operator"]


def test_who_may_what(clients: Any) -> None:
    assert clients.carol.get(f"{BASE}/initiatives").status_code == 200
    assert clients.carol.post(f"{BASE}/initiatives", json={"title": "x"}).status_code == 403
    assert clients.carol.put(f"{BASE}/initiatives/none-such/stage", json={"stage": "now"}).status_code == 403
    assert clients.carol.post(f"{BASE}/decisions", json={"title": "x", "evidence": ["none.such"]}).status_code == 403
    assert clients.carol.post(f"{BASE}/adoption").status_code == 403
    assert clients.mallory.get(f"{BASE}/initiatives").status_code == 401
    assert clients.bob.get(f"{BASE}/initiatives/none-such").status_code == 404


def test_search_finds_all_three_kinds(clients: Any) -> None:
    added(clients.bob, "Import rows")
    clients.bob.post(f"{BASE}/goals", json={"title": "Import without help"})
    clients.bob.post(f"{BASE}/decisions", json={"title": "Import first"})
    hits = clients.bob.get("/api/search", params={"q": "import"}).json()
    hits = hits["items"] if isinstance(hits, dict) else hits
    assert {hit["kind"] for hit in hits} >= {"initiative", "goal", "decision"}
