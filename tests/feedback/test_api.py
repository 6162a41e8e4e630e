"""Triage through the API, as the page does it."""

from __future__ import annotations

from typing import Any

BASE = "/api/feedback"


def opened(client: Any, title: str, **more: Any) -> str:
    answer = client.post(f"{BASE}/requests", json={"title": title, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request"])


def test_triage_and_undo(clients: Any) -> None:
    bob = clients.bob
    first = bob.get(f"{BASE}/inbox").json()
    assert first["total"] == 6
    assert [item["feedback_id"] for item in first["items"]][:2] == ["f2", "f1"]  # newest first
    key = opened(bob, "Import fails on files", feedback=["f1"])
    suggested = {item["feedback_id"]: item["suggestions"] for item in bob.get(f"{BASE}/inbox").json()["items"]}
    assert suggested["f2"][0]["request"] == key
    assert bob.post(f"{BASE}/items/f2/filing", json={"requests": [key]}).json()["requests"] == [key]
    assert bob.get(f"{BASE}/inbox").json()["total"] == 4
    assert bob.delete(f"{BASE}/items/f2/filing", params={"request": key}).status_code == 204
    assert bob.get(f"{BASE}/inbox").json()["total"] == 5
    assert bob.post(f"{BASE}/items/f6/aside", json={"reason": "nobody signed"}).status_code == 204
    assert bob.get(f"{BASE}/inbox").json()["total"] == 4
    assert bob.delete(f"{BASE}/items/f6/aside").status_code == 204


def test_requesters_of_a_request(clients: Any) -> None:
    key = opened(clients.bob, "Import", feedback=["f1", "f2", "f3"])
    page = clients.carol.get(f"{BASE}/requests/{key}/requesters").json()
    assert [(row["name"], row["messages"], row["revenue"]) for row in page["items"]] == [
        ("User 1", 2, 1000.0), ("User 2", 1, 500.0)
    ]  # fmt: skip
    assert page["items"][0]["words"] == "Import fails on large files, in full."
    shown = clients.carol.get(f"{BASE}/requests/{key}").json()
    assert (shown["requesters"], shown["accounts"], shown["revenue"]) == (2, 2, 1500.0)


def test_the_life_of_a_request(clients: Any) -> None:
    bob, key = clients.bob, opened(clients.bob, "Import")
    assert bob.patch(f"{BASE}/requests/{key}", json={"body": "Whole spreadsheets."}).json()["body"]
    refused = bob.put(f"{BASE}/requests/{key}/status", json={"status": "declined"})
    assert refused.status_code == 422
    assert "reason" in refused.json()["message"]
    assert bob.put(f"{BASE}/requests/{key}/status", json={"status": "started"}).json()["status"] == "started"
    assert bob.put(f"{BASE}/requests/{key}/answer", json={"initiative": "none-such"}).status_code == 404
    bob.post("/api/roadmap/initiatives", json={"title": "Bulk import", "stage": "now"})
    assert bob.put(f"{BASE}/requests/{key}/answer", json={"initiative": "bulk-import"}).status_code == 200
    shown = bob.get(f"{BASE}/requests/{key}").json()
    assert (shown["initiative"], shown["stage"]) == ("bulk-import", "now")
    other = opened(bob, "Import files")
    assert bob.post(f"{BASE}/requests/{other}/merge", json={"into": key}).json()["request"] == key
    assert bob.get(f"{BASE}/requests/{other}").json()["merged_into"] == key
    assert bob.delete(f"{BASE}/requests/{other}/merge").json()["merged_into"] == ""
    assert bob.delete(f"{BASE}/requests/{other}").status_code == 204
    assert bob.get(f"{BASE}/requests").json()["total"] == 1


def test_feedback_entered_by_hand_is_a_fact(clients: Any, workspace: Any) -> None:
    given = {"body": "We split our file into twelve.\nTwice.", "account_id": "a2", "channel": "call"}
    made = clients.bob.post(f"{BASE}/items", json=given)
    assert made.status_code == 201
    item = clients.bob.get(f"{BASE}/items/{made.json()['feedback_id']}").json()
    assert (item["source"], item["title"], item["segment"]) == ("callsheet", "We split our file into twelve.", "mid")
    assert clients.bob.get(f"{BASE}/inbox").json()["total"] == 7
    assert clients.bob.post(f"{BASE}/items", json=given | {"account_id": "none-such"}).status_code == 422
    assert workspace.facts.counts()["feedback"] == 7


def test_who_may_what(clients: Any) -> None:
    assert clients.carol.get(f"{BASE}/inbox").status_code == 200
    assert clients.carol.post(f"{BASE}/items/none-such/filing", json={"requests": ["x"]}).status_code == 403
    assert clients.carol.post(f"{BASE}/requests", json={"title": "x"}).status_code == 403
    assert clients.mallory.get(f"{BASE}/inbox").status_code == 401
    assert clients.bob.post(f"{BASE}/items/none-such/aside", json={}).status_code == 404
    assert clients.bob.get(f"{BASE}/items/none-such").status_code == 404


def test_an_item_that_is_not_there_leaves_no_trace(clients: Any, workspace: Any) -> None:
    key, before = opened(clients.bob, "Import"), workspace.books.version
    assert clients.bob.post(f"{BASE}/items/none-such/filing", json={"requests": [key]}).status_code == 404
    assert workspace.books.version == before


def test_items_search_and_filter(clients: Any) -> None:
    key = opened(clients.bob, "Board", feedback=["f4", "f5"])
    assert clients.bob.get(f"{BASE}/items", params={"request": key}).json()["total"] == 2
    assert clients.bob.get(f"{BASE}/items", params={"q": "import large"}).json()["total"] == 1


def test_search_and_rail(clients: Any) -> None:
    opened(clients.bob, "Slow board")
    hits = clients.bob.get("/api/search", params={"q": "board"}).json()
    hits = hits["items"] if isinstance(hits, dict) else hits
    assert any(hit["href"] == "/feedback/requests/slow-board" for hit in hits)
    assert clients.bob.get("/api/session").json()["rail"]["feedback"] == 6
