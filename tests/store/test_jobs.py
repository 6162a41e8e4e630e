"""Jobs on DBOS with SQLite: they run, tell, fail visibly, resume after a kill, and start by the clock."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.base.errors import BadInput, NotFound
from callsheet.store.jobs import DbosJobs, JobContext, JobFailed, JobStatus, kept


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[DbosJobs]:
    """A port whose jobs are kept in a temporary folder; the test launches it."""
    port = DbosJobs(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    yield port
    port.close()


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def ended(jobs: DbosJobs, job_id: str) -> JobStatus:
    """The status of a job that has come to an end."""
    until(lambda: jobs.status(job_id).state not in ("queued", "running"))
    return jobs.status(job_id)


def test_a_job_runs_its_steps_and_tells_how_far_it_is(jobs: DbosJobs) -> None:
    seen: list[int] = []

    def double(ctx: JobContext, numbers: list[int]) -> None:
        for place, number in enumerate(numbers, 1):
            seen.append(ctx.step(f"double-{place}", lambda n: 2 * n, number))
            ctx.progress(place, len(numbers), f"doubled {number}")

    jobs.register("double", double)
    jobs.launch()
    done = ended(jobs, jobs.start("double", numbers=[1, 2, 3]))
    assert seen == [2, 4, 6]
    assert (done.name, done.state, done.done, done.total, done.note) == ("double", "done", 3, 3, "doubled 3")
    assert done.error is None
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.started_at <= done.finished_at
    assert done.started_at.tzinfo is None


def test_the_same_key_is_the_same_job(jobs: DbosJobs) -> None:
    runs: list[int] = []
    jobs.register("sync", lambda _ctx, n: runs.append(n))
    jobs.launch()
    first = jobs.start("sync", key="git", n=1)
    assert jobs.start("sync", key="git", n=2) == first
    ended(jobs, first)
    ended(jobs, jobs.start("sync", n=3))
    assert runs == [1, 3]
    assert len(jobs.list()) == 2


def test_a_failure_is_seen_with_its_message_and_mend(jobs: DbosJobs) -> None:
    def fail(ctx: JobContext) -> None:
        ctx.step("read", refuse)

    def refuse() -> None:
        raise BadInput("Line 7 has no date.", "Give every line a date.")

    jobs.register("import", fail)
    jobs.launch()
    status = ended(jobs, jobs.start("import"))
    assert status.state == "failed"
    assert status.error == "Line 7 has no date. Give every line a date."


def test_an_error_that_cannot_be_kept_leaves_its_name_and_message(jobs: DbosJobs) -> None:
    class Odd(Exception):
        """Local classes cannot be pickled."""

    def fail(_ctx: JobContext) -> None:
        raise Odd("the pipe broke")

    jobs.register("odd", fail)
    jobs.launch()
    assert str(ended(jobs, jobs.start("odd")).error).startswith("Odd: the pipe broke")


def test_writers_run_one_at_a_time(jobs: DbosJobs) -> None:
    inside: list[int] = [0]
    most: list[int] = [0]

    def write(_ctx: JobContext) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.1)
        inside[0] -= 1

    jobs.register("write", write)
    jobs.launch()
    for job_id in [jobs.start("write") for _ in range(3)]:
        assert ended(jobs, job_id).state == "done"
    assert most == [1]


def test_progress_inside_a_step_keeps_the_last_note(jobs: DbosJobs) -> None:
    def pages(ctx: JobContext) -> None:
        ctx.step("all", read, ctx)

    def read(ctx: JobContext) -> None:
        for n in range(1, 501):
            ctx.progress(n, 500, f"page {n}")

    jobs.register("pages", pages)
    jobs.launch()
    status = ended(jobs, jobs.start("pages"))
    assert (status.done, status.total, status.note) == (500, 500, "page 500")


def test_a_schedule_starts_its_job_and_is_dropped_when_not_named_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.sqlite'}"
    ticks: list[str] = []
    first = DbosJobs(url)
    first.register("tick", lambda _ctx, who: ticks.append(who))
    first.schedule("tick", "* * * * * *", who="clock")
    first.launch()
    until(lambda: len(ticks) >= 2)
    first.close()
    assert set(ticks) == {"clock"}

    second = DbosJobs(url)
    second.register("tick", lambda _ctx, who: ticks.append(f"{who} again"))
    second.launch()
    time.sleep(2.5)
    second.close()
    assert ticks.count("clock again") <= 1  # at most the one that was due at the close


def test_a_wrong_schedule_is_refused(jobs: DbosJobs) -> None:
    with pytest.raises(BadInput, match="every morning"):
        jobs.schedule("tick", "every morning")


def test_unknown_names_and_ids_are_refused(jobs: DbosJobs) -> None:
    jobs.register("known", lambda _ctx: None)
    with pytest.raises(JobFailed, match="launch"):
        jobs.start("known")
    jobs.launch()
    with pytest.raises(NotFound, match="nothing-like-it"):
        jobs.start("nothing-like-it")
    with pytest.raises(NotFound, match="no job 123"):
        jobs.status("123")


def test_a_second_port_in_this_process_is_refused(jobs: DbosJobs, tmp_path: Path) -> None:
    jobs.launch()
    with pytest.raises(JobFailed, match="already running"):
        DbosJobs(f"sqlite:///{tmp_path / 'other.sqlite'}").launch()


def test_kept_leaves_errors_that_can_be_kept() -> None:
    def fail() -> None:
        raise BadInput("wrong", "right it")

    with pytest.raises(BadInput) as raised:
        kept(fail)()
    assert raised.value.mend == "right it"


def test_a_server_may_use_it_from_its_event_loop(jobs: DbosJobs) -> None:
    """A server launches jobs in its start-up coroutine, where DBOS itself refuses to work."""

    seen: list[int] = []

    async def serve() -> JobStatus:
        jobs.register("work", lambda _ctx, n: seen.append(n))
        jobs.schedule("work", "0 0 1 1 *", n=1)
        jobs.launch()
        jobs.schedule("work", "0 0 1 1 *", n=2)
        job_id = jobs.start("work", key="k", n=3)
        while jobs.status(job_id).state in ("queued", "running"):
            await asyncio.sleep(0.05)
        assert [each.id for each in jobs.list()] == ["work:k"]
        return jobs.status(job_id)

    assert asyncio.run(serve()).state == "done"
    assert seen == [3]


THREE_STEPS = """
import os, sys, time
from pathlib import Path
from callsheet.store.jobs import DbosJobs

