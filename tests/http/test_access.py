"""The access matrix: every operation of the assembled app, asked by everybody."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet import domains
from callsheet.http import members
from callsheet.http.context import COOKIE
from callsheet.http.records import Member
from callsheet.model.actor import SYSTEM
from callsheet.store.workspace import Workspace, in_memory
from tests.conftest import PASSWORD, Clients
from tests.http.schema import Operation, operations

TABLE: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "access.toml").read_text(encoding="utf-8"))
LEAST = {name: role for role, names in TABLE.items() for name in names}
RANK = ("public", "viewer", "member", "owner")
WHO = {"mallory": 0, "carol": 1, "bob": 2, "alice": 3}
PAGES = "/{path:path}"
ENDLESS = ("GET /api/stream", "GET /api/usage/tail")


class Asking:
    """Everybody's answers to every operation, from one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.app = Clients(workspace).app
        self.found = list(operations(self.app.openapi()))
        with workspace.books.change() as book:
            for name, role in (("carol", "viewer"), ("bob", "member"), ("alice", "owner")):
                members.add_member(book, name, f"{name}@example.org", role, PASSWORD, SYSTEM)

    def client(self, name: str) -> TestClient:
        client = TestClient(self.app, raise_server_exceptions=False)
        if name == "mallory":
            return client
        with self.workspace.books.change() as book:
            token, session = members.sign_in(book, book.get(Member, name), 1)
        client.cookies.set(COOKIE, token)
        client.headers["X-CSRF-Token"] = session.csrf
        return client

    def ask(self, one: Operation, name: str, client: TestClient) -> tuple[int, dict[str, str]]:
        """The status, and the answer when it is an error."""
        answer = client.request(one.method, one.address(), params=one.query, **one.sent)
        told = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status_code, answer.json() if answer.status_code >= 400 and told else {}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: Any) -> Iterator[Asking]:
    """The assembled app on an empty workspace with a member of each role."""
    workspace = in_memory(tmp_path_factory.mktemp("access"))
    yield Asking(workspace)
    workspace.close()


@pytest.fixture(scope="module")
def answers(asking: Asking) -> dict[tuple[str, str], tuple[int, dict[str, str]]]:
    """What everybody was answered, the least entitled first, so that nothing is changed before they ask."""
    found = {}
    for name in WHO:
        client = asking.client(name)
        for one in asking.found:
            if one.name not in ENDLESS:
                found[one.name, name] = asking.ask(one, name, client)
            if one.name == "DELETE /api/session":
                client = asking.client(name)
    return found


def test_the_table_names_every_operation_and_no_other(asking: Asking) -> None:
    served = {one.name for one in asking.found}
    assert not sorted(served - LEAST.keys()), (
        "add these to tests/http/access.toml under the least role that may call them"
    )
    assert not sorted(LEAST.keys() - served), "these are gone: remove them from tests/http/access.toml"
    assert len(LEAST) == sum(map(len, TABLE.values())), "an operation stands twice in tests/http/access.toml"


def test_nothing_is_served_that_the_description_leaves_out(asking: Asking) -> None:
    described = set(asking.app.openapi()["paths"])
    served = {path if path == PAGES else path.replace(":path}", "}") for path in _paths(asking.app.routes)}
    assert served - described == {PAGES, "/api/openapi.json"}


def _paths(routes: Any) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from _paths(inner)
        elif getattr(route, "path", None):
            yield route.path


def test_a_stranger_is_asked_to_sign_in_everywhere_but_in_public(answers: Any) -> None:
    let_in = {name: told for (name, who), (told, _) in answers.items() if who == "mallory" and told != 401}
    assert set(let_in) <= set(TABLE["public"])


@pytest.mark.parametrize("who", ["carol", "bob"])
def test_who_may_not_is_refused_before_anything_is_looked_up(answers: Any, who: str) -> None:
    """403 for names that do not exist: whether they exist is not told, and no state is consulted first."""
    above = {name for name, role in LEAST.items() if RANK.index(role) > WHO[who]}
    wrong = {name: answers[name, who] for name in above if (name, who) in answers and answers[name, who][0] != 403}
    assert not wrong


@pytest.mark.parametrize("who", ["carol", "bob", "alice"])
def test_who_may_is_let_in(answers: Any, who: str) -> None:
    """The answer may be that there is no such thing, or that a value is wrong; it is never 401, 403 or 5xx."""
    own = {name for name, role in LEAST.items() if role != "public" and RANK.index(role) <= WHO[who]}
    told = {name: answers[name, who] for name in own if (name, who) in answers}
    assert not {name: answer for name, answer in told.items() if answer[0] in (401, 403) or answer[0] >= 500}


def test_nothing_breaks_for_anybody(answers: Any) -> None:
    assert not {asked: answer for asked, answer in answers.items() if answer[0] >= 500}


def test_every_error_says_what_happened_and_what_to_do(answers: Any) -> None:
    errors = {asked: body for asked, (status, body) in answers.items() if status >= 400 and " /api" in asked[0]}
    poor = {
        asked: body for asked, body in errors.items() if not all(body.get(key) for key in ("error", "message", "mend"))
    }
    assert errors
    assert not poor


def test_the_stream_is_closed_to_strangers(asking: Asking) -> None:
    assert asking.client("mallory").get("/api/stream").status_code == 401


def test_public_routers_are_those_of_the_domains(asking: Asking) -> None:
    """A router that strangers may call is named `public`, so that it is found by its name."""
    paths = {path for router in domains.publics() for path in _paths(router.routes)}
    own = {"/api/session", "/api/session/demo", "/api/health"}
    assert {name.partition(" ")[2] for name in TABLE["public"]} == paths | own
