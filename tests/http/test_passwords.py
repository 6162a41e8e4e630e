"""Changing a password: one's own with the old one, another's as an owner."""

from __future__ import annotations

import io
from typing import Any

import pytest

from callsheet.base.errors import BadInput
from callsheet.cli import member_add, member_password
from callsheet.http import members
from callsheet.server import assemble
from callsheet.store.workspace import create
from tests.conftest import PASSWORD

NEW = "another long battery"


def signs_in(clients: Any, name: str, password: str) -> bool:
    """Whether a sign-in is let in."""
    given = {"email": f"{name}@example.org", "password": password}
    return bool(clients.mallory.post("/api/session", json=given).status_code == 204)


def test_an_owner_sets_a_members_password_and_their_sessions_end(clients: Any) -> None:
    assert clients.bob.get("/api/session").status_code == 200
    assert clients.alice.put("/api/members/bob/password", json={"password": NEW}).status_code == 204
    assert clients.bob.get("/api/session").status_code == 401
    assert clients.alice.get("/api/session").status_code == 200
    assert not signs_in(clients, "bob", PASSWORD)
    assert signs_in(clients, "bob", NEW)


def test_one_changes_ones_own_and_stays_signed_in_only_here(clients: Any) -> None:
    elsewhere = clients._sign_in("carol")
    body = {"current": PASSWORD, "new": NEW}
    assert clients.carol.put("/api/session/password", json=body).status_code == 204
    assert clients.carol.get("/api/session").status_code == 200
    assert elsewhere.get("/api/session").status_code == 401
    assert signs_in(clients, "carol", NEW)


def test_the_log_says_who_did_it_and_no_secret(clients: Any) -> None:
    clients.alice.put("/api/members/bob/password", json={"password": NEW})
    entry = clients.alice.get("/api/audit?ref=member:bob").json()["items"][0]
    assert (entry["verb"], entry["actor_id"], entry["details"]) == ("member.password_changed", "alice", {})


@pytest.mark.parametrize(
    ("body", "words"),
    [({"current": "not the one", "new": NEW}, "not right"), ({"current": PASSWORD, "new": "short"}, "shorter")],
    ids=["wrong", "short"],
)
def test_what_cannot_be_is_refused_and_nothing_changes(clients: Any, body: dict[str, str], words: str) -> None:
    answer = clients.bob.put("/api/session/password", json=body)
    assert answer.status_code == 422
    assert words in answer.json()["message"]
    assert signs_in(clients, "bob", PASSWORD)


def test_guessing_the_old_password_is_limited(clients: Any) -> None:
    tries = [clients.bob.put("/api/session/password", json={"current": "wrong", "new": NEW}) for _ in range(11)]
    assert [one.status_code for one in tries] == [422] * 10 + [429]


def test_others_may_not_and_a_removed_member_has_none(clients: Any) -> None:
    assert clients.bob.put("/api/members/alice/password", json={"password": NEW}).status_code == 403
    clients.alice.delete("/api/members/carol")
    assert clients.alice.put("/api/members/carol/password", json={"password": NEW}).status_code == 404


def test_the_command_sets_one(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the machine's owner does who locked everybody out; an address that nobody has is told."""
    create(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{NEW}\n"))
    member_add("Ada", "ada@example.org", dir=tmp_path)
    member_password("Ada@example.org", dir=tmp_path)
    with assemble(tmp_path) as made, made.workspace.books.read() as book:
        assert members.verified(book, "ada@example.org", NEW).name == "Ada"
    with pytest.raises(BadInput, match="Nobody signs in"):
        member_password("bo@example.org", dir=tmp_path)
