"""The stream of what changes, from a server that listens on a port."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import uvicorn

from callsheet.http.members import make_key, revoke_key
from callsheet.http.routes import live
from callsheet.model.actor import SYSTEM, Actor
from callsheet.model.link import Ref
from callsheet.store.jobs import JobStatus
from callsheet.store.workspace import Workspace
from tests.conftest import Clients


class FewJobs:
    """A job queue with what the test puts in."""

    def __init__(self) -> None:
        self.found: list[JobStatus] = []

    def list(self) -> list[JobStatus]:
        return list(self.found)


@dataclass
class Listening:
    """A server on a port of this machine."""

    url: str
    workspace: Workspace
    jobs: FewJobs
    streams: list[int]


@pytest.fixture
def listening(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    """The assembled app behind uvicorn; `streams` holds the number of streams open now."""
    made, jobs, streams = Clients(workspace), FewJobs(), [0]
    made.services.jobs = jobs
    monkeypatch.setattr(live, "PULSE", 0.05)
    inner = live._events

    async def counted(*given: Any) -> Any:
        streams[0] += 1
        try:
            async for line in inner(*given):
                yield line
        finally:
            streams[0] -= 1

    monkeypatch.setattr(live, "_events", counted)
    server = uvicorn.Server(uvicorn.Config(made.app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Listening(f"http://127.0.0.1:{port}", workspace, jobs, streams)
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive(), "the server did not stop: a stream was left open"


def until(holds: Any, seconds: float = 20.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def events(answer: httpx2.Response) -> Iterator[dict[str, Any]]:
    """The events of an open stream, as they arrive."""
    for line in answer.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def opened(listening: Listening, **more: str) -> Any:
    """An open stream."""
    headers = {"Authorization": f"Bearer {listening.workspace.key}", "Accept-Encoding": "gzip", **more}
    return httpx2.stream("GET", f"{listening.url}/api/stream", headers=headers, timeout=20, trust_env=False)


def test_a_decision_a_fact_and_a_job_are_told_as_they_happen(listening: Listening) -> None:
    with opened(listening) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer)
        with listening.workspace.books.change() as book:
            book.log("release.published", Ref("release", "1.0"), SYSTEM)
        first = next(told)
        assert (first["type"], first["decisions"]) == ("changed", 1)
        with listening.workspace.facts.batch("test", "work") as batch:
            batch.merge("work", [{"item_id": "a"}])
        second = next(told)
        assert (second["type"], second["facts"]) == ("changed", first["facts"] + 1)
        listening.jobs.found.append(JobStatus("sync-1", "sync", "running", 3, 10))
        third = next(told)
        assert (third["type"], third["id"], third["done"], third["total"]) == ("job", "sync-1", 3, 10)
    until(lambda: listening.streams == [0])


def test_who_comes_back_is_told_what_changed_meanwhile(listening: Listening) -> None:
    with opened(listening) as answer:
        last = next(line for line in answer.iter_lines() if line.startswith("id: ")).removeprefix("id: ")
    with listening.workspace.books.change() as book:
        book.log("release.published", Ref("release", "1.0"), SYSTEM)
    with opened(listening, **{"Last-Event-ID": last}) as answer:
        assert next(events(answer))["decisions"] == 1


@pytest.mark.parametrize("told", ["", "1", "x.y", "-1.2", "1.2.3", f"1.{'9' * 5000}"])
def test_a_note_of_what_was_told_that_cannot_be_read_is_none(listening: Listening, told: str) -> None:
    with opened(listening, **{"Last-Event-ID": told}) as answer:
        with listening.workspace.books.change() as book:
            book.log("release.published", Ref("release", "1.0"), SYSTEM)
        assert next(events(answer))["decisions"] == 1


def test_a_stream_that_is_closed_is_closed_here_too(listening: Listening) -> None:
    for _ in range(3):
        with opened(listening) as answer:
            assert answer.status_code == 200
            until(lambda: listening.streams == [1])
        until(lambda: listening.streams == [0])


def test_strangers_get_no_stream(listening: Listening) -> None:
    answer = httpx2.get(f"{listening.url}/api/stream", timeout=20, trust_env=False)
    assert answer.status_code == 401
    assert listening.streams == [0]


def test_the_stream_of_someone_who_may_no_longer_read_ends(listening: Listening) -> None:
    alice = Actor("alice", "Alice", "owner")
    with listening.workspace.books.change() as book:
        key, row = make_key(book, "reader", "viewer", alice)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.stream("GET", f"{listening.url}/api/stream", headers=headers, timeout=20, trust_env=False) as answer:
        until(lambda: listening.streams == [1])
        with listening.workspace.books.change() as book:
            revoke_key(book, row.id, alice)
        for _ in answer.iter_lines():
            pass
    until(lambda: listening.streams == [0])