folder = Path(sys.argv[1])

def note(line):
    with (folder / "log").open("a") as log:
        log.write(line + "\\n")
        log.flush()
        os.fsync(log.fileno())
    return line

def second():
    note("two begun")
    if not (folder / "killed").exists():
        time.sleep(60)
    return note("two ended")

def work(ctx):
    results = [ctx.step("one", note, "one"), ctx.step("two", second), ctx.step("three", note, "three")]
    note("results " + ",".join(results))

jobs = DbosJobs(f"sqlite:///{folder / 'jobs.sqlite'}")
jobs.register("work", work)
jobs.launch()
job_id = jobs.start("work", key="once")
while jobs.status(job_id).state in ("queued", "running"):
    time.sleep(0.05)
note("state " + jobs.status(job_id).state)
jobs.close()
"""


def test_a_killed_process_resumes_at_the_unfinished_step(tmp_path: Path) -> None:
    """kill -9 in step two of three: step one keeps its result, two runs again, three runs once."""
    log = tmp_path / "log"

    def lines() -> list[str]:
        return log.read_text().splitlines() if log.exists() else []

    first = run(tmp_path)
    try:
        until(lambda: "two begun" in lines(), 40)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert lines() == ["one", "two begun"]
    (tmp_path / "killed").touch()
    second = run(tmp_path)
    assert second.wait(60) == 0
    assert lines()[2:] == ["two begun", "two ended", "three", "results one,two ended,three", "state done"]


def run(folder: Path) -> subprocess.Popen[Any]:
    """Run the three steps in a process of their own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen([sys.executable, "-c", THREE_STEPS, str(folder)], env=environment)
