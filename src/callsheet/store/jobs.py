"""Jobs: named functions that run apart from requests, in durable steps, once or by schedule.

The rest of Callsheet knows `Jobs` and `JobContext`; DBOS is behind them, keeping its state in
`jobs.sqlite` in the workspace folder or in Postgres. A process that is killed in the middle of a job
goes on, at the next start, with the step that was not finished: finished steps are not run again and
give their recorded result. A step that was cut off is run again, so a step must be idempotent.
"""

from __future__ import annotations

import asyncio
import builtins
import contextvars
import hashlib
import json
import logging
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

from callsheet.base.errors import BadInput, CallsheetError, NotFound

if TYPE_CHECKING:
    from dbos import WorkflowStatus

T = TypeVar("T")
State = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: dict[str, State] = {
    "ENQUEUED": "queued",
    "DELAYED": "queued",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}
# Raise it when the order of steps in an existing job changes: unfinished jobs of an older number are
# left alone instead of being replayed against steps that no longer match.
VERSION = "1"
WRITERS = "writers"
READERS = "readers"
PROGRESS = "progress"
PROGRESS_EVERY = 0.25  # seconds between two notes of progress from inside a step


class JobFailed(CallsheetError):
    """A job could not run, or failed with an error whose own class cannot be kept on disk."""

    code = "job_failed"
    mend = "Mend what the message names, then start it again; finished steps are not repeated."


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands. `done` of `total` units; times are naive UTC, None when not reached."""

    id: str
    name: str
    state: State
    done: int = 0
    total: int | None = None
    note: str = ""
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class JobContext(Protocol):
    """What a job's function is given as its first argument."""

    @property
    def job_id(self) -> str:
        """The id by which `Jobs.status` finds this job."""

    def step(self, name: str, fn: Callable[..., T], *args: Any) -> T:
        """Run `fn(*args)` and keep its result: it is not run again when the job resumes."""

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the job is; cheap enough for every batch."""


class Jobs(Protocol):
    """The port: register functions, start them now or by the clock, see how they do."""

    def register(self, name: str, fn: Callable[..., object], *, writes: bool = True) -> None:
        """Name a job's function, `fn(ctx, **args)`. Jobs that write run one at a time."""

    def start(self, name: str, key: str | None = None, **args: Any) -> str:
        """Queue a job and return its id. The same name and key is the same job, run once."""

    def status(self, job_id: str) -> JobStatus:
        """Where the job stands; NotFound when there is no such job."""

    def list(self, limit: int = 50) -> builtins.list[JobStatus]:
        """The newest jobs first."""

    def schedule(self, name: str, cron: str, **args: Any) -> None:
        """Start the job at every time of a cron expression in UTC (five fields, or six with seconds)."""

    def launch(self) -> None:
        """Begin to run: unfinished jobs resume, queued ones start."""

    def close(self) -> None:
        """Stop after the running steps; what is left resumes at the next launch."""


class Job(NamedTuple):
    """A registered function and the queue it runs on."""

    fn: Callable[..., object]
    queue: str


class Timetable(NamedTuple):
    """A job to start by the clock."""

    name: str
    cron: str
    args: dict[str, Any]

    @property
    def key(self) -> str:
        """The same job with other arguments is another entry of the timetable."""
        if not self.args:
            return self.name
        told = json.dumps(self.args, sort_keys=True, default=str)
        return f"{self.name}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


class DbosContext:
    """`JobContext` in a DBOS workflow."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self._noted = 0.0

    def step(self, name: str, fn: Callable[..., T], *args: Any) -> T:
        """Run `fn(*args)` as a durable step."""
        from dbos import DBOS

        return DBOS.run_step({"name": name}, kept(fn), *args)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Record progress; from inside a step at most every quarter of a second, and always the last."""
        from dbos import DBOS

        moment = time.monotonic()
        # Only inside a step: between steps every note is itself recorded, in order, and may not be left out.
        if DBOS.step_id is not None and moment - self._noted < PROGRESS_EVERY and done != total:
            return
        self._noted = moment
        DBOS.set_event(PROGRESS, {"done": done, "total": total, "note": note})


