"""Releases over HTTP, by role; what is public and what is not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from callsheet.store.workspace import Workspace

ATOM = "{http://www.w3.org/2005/Atom}"
EVIL = "## Hello\n\n<script>alert(1)</script> [x](javascript:alert(1)) & more"


@pytest.fixture
def release(workspace: Workspace) -> str:
    """Release core/v2.0 with two entries, an initiative, and one person who asked twice."""
    day = datetime(2026, 3, 1)
    links = [
        ("initiative:import", "ships_in", "release:core/v2.0"), ("request:rows", "answered_by", "initiative:import"),
        ("feedback:f1", "asks_for", "request:rows"), ("feedback:f2", "asks_for", "request:rows"),
        ("release:core/v2.0", "delivers", "feature:import"),
    ]  # fmt: skip
    with workspace.facts.batch("test", "rows") as batch:
        batch.merge("releases", [{"release_id": "core/v2.0", "version": "2.0", "released_at": day, "title": "Two"}])
        batch.merge("release_items", [
            {"release_id": "core/v2.0", "entry_id": "1", "kind": "added", "text": "feat: import of rows"},
            {"release_id": "core/v2.0", "entry_id": "2", "kind": "internal", "text": "tidy up"},
        ])  # fmt: skip
        batch.merge(
            "links", [{"from_ref": a, "kind": k, "to_ref": b, "confidence": 1.0, "why": ""} for a, k, b in links]
        )
        batch.merge("feedback", [{"feedback_id": f, "person_id": "p1", "given_at": day} for f in ("f1", "f2")])
    return "/api/releases/core%2Fv2.0"


def ok(answer: Any) -> Any:
    """The answer's body, when it went well."""
    assert answer.status_code < 300, answer.text
    return answer.json()


def test_from_draft_to_publication_and_back(clients: Any, release: str) -> None:
    """A member drafts, edits and publishes; the detail says who will be told; DELETE takes it back."""
    bob = clients.bob
    before = ok(bob.get(release))
    assert (before["state"], before["requesters"], before["features"]) == ("none", 1, ["import"])
    assert [group["kind"] for group in before["groups"]] == ["added", "internal"]
    drafted = ok(bob.post(f"{release}/notes/draft"))
    assert drafted["notes"]["customers"] == "## Two\n\n### New\n\n- Import of rows.\n"
    written = ok(bob.put(f"{release}/notes", json={"notes": {"customers": "Mine"}, "title": "Rows"}))
    assert (written["notes"]["customers"], written["title"], written["state"]) == ("Mine", "Rows", "draft")
    assert ok(bob.post(f"{release}/notes/draft"))["notes"]["customers"] == "Mine"
    assert ok(clients.alice.post(f"{release}/publication"))["reviewed_by"] == "Alice"
    assert bob.post(f"{release}/publication").status_code == 409
    log = [entry["verb"] for entry in ok(clients.alice.get("/api/audit"))["items"]]
    assert "release.published" in log
    assert ok(bob.delete(f"{release}/publication"))["published_at"] is None
    assert ok(bob.get("/api/releases?q=rows"))["total"] == 1


def test_a_release_without_notes_is_not_published(clients: Any, release: str) -> None:
    """Nothing to say is a conflict with a mend, and writes nothing."""
    answer = clients.bob.post(f"{release}/publication")
    assert answer.status_code == 409
    assert "Draft them" in answer.json()["mend"]
    assert ok(clients.bob.get(release))["state"] == "none"


