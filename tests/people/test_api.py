"""People over HTTP: owners, subscriptions with their links, the ledger; by role."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import select

from callsheet.model.actor import SYSTEM
from callsheet.model.link import Ref
from callsheet.people import actions, rules
from callsheet.people.actions import Recipient
from callsheet.people.records import Subscription
from callsheet.people.sending import send_queued
from callsheet.store.workspace import Workspace


def ok(answer: Any) -> Any:
    """The answer's body, when it went well."""
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def test_directory_and_person(clients: Any, owned: Workspace) -> None:
    """Those who are here; one of them with what they answer for."""
    found = ok(clients.carol.get("/api/people"))
    assert [row["person"] for row in found["items"]] == ["ada", "bo"]
    ada = ok(clients.carol.get("/api/people/ada"))
    assert [row["title"] for row in ada["owns"]] == ["C", "A"]
    assert ada["objects"] == 1
    assert clients.carol.get("/api/people/nobody").status_code == 404


def test_giving_something_an_owner(clients: Any, owned: Workspace) -> None:
    """Gaps come first; assigning closes one; an unknown person is refused; ending opens it again."""
    rows = ok(clients.bob.get("/api/people/ownership"))["items"]
    assert [row["state"] for row in rows] == ["none", "many", "gone", "owned"]
    assert ok(clients.bob.get("/api/people/ownership?state=unowned"))["total"] == 3
    given = {"ref": "component:b", "person": "ada"}
    assert ok(clients.bob.put("/api/people/ownership", json=given))["owner"] == "ada"
    assert clients.bob.put("/api/people/ownership", json=given | {"person": "nobody"}).status_code == 422
    assert clients.bob.put("/api/people/ownership", json=given | {"ref": "b"}).status_code == 422
    assert ok(clients.bob.put("/api/people/ownership", json=given | {"person": ""}))["state"] == "none"


def test_subscriptions(clients: Any, workspace: Workspace) -> None:
    """A viewer subscribes and leaves by themselves; others and webhooks need a member; twice is a conflict."""
    carol = clients.carol
    made = ok(carol.post("/api/people/subscriptions", json={"topic": "release"}))
    assert made["email"] == "carol@example.org"
    assert carol.post("/api/people/subscriptions", json={"topic": "release"}).status_code == 409
    assert carol.post("/api/people/subscriptions", json={"topic": "weather"}).status_code == 422
    hook = {"topic": "release", "channel": "webhook", "target": "https://example.org/hook"}
    assert carol.post("/api/people/subscriptions", json=hook).status_code == 403
    assert clients.bob.post("/api/people/subscriptions", json=hook).status_code == 201
    assert carol.get("/api/people/subscriptions?everyone=true").status_code == 403
    assert ok(clients.bob.get("/api/people/subscriptions?everyone=true"))["total"] == 2
    ok(carol.delete(f"/api/people/subscriptions/{made['id']}"))
    assert ok(carol.get("/api/people/subscriptions"))["total"] == 0


def test_a_key_without_an_address_owns_nobodys_webhook(clients: Any) -> None:
    """A webhook's target may be a secret, and neither it nor the key has an e-mail address."""
    hook = {"topic": "release", "channel": "webhook", "target": "https://example.org/secret"}
    made = ok(clients.bob.post("/api/people/subscriptions", json=hook))
    key = clients.alice.post("/api/keys", json={"name": "reader", "role": "viewer"}).json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    assert clients.mallory.get("/api/people/subscriptions", headers=headers).json()["total"] == 0
    assert clients.mallory.delete(f"/api/people/subscriptions/{made['id']}", headers=headers).status_code == 403


def test_a_viewer_ends_their_own_feed(clients: Any) -> None:
    made = ok(clients.carol.post("/api/people/subscriptions", json={"topic": "release", "channel": "feed"}))
    ok(clients.carol.delete(f"/api/people/subscriptions/{made['id']}"))


def test_unsubscribe_by_link(clients: Any, workspace: Workspace) -> None:
    """Opening the link asks; only the button ends it. A changed link ends nothing."""
    ok(clients.carol.post("/api/people/subscriptions", json={"topic": "release"}))
    with workspace.books.change() as book:
        (one,) = book.all(select(Subscription))
        actions.tell(book, Ref("release", "1"), [Recipient(email=one.email)], "Out", "It is out.", "k", SYSTEM)
    send_queued(workspace)
    (file,) = (workspace.state / "outbox").glob("*.eml")
    token = rules.token(workspace.key, one.id)
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["List-Unsubscribe"] == f"<http://127.0.0.1:8000/unsubscribe?token={token}>"
    assert token in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    stranger = clients.mallory
    page = stranger.get("/unsubscribe", params={"token": token})
    assert "Stop sending" in page.text
    assert ok(clients.carol.get("/api/people/subscriptions"))["total"] == 1
    assert stranger.post("/unsubscribe", data={"token": token[:-1] + "x"}).status_code == 404
    assert "Done" in stranger.post("/unsubscribe", data={"token": token}).text
    assert "no longer" in stranger.get("/unsubscribe", params={"token": token}).text
    assert ok(clients.carol.get("/api/people/subscriptions"))["total"] == 0


def test_the_ledger(clients: Any, workspace: Workspace) -> None:
    """Filtered by what it is about and by state; held and let go; its text is in the detail."""
    with workspace.books.change() as book:
        people = [Recipient("a", "Ada", "a@example.org"), Recipient("b", "Bo")]
        actions.tell(book, Ref("release", "1"), people, "Out", "It is out.", "k", SYSTEM)
        actions.tell(book, Ref("release", "2"), people[:1], "Out", "It is out.", "l", SYSTEM)
    assert ok(clients.bob.get("/api/people/deliveries?ref=release:1"))["total"] == 2
    held = ok(clients.bob.get("/api/people/deliveries?state=held,failed"))["items"]
    assert [(row["name"], row["reason"]) for row in held] == [("Bo", "no e-mail address")]
    queued = ok(clients.bob.get("/api/people/deliveries?state=queued&ref=release:2"))["items"][0]
    path = f"/api/people/deliveries/{queued['delivery']}"
    assert ok(clients.bob.get(path))["body_text"] == "It is out."
    assert ok(clients.bob.put(f"{path}/hold", json={"reason": "wait"}))["state"] == "held"
    assert clients.bob.delete(f"/api/people/deliveries/{held[0]['delivery']}/hold").status_code == 409
    assert ok(clients.bob.delete(f"{path}/hold"))["state"] == "queued"
    assert clients.bob.post(f"{path}/reading").status_code == 409


CHANGES = {
    "owner": ("put", "/ownership", {"ref": "component:x", "person": "y"}, 403),
    "hold": ("put", "/deliveries/x/hold", {"reason": "r"}, 403),
    "let go": ("delete", "/deliveries/x/hold", None, 403),
    "reading": ("post", "/deliveries/x/reading", None, 404),
    "subscribe": ("post", "/subscriptions", {"topic": "release", "email": "other@example.org"}, 403),
    "unsubscribe": ("delete", "/subscriptions/x", None, 404),
}


@pytest.mark.parametrize(("method", "path", "body", "status"), CHANGES.values(), ids=CHANGES)
def test_strangers_and_viewers(clients: Any, method: str, path: str, body: Any, status: int) -> None:
    """Strangers 401; viewers 403, but for what concerns themselves."""
    assert clients.mallory.request(method, f"/api/people{path}", json=body).status_code == 401
    assert clients.carol.request(method, f"/api/people{path}", json=body).status_code == status
