"""What a stranger, a careless client and a forged request meet."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet.http import app as app_module
from callsheet.http import bodies
from callsheet.http.context import COOKIE
from callsheet.http.records import KeyRow, Member, SessionRow
from callsheet.store.workspace import Workspace
from tests.conftest import PASSWORD

WRITES = (
    ("POST", "/api/keys", {"name": "ci", "role": "viewer"}),
    ("POST", "/api/findings/runs", None),
    ("PUT", "/api/members/bob/role", {"role": "viewer"}),
    ("DELETE", "/api/session", None),
)


@pytest.mark.parametrize("token", [None, "", "wrong", "ü"], ids=["none", "empty", "wrong", "not ASCII"])
def test_a_change_needs_the_sessions_own_token(clients: Any, token: str | None) -> None:
    client = clients.alice
    del client.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token.encode()}
    answers = [client.request(method, path, json=body, headers=headers) for method, path, body in WRITES]
    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [(403, "not_allowed")] * len(WRITES)


def test_the_token_of_another_session_does_not_do(clients: Any) -> None:
    forged = {"X-CSRF-Token": clients.bob.headers["X-CSRF-Token"]}
    assert clients.alice.post("/api/keys", json={"name": "ci"}, headers=forged).status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/session", "/api/nothing", "/settings/members"])
def test_every_answer_carries_the_browsers_orders(clients: Any, path: str) -> None:
    headers = clients.mallory.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "script-src" not in policy, "scripts fall under default-src: no inline script"


def test_answers_of_the_api_are_not_kept_by_caches(clients: Any) -> None:
    assert clients.alice.get("/api/session").headers["Cache-Control"] == "no-store"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(clients: Any) -> None:
    answer = clients.mallory.post("/api/session", json={"email": "carol@example.org", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


TRICKS = {
    "up": "/../../pyproject.toml",
    "encoded": "/%2e%2e/%2e%2e/pyproject.toml",
    "encoded slash": "/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "absolute": "//etc/passwd",
    "twice encoded": "/%252e%252e/%252e%252e/etc/passwd",
    "backslash": "/..%5c..%5cpyproject.toml",
    "NUL": "/index.html%00.js",
    "longer than a file name": "/" + "a" * 5000,
    "own source": "/assets/../../app.py",
}


@pytest.mark.parametrize("path", TRICKS.values(), ids=TRICKS)
def test_no_file_outside_of_the_pages_is_sent(
    clients: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    pages = tmp_path / "static"
    pages.mkdir()
    (pages / "index.html").write_text("the page")
    (tmp_path / "pyproject.toml").write_text("outside")
    monkeypatch.setattr(app_module, "STATIC", pages)
    client = TestClient(clients.app, raise_server_exceptions=False)
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "the page")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_of_the_api_is_told_as_json(clients: Any, method: str) -> None:
    answer = clients.alice.request(method, "/api/nothing/here")
    assert answer.status_code == (404 if method == "GET" else 405)
    assert answer.json()["message"]
    assert answer.json()["mend"]


def test_a_body_that_is_not_json_is_told(clients: Any) -> None:
    answer = clients.alice.post("/api/keys", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_input")
    assert answer.json()["mend"]


def test_a_stranger_fills_no_memory(clients: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body is read before anybody is asked who they are: what says its size is refused at once, else when it shows."""
    monkeypatch.setattr(bodies, "MOST", 1000)
    kinds = {"/api/session": "application/json", "/api/members": "application/json"}
    kinds["/unsubscribe"] = "application/x-www-form-urlencoded"
    for path, kind in kinds.items():
        headers = {"Content-Type": kind}
        told = clients.mallory.post(path, content=b" " * 2000, headers=headers)
        untold = clients.mallory.post(path, content=iter([b" " * 600, b" " * 600]), headers=headers)
        assert (told.status_code, untold.status_code) == (413, 413), path
        assert told.json()["mend"]
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    assert clients.mallory.post("/api/imports", content=b" " * 2000, headers=form).status_code == 401


