"""The worker: turns log entries into consequences, sends what is due, keeps the findings current."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from callsheet.base.errors import CallsheetError
from callsheet.base.time import utc_now
from callsheet.model.actor import SYSTEM, Actor
from callsheet.store.book import sqlite_url
from callsheet.store.workspace import Workspace

if TYPE_CHECKING:
    from callsheet.store.jobs import JobContext, Jobs

log = logging.getLogger("callsheet.worker")
PAUSE = 2.0
DAILY = "17 3 * * *"


def spare_compiler() -> None:
    """Have detectors' compiled functions run in a process that ends after them, until somebody asks a question: a server
    that nobody asks need not hold the compiler in memory."""
    from callsheet.base.compiled import compute_elsewhere
    from callsheet.store.helper import Helper

    compute_elsewhere(Helper().run)


class Worker:
    """One thread beside the server, or one `pump()` after a command."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._pumping = threading.Lock()
        self._thread: threading.Thread | None = None
        self._seen: tuple[int, int, str] | None = None
        self._minute: datetime | None = None
        self._warmed: tuple[int, int, str] | None = None

    def wake(self) -> None:
        """Something was changed."""
        self._wake.set()

    def pump(self) -> None:
        """Carry out everything that is due, once: consequences, deliveries, findings."""
        from callsheet.findings.lifecycle import refresh
        from callsheet.loop.reactions import react
        from callsheet.people.sending import send_queued
        from callsheet.people.sync import apply_project

        with self._pumping:
            if self._present() == self._seen:
                return
            apply_project(self.workspace)
            settled = self._present()
            while react(self.workspace):
                settled = self._present()
            send_queued(self.workspace)
            refresh(self.workspace)
            self._seen = settled  # what came in while the findings were looked at is taken up by the next round

    def _present(self) -> tuple[int, int, str]:
        now = self.workspace.now().strftime("%Y-%m-%dT%H")
        return self.workspace.facts.version, self.workspace.books.version, now

    def start(self) -> None:
        """Run until stopped, waking at every change."""
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way and stop."""
        self._stopped.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=30)

    def _send_sheets(self) -> None:
        """Queue the sheets that are due and try again what could not be sent, looked at once a minute."""
        from callsheet.people.sending import send_queued
        from callsheet.sheet.sending import send_due

        minute = self.workspace.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            send_due(self.workspace)
            with self._pumping:
                send_queued(self.workspace)

    def warm(self) -> None:
        """Compose the weekly sheet, so that its next reader finds every answer kept."""
        from callsheet.metrics.reader import reading
        from callsheet.sheet.compose import compose

        with reading(self.workspace) as reader:
            compose(reader, "weekly")

    def _warm_anew(self) -> None:
        if self._warmed != (present := self._present()):
            self._warmed = present
            self.warm()

    def _run(self) -> None:
        self._carefully(self.warm)
        while not self._stopped.is_set():
            for part in (self._send_sheets, self.pump, self._warm_anew):
                self._carefully(part)
            self._wake.wait(PAUSE)
            self._wake.clear()

    @staticmethod
    def _carefully(part: Callable[[], None]) -> None:
        """Do one part of the work; what breaks in it, such as a section of the sheet, holds up no other."""
        try:
            part()
        except CallsheetError as why:
            log.warning("the worker will try again: %s %s", why, why.mend)
        except Exception:
            log.exception("the worker will try again")


def jobs_of(workspace: Workspace, worker: Worker) -> Jobs:
    """Return the jobs of a server: syncs by name and by schedule, the removal of persons and of old raw input."""
    from callsheet.stack.sync import run_source
    from callsheet.store.jobs import DbosJobs

    url = workspace.config.store.book
    jobs = DbosJobs(sqlite_url(workspace.state / "jobs.sqlite") if url == "sqlite" else url)

    def sync(ctx: JobContext, source: str, actor: dict[str, str] | None = None, **_: Any) -> None:
        run_source(workspace, source, ctx.progress, Actor(**actor) if actor else SYSTEM)
        worker.wake()

    def delete_person(ctx: JobContext, deletion: str) -> None:
        from callsheet.usage.actions.deletions import carry_out

        carry_out(workspace, deletion, ctx.progress)
        worker.wake()

    def forget_raw(_: JobContext) -> None:
        from callsheet.store.retention import forget_raw

        forget_raw(workspace, utc_now())

    jobs.register("sync", sync)
    jobs.register("delete_person", delete_person)
    jobs.register("forget_raw", forget_raw)
    if workspace.config.usage.keep_raw_days:
        jobs.schedule("forget_raw", DAILY)
    for source in workspace.config.sources:
        if source.schedule:
            jobs.schedule("sync", source.schedule, source=source.name)
    return jobs
