"""A sync asked for twice runs once, in the name of the one who asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callsheet.base.config import Config, Source
from callsheet.store.jobs import JobStatus
from callsheet.store.workspace import Workspace


@dataclass
class Queue:
    """Keeps what was started; the same key is the same job."""

    started: dict[str, dict[str, Any]] = field(default_factory=dict)
    state: Any = "queued"

    def start(self, name: str, key: str | None = None, **args: Any) -> str:
        job = f"{name}:{key or len(self.started)}"
        self.started.setdefault(job, args)
        return job

    def status(self, job_id: str) -> JobStatus:
        return JobStatus(job_id, "sync", self.state)


def test_a_second_click_joins_the_queued_job(clients: Any, workspace: Workspace) -> None:
    workspace.config = Config(folder=workspace.folder, sources=(Source(name="files", kind="files", path="x"),))
    clients.services.jobs = queue = Queue()
    first, second = (clients.bob.post("/api/sources/files/syncs").json()["job_id"] for _ in range(2))
    assert first == second
    assert [given["actor"]["id"] for given in queue.started.values()] == ["bob"]
    queue.state = "failed"
    assert clients.bob.post("/api/sources/files/syncs").json()["job_id"] != first