def test_failures_are_limited_by_address_whatever_the_account(clients: Any) -> None:
    tries = [{"email": f"user{number}@example.org", "password": "wrong password"} for number in range(11)]
    answers = [clients.mallory.post("/api/session", json=one) for one in tries]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_the_right_password_is_refused_while_the_limit_holds(clients: Any) -> None:
    for _ in range(10):
        clients.mallory.post("/api/session", json={"email": "bob@example.org", "password": "wrong"})
    answer = clients.mallory.post("/api/session", json={"email": "bob@example.org", "password": PASSWORD})
    assert answer.status_code == 429


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(clients: Any) -> None:
    known = clients.mallory.post("/api/session", json={"email": "bob@example.org", "password": "wrong"})
    unknown = clients.mallory.post("/api/session", json={"email": "nobody@example.org", "password": "wrong"})
    assert known.json() == unknown.json()


def test_a_removed_member_is_out_at_once_and_the_address_is_free(clients: Any) -> None:
    assert clients.bob.get("/api/session").status_code == 200
    assert clients.alice.delete("/api/members/bob").status_code == 204
    assert clients.bob.get("/api/session").status_code == 401
    again = {"name": "Bob", "email": "bob@example.org", "role": "viewer", "password": "another long one"}
    assert clients.alice.post("/api/members", json=again).json()["id"] == "bob-2"
    assert clients.alice.delete("/api/members/bob").status_code == 404


def test_nobody_stands_in_the_log_as_callsheet_itself(clients: Any) -> None:
    given = {"name": "System", "email": "system@example.org", "role": "viewer", "password": "another long one"}
    assert clients.alice.post("/api/members", json=given).json()["id"] == "system-2"


def test_a_changed_role_holds_at_once(clients: Any) -> None:
    assert clients.bob.get("/api/audit").status_code == 403
    clients.alice.put("/api/members/bob/role", json={"role": "owner"})
    assert clients.bob.get("/api/audit").status_code == 200


def test_a_session_that_has_ended_is_refused(clients: Any, workspace: Workspace) -> None:
    assert clients.carol.get("/api/session").status_code == 200
    with workspace.books.change() as book:
        for session in book.session.query(SessionRow).filter_by(member_id="carol"):
            session.expires_at = session.created_at
    assert clients.carol.get("/api/session").status_code == 401


BROKEN_KEYS = ("", "cs_", "cs_wrong", "x" * 10_000, "ключ", "' OR 1=1 --")


@pytest.mark.parametrize("key", BROKEN_KEYS)
def test_a_wrong_key_opens_nothing(clients: Any, key: str) -> None:
    for headers in ({"Authorization": f"Bearer {key}".encode()}, {"X-API-Key": key.encode()}):
        assert clients.mallory.get("/api/session", headers=headers).status_code == 401


def test_the_workspace_key_is_an_owners(clients: Any, workspace: Workspace) -> None:
    headers = {"Authorization": f"Bearer {workspace.key}"}
    assert clients.mallory.get("/api/audit", headers=headers).status_code == 200
    assert (workspace.state / "key").stat().st_mode & 0o077 == 0


def test_no_secret_stands_in_a_list_a_log_line_or_in_the_book(
    clients: Any, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = clients.alice.post("/api/keys", json={"name": "ci", "role": "viewer"}).json()["key"]
    clients.mallory.get("/api/session", headers={"Authorization": f"Bearer {key}"})
    clients.mallory.post("/api/session", json={"email": "bob@example.org", "password": "a wrong password"})
    secrets = [PASSWORD, "a wrong password", key, clients.alice.cookies[COOKIE], workspace.key]
    listed = [
        clients.alice.get(path).text for path in ("/api/audit?size=500", "/api/keys", "/api/members", "/api/jobs")
    ]
    with workspace.books.read() as book:
        kept = [str(vars(row)) for kind in (Member, KeyRow, SessionRow) for row in book.session.query(kind)]
    for secret in secrets:
        assert not [text for text in [*listed, *kept, caplog.text] if secret in text]
    csrf = clients.alice.headers["X-CSRF-Token"]
    assert not [text for text in [*listed, caplog.text] if csrf in text]


def test_an_unexpected_error_tells_nothing_of_the_inside(clients: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("postgres://user:secret@inside")

    client = TestClient(clients.app, raise_server_exceptions=False, cookies=clients.alice.cookies)
    monkeypatch.setitem(clients.services.badges, "broken", broken)
    answer = client.get("/api/session")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["mend"]