def test_the_checklist_needs_evidence_and_a_second_pair_of_eyes(clients: Any, release: str) -> None:
    """Tier 1: done with a link by bob is not green until alice confirms; bob may not confirm himself."""
    lines = ok(clients.bob.put(f"{release}/tier", json={"tier": 1}))["checklist"]
    assert len(lines) > 12
    item = f"{release}/checklist/{lines[0]['id']}"
    assert clients.bob.put(f"{item}/evidence", json={"evidence": "done"}).status_code == 422
    assert ok(clients.bob.put(f"{item}/evidence", json={"evidence": "https://x.example/1"}))["green"] is False
    assert clients.bob.post(f"{item}/confirmation").status_code == 409
    assert ok(clients.alice.post(f"{item}/confirmation"))["green"] is True
    ok(clients.bob.put(f"{release}/notes", json={"notes": {"customers": "Hello"}}))
    refused = clients.bob.post(f"{release}/publication")
    assert (refused.status_code, "note" in refused.json()["mend"]) == (409, True)
    assert ok(clients.bob.post(f"{release}/publication", json={"note": "A customer waits."}))["go_note"]
    assert ok(clients.bob.delete(f"{item}/evidence"))["green"] is False


CHANGES = {
    "notes": ("put", "/notes", {"notes": {"customers": "x"}}),
    "draft": ("post", "/notes/draft", None),
    "publish": ("post", "/publication", None),
    "unpublish": ("delete", "/publication", None),
    "tier": ("put", "/tier", {"tier": 2}),
    "prediction": ("put", "/prediction", {"metric": "usage.adoption", "low": 1, "high": 2, "days": 30}),
    "check": ("put", "/checklist/x/evidence", {"evidence": "https://x.example"}),
    "open": ("delete", "/checklist/x/evidence", None),
    "confirm": ("post", "/checklist/x/confirmation", None),
}


@pytest.mark.parametrize(("method", "path", "body"), CHANGES.values(), ids=CHANGES)
def test_strangers_and_viewers(clients: Any, method: str, path: str, body: Any) -> None:
    """401 and 403 before anything is looked up: the release does not even exist."""
    for client, status in ((clients.mallory, 401), (clients.carol, 403)):
        answer = client.request(method, f"/api/releases/none{path}", json=body)
        assert answer.status_code == status, answer.text
    assert clients.bob.request(method, f"/api/releases/none{path}", json=body).status_code in (404, 409)


@pytest.fixture
def feeds(clients: Any, release: str) -> TestClient:
    """A stranger, after a release with wild notes was published."""
    notes = {"customers": EVIL, "engineering": "secret plan"}
    ok(clients.bob.put(f"{release}/notes", json={"notes": notes, "title": "A < B & \x07C"}))
    ok(clients.bob.post(f"{release}/publication"))
    return clients.mallory  # type: ignore[no-any-return]


def test_atom(feeds: TestClient) -> None:
    """Well formed, escaped, with what RFC 4287 asks of a feed and an entry; only the notes for customers."""
    answer = feeds.get("/feed/releases.atom")
    root = ElementTree.fromstring(answer.text)  # noqa: S314 - our own answer
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert all(root.find(ATOM + name) is not None for name in ("id", "title", "updated"))
    entry = root.find(ATOM + "entry")
    assert entry is not None
    content = entry.findtext(ATOM + "content") or ""
    assert entry.findtext(ATOM + "title") == "A < B & C (core/v2.0)"
    assert "<script" not in content
    assert 'href="javascript' not in content
    assert "secret plan" not in answer.text


def test_json_feed(feeds: TestClient) -> None:
    """What JSON Feed 1.1 requires: version, title, and an id and content for each item."""
    feed = json.loads(feeds.get("/feed/releases.json").text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert all(item["id"] and "<script" not in item["content_html"] for item in feed["items"])
    assert len(feed["items"]) == 1


def test_markdown_feed_and_what_is_taken_back(feeds: TestClient, clients: Any, release: str) -> None:
    """Headed as Keep a Changelog; an unpublished release leaves the feed."""
    assert "## [core/v2.0] - 20" in feeds.get("/feed/releases.md").text
    ok(clients.bob.delete(f"{release}/publication"))
    assert "core/v2.0" not in feeds.get("/feed/releases.md").text
