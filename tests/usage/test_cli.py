"""Commands of usage: the same answers as the page, as tables and as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callsheet import client as clients_module
from callsheet.base.errors import BadInput
from callsheet.client import Client
from callsheet.store.workspace import Workspace
from callsheet.usage import cli
from tests.conftest import Clients
from tests.usage.conftest import Happened

QUESTION = "kind: trends\nseries: [{events: [did], math: unique}]\nspan: {since: 2026-11-20}\n"


@pytest.fixture(autouse=True)
def connected(workspace: Workspace, clients: Clients, happened: Happened, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Commands speak to the app of the workspace, with two people on Friday and one on Saturday."""
    api = Client("http://localhost", workspace.key, clients.app)

    @contextmanager
    def connect(_: Any = None) -> Iterator[Client]:
        yield api

    monkeypatch.setattr(clients_module, "connect", connect)
    happened("2026-11-20 10:00 ann", "2026-11-20 11:00 ben", "2026-11-21 10:00 ben")
    return api


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_question_from_a_file_or_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "question.yaml"
    file.write_text(QUESTION, encoding="utf-8")
    cli.ask(file, json=True)
    assert said(capsys)["answer"]["lines"][0]["amounts"] == [2, 1, 0]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"kind": "trends", "series": [{}], "span": {"last": 3}})))
    cli.app(["ask", "-"], result_action="return_value")
    shown = capsys.readouterr().out
    assert "2026-11-20 00:00 to 2026-11-23 00:00 UTC, n = 3." in shown


@pytest.mark.parametrize("text", ["kind: [", "- a list", "\x00"])
def test_a_file_that_is_no_question(tmp_path: Path, text: str) -> None:
    file = tmp_path / "question.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput):
        cli.ask(file)
    with pytest.raises(BadInput, match="cannot be read"):
        cli.ask(tmp_path / "nothing.yaml")
    with pytest.raises(BadInput, match="either"):
        cli.ask()


def test_a_wrong_question_names_its_field(tmp_path: Path) -> None:
    file = tmp_path / "question.yaml"
    file.write_text("kind: trends\nseries: []\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"trends\.series"):
        cli.ask(file)


def test_saved_reports_are_listed_and_asked(connected: Client, capsys: pytest.CaptureFixture[str]) -> None:
    given = {"name": "Use", "question": {"kind": "trends", "series": [{}], "span": {"last": 3}}}
    connected.post("/api/usage/reports", given)
    cli.reports(json=True)
    assert [one["id"] for one in said(capsys)] == ["use"]
    cli.ask(report="use", json=True)
    assert said(capsys)["answer"]["lines"][0]["total"] == 3
    cli.reports()
    assert "Use" in capsys.readouterr().out


def test_cohorts_are_listed_shown_and_exported(connected: Client, capsys: pytest.CaptureFixture[str]) -> None:
    connected.post("/api/usage/cohorts", {"name": "Those", "condition": {"kind": "did", "events": ["did"]}})
    cli.cohort(json=True)
    assert [(one["id"], one["size"]) for one in said(capsys)] == [("those", None)]
    cli.cohort("those", json=True)
    assert said(capsys)[0]["size"] == 2
    cli.cohort("those", members=True)
    assert sorted(capsys.readouterr().out.split()) == ["ann", "ben"]
    cli.cohort()
    assert "dynamic" in capsys.readouterr().out