class DbosJobs:
    """`Jobs` on DBOS 3. One per process at a time: DBOS keeps its state in module globals.

    `url` is an SQLAlchemy address, e.g. `sqlite:///folder/jobs.sqlite`. `executor` names this process
    among several on one Postgres; a process resumes the jobs of its own name.
    """

    _here = threading.Lock()

    def __init__(self, url: str, executor: str = "local") -> None:
        self._url = url
        self._executor = executor
        self._jobs: dict[str, Job] = {}
        self._timetable: dict[str, Timetable] = {}
        self._launched = False
        self._running = 0
        self._count = threading.Condition()
        self._work: Callable[..., None] | None = None
        self._tick: Callable[..., None] | None = None

    def register(self, name: str, fn: Callable[..., object], *, writes: bool = True) -> None:
        """Name a job's function; before or after launch."""
        self._jobs[name] = Job(fn, WRITERS if writes else READERS)

    def start(self, name: str, key: str | None = None, **args: Any) -> str:
        """Queue a job; see `Jobs.start`."""
        from dbos import DBOS, SetWorkflowID

        job = self._job(name)
        if self._work is None:
            raise JobFailed("Jobs are not running in this process. Call launch() first.")
        with SetWorkflowID(f"{name}:{key}") if key is not None else nullcontext():
            return apart(DBOS.enqueue_workflow, job.queue, self._work, name, args).workflow_id

    def status(self, job_id: str) -> JobStatus:
        """Where the job stands."""
        from dbos import DBOS

        found = apart(lambda: DBOS.list_workflows(workflow_ids=[job_id]))
        if not found:
            raise NotFound(f"There is no job {job_id}.")
        return _status(found[0])

    def list(self, limit: int = 50) -> builtins.list[JobStatus]:
        """The newest jobs first."""
        from dbos import DBOS

        found = apart(lambda: DBOS.list_workflows(limit=limit, sort_desc=True))
        return [_status(each) for each in found]

    def schedule(self, name: str, cron: str, **args: Any) -> None:
        """Start the job by the clock; at launch, schedules of before that are not named again are dropped."""
        from croniter import croniter

        if not croniter.is_valid(cron, second_at_beginning=True):
            raise BadInput(f"The schedule {cron!r} of job {name} is not a cron expression.", "Write it like 0 6 * * *.")
        entry = Timetable(name, cron, args)
        self._timetable[entry.key] = entry
        if self._launched:
            apart(self._apply, entry)

    def launch(self) -> None:
        """Open the job database, resume what was cut off, start the queues and the clock."""
        from dbos import DBOS

        if not self._here.acquire(blocking=False):
            raise JobFailed("Jobs are already running in this process. Close the other workspace first.")
        try:
            apart(self._open, DBOS)
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            self._here.release()
            raise
        self._launched = True

    def _open(self, dbos: Any) -> None:
        logging.getLogger("dbos").addHandler(logging.NullHandler())  # else DBOS writes to stderr itself
        dbos(
            config={
                "name": "callsheet",
                "system_database_url": self._url,
                "application_version": VERSION,
                "executor_id": self._executor,
                "log_level": "ERROR",
                "enable_otlp": False,
                "scheduler_polling_interval_sec": 1.0,
            }
        )
        self._work = dbos.workflow(name="callsheet.job")(self._work_of())
        self._tick = dbos.workflow(name="callsheet.tick")(self._tick_of())
        dbos.launch()
        dbos.register_queue(WRITERS, global_concurrency=1, polling_interval_sec=0.2, on_conflict="always_update")
        dbos.register_queue(READERS, worker_concurrency=4, polling_interval_sec=0.2, on_conflict="always_update")
        for known in dbos.list_schedules():
            if known["schedule_name"] not in self._timetable:
                dbos.delete_schedule(known["schedule_name"])
        for entry in self._timetable.values():
            self._apply(entry)

    def close(self, wait: float = 10.0) -> None:
        """Stop. Jobs that are running get `wait` seconds to end; the rest resume at the next launch."""
        from dbos import DBOS

        if not self._launched:
            return
        with self._count:
            self._count.wait_for(lambda: self._running == 0, timeout=wait)
        self._launched = False
        self._work = self._tick = None
        DBOS.destroy(destroy_registry=True)
        self._here.release()

    def _apply(self, entry: Timetable) -> None:
        from dbos import DBOS

        assert self._tick is not None  # noqa: S101 launched, so it is set
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": entry.key,
                    "workflow_fn": self._tick,
                    "schedule": entry.cron,
                    "context": {"name": entry.name, "args": entry.args},
                    "queue_name": self._job(entry.name).queue,
                }
            ]
        )

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            known = ", ".join(sorted(self._jobs)) or "none"
            raise NotFound(f"No job is named {name}.", f"Registered jobs: {known}.")
        return self._jobs[name]

    def _run(self, name: str, args: dict[str, Any]) -> None:
        from dbos import DBOS

        with self._count:
            self._running += 1
        try:
            kept(self._job(name).fn)(DbosContext(str(DBOS.workflow_id)), **args)
        finally:
            with self._count:
                self._running -= 1
                self._count.notify_all()

    def _work_of(self) -> Callable[[str, dict[str, Any]], None]:
        def work(name: str, args: dict[str, Any]) -> None:
            self._run(name, args)

        return work

    def _tick_of(self) -> Callable[[datetime, dict[str, Any]], None]:
        def tick(_due: datetime, context: dict[str, Any]) -> None:
            self._run(context["name"], context["args"])

        return tick


