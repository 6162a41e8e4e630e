"""The book on Postgres behind the whole app: the sample company answers as it does on SQLite."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from callsheet import demo
from callsheet.model.sample import Company
from callsheet.store.jobs import DbosJobs, JobContext
from callsheet.store.workspace import Workspace, create, open_workspace
from tests.conftest import Clients
from tests.http.schema import operations

TODAY = datetime(2026, 11, 22, 12)
STREAMS = ("/api/stream", "/api/usage/tail")
"""These never end."""
COUNTED = ("total", "queued", "sample", "amount")


def filled(folder: Path, book: str) -> Workspace:
    """The sample company with its decisions in this database."""
    store = f'[store]\nbook = "{book}"\n'
    as_of = f'as_of = "{TODAY:%Y-%m-%dT%H:%M:%SZ}"\n'
    (folder / "callsheet.toml").write_text(demo.PROJECT.format(as_of=as_of) + store, encoding="utf-8")
    create(folder)
    workspace = open_workspace(folder)
    demo.fill(workspace, Company(today=workspace.now()))
    workspace.stream.settle()
    while workspace.stream.sink.behind:
        workspace.stream.settle()
    return workspace


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres: Any) -> Iterator[dict[str, TestClient]]:
    """A client of the same company on each engine."""
    spaces = {
        "sqlite": filled(tmp_path_factory.mktemp("sqlite"), "sqlite"),
        "postgres": filled(tmp_path_factory.mktemp("postgres"), postgres.database()),
    }
    yield {
        name: TestClient(
            Clients(one).app,
            base_url="http://localhost",
            raise_server_exceptions=False,
            headers={"Authorization": f"Bearer {one.key}"},
        )
        for name, one in spaces.items()
    }
    for one in spaces.values():
        one.close()


def told(client: TestClient, address: str, query: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status, and the counts in the answer; ids are made anew in each company and not compared."""
    answer = client.get(address, params=query)
    body = answer.json() if answer.headers.get("content-type", "") == "application/json" else {}
    counts = {key: body[key] for key in COUNTED if key in body} if isinstance(body, dict) else {}
    return answer.status_code, json.loads(re.sub("rule_[0-9a-zA-Z]+", "rule", json.dumps(counts)))


@pytest.mark.slow
def test_every_page_reads_alike_on_both_engines(both: dict[str, TestClient]) -> None:
    different = {}
    reads = [one for one in operations(both["sqlite"].get("/api/openapi.json").json()) if one.method == "GET"]
    for one in reads:
        if one.path in STREAMS:
            continue
        for query in (one.query, one.query | {"q": "import", "sort": "-title"}):
            answers = [told(client, one.address(), query) for client in both.values()]
            if answers[0] != answers[1] or answers[0][0] >= 500:
                different[one.name, str(query)] = answers
    assert not different


@pytest.mark.slow
def test_every_figure_is_the_same_on_both_engines(both: dict[str, TestClient]) -> None:
    names = [one["name"] for one in both["sqlite"].get("/api/metrics").json()]
    asked = [(f"/api/metrics/{name}", {"cadence": "weekly", "series": "false"}) for name in names]
    asked += [(f"/api/reports/{one['name']}", {}) for one in both["sqlite"].get("/api/reports").json()]
    answers = {address: [told(client, address, query) for client in both.values()] for address, query in asked}
    assert not {address: pair for address, pair in answers.items() if pair[0] != pair[1]}


@pytest.mark.slow
def test_the_sheet_reads_alike_on_both_engines(both: dict[str, TestClient]) -> None:
    sheets = [client.get("/api/sheet").json() for client in both.values()]
    assert sheets[0]["headline"] == sheets[1]["headline"]
    assert [section["key"] for section in sheets[0]["sections"]] == [
        section["key"] for section in sheets[1]["sections"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "%", "'", "🎬", "x" * 5000, "9" * 30, "-1"], ids=repr)
def test_odd_questions_do_not_break_the_book_on_postgres(both: dict[str, TestClient], odd: str) -> None:
    client = both["postgres"]
    for address in (
        "/api/audit",
        "/api/members",
        "/api/search",
        "/api/findings",
        "/api/people",
        "/api/feedback/requests",
    ):
        for name in ("q", "ref", "sort", "page", "state"):
            answer = client.get(address, params={name: odd})
            assert answer.status_code < 500, (address, name, answer.text)


@pytest.mark.slow
def test_text_that_postgres_cannot_keep_is_bad_input(both: dict[str, TestClient]) -> None:
    answer = both["postgres"].post("/api/keys", json={"name": "a\x00b", "role": "viewer"})
    assert (answer.status_code, answer.json()["error"]) == (422, "bad_input")


def test_jobs_run_on_postgres(postgres: Any) -> None:
    jobs = DbosJobs(postgres.database())
    seen: list[int] = []

    def double(ctx: JobContext, number: int) -> None:
        seen.append(ctx.step("double", lambda n: 2 * n, number))

    jobs.register("double", double)
    jobs.launch()
    try:
        started = jobs.start("double", number=21)
        end = time.monotonic() + 30
        while jobs.status(started).state != "done":
            assert time.monotonic() < end, jobs.status(started)
            time.sleep(0.05)
        assert seen == [42]
    finally:
        jobs.close()
