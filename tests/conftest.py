"""Fixtures for all tests: an empty workspace, people of each role, and clients for them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from callsheet import domains
from callsheet.http import members
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.http.members import add_member
from callsheet.model.actor import SYSTEM, Actor
from callsheet.store.workspace import Workspace, in_memory
from tests.postgres import postgres

__all__ = ["postgres"]

PASSWORD = "correct horse battery"

domains.load()
domains.records()


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of garbage collection: hundreds of MB of modules and tests, that stay anyhow."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let the interpreter clear up as usual."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Passwords are hashed as in the product, only with the least work: a sign-in takes 1 ms instead of 300."""
    with pytest.MonkeyPatch.context() as patch:
        hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(members, "_hasher", lambda: hasher)
        yield


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace in a temporary folder."""
    opened = in_memory(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def people(workspace: Workspace) -> dict[str, Actor]:
    """alice (owner), bob (member), carol (viewer). mallory is a stranger: no account at all."""
    found = {}
    with workspace.books.change() as book:
        for name, role in (("Alice", "owner"), ("Bob", "member"), ("Carol", "viewer")):
            member = add_member(book, name, f"{name.lower()}@example.org", role, PASSWORD, SYSTEM)
            found[name.lower()] = member.actor()
    return found


class Clients:
    """Signed-in clients by name; `clients.mallory` has not signed in."""

    def __init__(self, workspace: Workspace) -> None:
        self.services = Services(workspace, searches=domains.searches(), badges=domains.badges())
        self.app = create_app(self.services, domains.routers(), domains.publics(), fronts=domains.fronts())
        self._made: dict[str, TestClient] = {}

    def __getattr__(self, name: str) -> TestClient:
        if name not in self._made:
            self._made[name] = self._sign_in(name)
        return self._made[name]

    def _sign_in(self, name: str) -> TestClient:
        client = TestClient(self.app)
        if name != "mallory":
            given = {"email": f"{name}@example.org", "password": PASSWORD}
            assert client.post("/api/session", json=given).status_code == 204
            client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        return client


@pytest.fixture
def clients(workspace: Workspace, people: dict[str, Actor]) -> Clients:
    """Clients of alice, bob, carol and mallory."""
    return Clients(workspace)


@pytest.fixture
def client(clients: Clients) -> TestClient:
    """alice, signed in."""
    return clients.alice