def apart(fn: Callable[..., T], *args: Any) -> T:
    """`fn(*args)`, in a thread of its own when an event loop runs in this one, where DBOS refuses to work."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return fn(*args)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, fn, *args).result()


def kept(fn: Callable[..., T]) -> Callable[..., T]:
    """`fn`, whose errors can be kept on disk: one that pickle cannot restore becomes `JobFailed`."""

    def careful(*args: Any, **named: Any) -> T:
        try:
            return fn(*args, **named)
        except Exception as error:
            if _keeps(error):
                raise
            raise JobFailed(f"{type(error).__name__}: {error}") from error

    return careful


def _keeps(error: Exception) -> bool:
    try:
        return str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 our own bytes, just made
    except Exception:
        return False


def _status(flow: WorkflowStatus) -> JobStatus:
    from dbos import DBOS

    args: tuple[Any, ...] = flow.input["args"] if flow.input else ()
    name = args[0] if flow.name == "callsheet.job" else args[1]["name"]
    noted = apart(DBOS.get_all_events, flow.workflow_id).get(PROGRESS, {})
    state = STATES[flow.status]
    begun = flow.dequeued_at if state != "queued" else None
    return JobStatus(
        id=flow.workflow_id,
        name=name,
        state=state,
        done=noted.get("done", 0),
        total=noted.get("total"),
        note=noted.get("note", ""),
        error=_message(flow, state),
        started_at=_moment(begun),
        finished_at=_moment(flow.completed_at),
    )


def _message(flow: WorkflowStatus, state: State) -> str | None:
    if flow.error is None:
        return "The job was started again too often without an end." if state == "failed" else None
    error = flow.error
    told = str(error) if isinstance(error, CallsheetError | JobFailed) else f"{type(error).__name__}: {error}"
    return f"{told} {error.mend}" if isinstance(error, CallsheetError) else told


def _moment(epoch_ms: int | None) -> datetime | None:
    return None if epoch_ms is None else datetime.fromtimestamp(epoch_ms / 1000, UTC).replace(tzinfo=None)
