"""Signing in, sessions, keys, roles."""

from __future__ import annotations

from typing import Any


def test_a_stranger_learns_nothing(clients: Any) -> None:
    answer = clients.mallory.get("/api/session")
    assert answer.status_code == 401
    assert answer.json()["mend"]


def test_a_member_signs_in_and_out(clients: Any) -> None:
    assert clients.bob.get("/api/session").json()["actor"]["role"] == "member"
    assert clients.bob.delete("/api/session").status_code == 204
    assert clients.bob.get("/api/session").status_code == 401


def test_a_change_without_the_token_is_refused(clients: Any) -> None:
    del clients.alice.headers["X-CSRF-Token"]
    assert clients.alice.post("/api/keys", json={"name": "ci", "role": "viewer"}).status_code == 403


def test_a_key_works_until_it_is_revoked(clients: Any) -> None:
    made = clients.alice.post("/api/keys", json={"name": "ci", "role": "viewer"}).json()
    bearer = {"Authorization": f"Bearer {made['key']}"}
    assert clients.mallory.get("/api/session", headers=bearer).json()["actor"]["role"] == "viewer"
    assert clients.alice.delete(f"/api/keys/{made['id']}").status_code == 204
    assert clients.mallory.get("/api/session", headers=bearer).status_code == 401


def test_the_key_itself_is_never_listed(clients: Any) -> None:
    made = clients.alice.post("/api/keys", json={"name": "ci", "role": "viewer"}).json()
    assert made["key"] not in clients.alice.get("/api/keys").text


def test_failed_sign_ins_are_limited_by_account(clients: Any) -> None:
    wrong = {"email": "alice@example.org", "password": "not the password"}
    answers = [clients.mallory.post("/api/session", json=wrong).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]


def test_the_last_owner_stays_an_owner(clients: Any) -> None:
    assert clients.alice.put("/api/members/alice/role", json={"role": "viewer"}).status_code == 409


def test_a_member_may_not_add_members(clients: Any) -> None:
    given = {"name": "Dan", "email": "dan@example.org", "role": "owner", "password": "long enough one"}
    assert clients.bob.post("/api/members", json=given).status_code == 403


def test_the_audit_is_for_owners(clients: Any) -> None:
    assert clients.bob.get("/api/audit").status_code == 403
    verbs = [entry["verb"] for entry in clients.alice.get("/api/audit").json()["items"]]
    assert "member.added" in verbs
