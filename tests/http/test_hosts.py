"""Where every visitor is an owner, nobody comes in but from this machine."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from callsheet import server
from callsheet.base.errors import BadInput, ConfigError, Conflict
from callsheet.http.app import create_app
from callsheet.http.context import Services
from callsheet.store.workspace import Workspace, create

DEMO = '[workspace]\nname = "Sample"\n[signin]\ndemo = true\n'


@pytest.fixture
def demo(workspace: Workspace) -> TestClient:
    """A client of a workspace whose visitors are owners."""
    config = workspace.config
    workspace.config = replace(config, signin=replace(config.signin, demo=True))
    return TestClient(create_app(Services(workspace)), base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "LOCALHOST", "[::1]:8000", "[::1]"])
def test_names_of_this_machine_are_answered(demo: TestClient, host: str) -> None:
    assert demo.get("/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1.example", "localhost.example:8000", "10.0.0.5:8000", ""]
)
def test_any_other_name_is_refused_though_it_leads_here(demo: TestClient, host: str) -> None:
    for path in ("/api/health", "/api/session", "/"):
        answer = demo.get(path, headers={"Host": host, "X-Forwarded-For": "nobody"})
        assert (answer.status_code, answer.json()["error"]) == (403, "not_allowed")
        assert answer.headers["X-Frame-Options"] == "DENY"
    assert demo.post("/api/session/demo", headers={"Host": host}).status_code == 403


def test_a_workspace_with_passwords_answers_to_any_name(workspace: Workspace) -> None:
    client = TestClient(create_app(Services(workspace)), base_url="http://callsheet.example")
    assert client.get("/api/health").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104
def test_the_sample_company_is_not_served_to_the_network(tmp_path: Path, host: str) -> None:
    (tmp_path / "callsheet.toml").write_text(DEMO)
    create(tmp_path)
    with pytest.raises(ConfigError, match="every visitor") as caught:
        server.serve(tmp_path, host, 0, ready=lambda _url: pytest.fail("it was served"))
    assert "127.0.0.1" in caught.value.mend


def test_a_taken_port_is_told_before_anything_is_announced(tmp_path: Path) -> None:
    create(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match="cannot be used") as caught:
            server.serve(tmp_path, "127.0.0.1", port, ready=lambda _url: pytest.fail("it was announced"))
    assert "--port" in caught.value.mend
    assert not list(tmp_path.rglob("server.json"))


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match="no address"):
        server.listen("256.1.1.1.invalid", 8000)
    with pytest.raises(BadInput, match="no port"):
        server.listen("127.0.0.1", 70000)
