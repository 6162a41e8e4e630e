"""The stream of events: parcels from many threads, group commits by one, and what follows from them.

`put` gives a future that is done when the parcel is on the disk. One thread takes whatever is waiting, as one group,
into one transaction; the busier it gets, the larger the groups. Another brings up to date what follows from new rows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future
from math import ceil
from typing import Protocol, TypeAlias

from callsheet.base.errors import Busy, CallsheetError
from callsheet.model.intake import Parcel, Taken
from callsheet.store.grouping import check

log = logging.getLogger("callsheet.stream")
MOST_WAITING = 64 * 2**20
"""Bytes of events that may wait, about 100,000 events of usual size."""
MOST_IN_GROUP = 20_000
PAUSE = 0.5
"""Seconds between a commit and the settling of what follows from it, so that many commits are settled at once."""
MOST_PAUSE = 1.0
"""The same, when settling takes long: events wait while it does."""
LOOK = 5.0
"""Seconds after which to look for events that others than the stream brought in."""
TELL = 60.0
"""Least seconds between two growths of the facts' version because of the stream."""
_EVENT_BYTES = 400
"""What an event takes up beside its properties, while it waits."""
_Waiting: TypeAlias = tuple[Parcel, "Future[Taken]", int]


class Sink(Protocol):
    """Where the stream flows: an engine's part. `store` is called from one thread only."""

    def store(self, parcels: list[Parcel]) -> list[Taken]:
        """Store all of it in one transaction, on the disk when this returns; an error stores nothing."""

    def settle(self) -> bool:
        """Bring up to date what follows from new rows; whether there were any."""

    @property
    def behind(self) -> bool:
        """Whether `settle` left something for the next time, to be short."""

    def tell(self) -> None:
        """Let the version of the facts grow, for those who look at it."""


class Stream:
    """See the module. Threads are started by the first `put`, or by `start`."""

    def __init__(self, sink: Sink, most_waiting: int = MOST_WAITING, pause: float = PAUSE) -> None:
        self.sink = sink
        self._most, self._pause = most_waiting, pause
        self._queue: deque[_Waiting] = deque()
        self._weight, self._speed = 0, float(MOST_WAITING)
        self._changed = threading.Condition()
        self._closed = False
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._committed = threading.Event()
        self._settling = threading.Lock()
        self._told, self._untold = -TELL, False

    def put(self, parcel: Parcel) -> Future[Taken]:
        """Hand a parcel over; the future is done after its commit, or carries why nothing of it was stored.

        Busy (nothing was taken, with the seconds to wait) when too much is waiting or the stream is being closed.
        """
        check(parcel)
        weight = len(parcel) * _EVENT_BYTES + sum(map(len, parcel.properties))
        weight += sum(len(refused.raw) + _EVENT_BYTES for refused in parcel.refused)
        future: Future[Taken] = Future()
        future.set_running_or_notify_cancel()
        with self._changed:
            if self._closed:
                raise Busy("The server is stopping.", 5)
            if self._queue and self._weight + weight > self._most:
                raise Busy("More events are waiting than can be stored now.", self._wait())
            if not self._threads:
                self._start()
            self._queue.append((parcel, future, weight))
            self._weight += weight
            self._changed.notify()
        return future

    def start(self) -> None:
        """Start the threads now: what a killed process left unsettled is settled."""
        with self._changed:
            if not self._threads and not self._closed:
                self._start()

    def settle(self) -> None:
        """Settle what is committed, in the caller's thread, and let the version grow if anything was new."""
        with self._settling:
            self._untold |= self.sink.settle()
            self._tell()

    def close(self) -> None:
        """Store and settle what was handed over, then stop. What is put from now on is refused."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._stopping.set()
        self._committed.set()
        for thread in self._threads:
            thread.join()

    @property
    def waiting(self) -> int:
        """How many parcels are waiting."""
        return len(self._queue)

    def _wait(self) -> int:
        """Seconds until what is waiting now will have been stored, by the speed of late."""
        return max(1, min(60, ceil(self._weight / self._speed)))

    def _start(self) -> None:
        for name, run in (("stream", self._store), ("settler", self._follow)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _store(self) -> None:
        try:
            self.sink.store([])  # what is to be known beforehand is read now, not while the first parcel waits
        except Exception as why:
            log.warning("the stream will be opened with the first parcel: %s", why)
        while group := self._next():
            begin = time.monotonic()
            self._carry(group)
            weight = sum(one[2] for one in group)
            self._speed = 0.8 * self._speed + 0.2 * weight / max(time.monotonic() - begin, 1e-3)
            with self._changed:
                self._weight -= weight

    def _next(self) -> list[_Waiting]:
        """Wait, and return what is waiting; nothing when the stream is closed and empty."""
        group: list[_Waiting] = []
        events = 0
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            while self._queue and events < MOST_IN_GROUP:
                group.append(self._queue.popleft())
                events += len(group[-1][0])
        return group

    def _carry(self, group: list[_Waiting]) -> None:
        """Store a group and say so. A parcel that no column can hold keeps the others of its group from nothing."""
        try:
            taken = self.sink.store([parcel for parcel, _, _ in group])
        except (ValueError, TypeError, OverflowError) as why:
            if len(group) == 1:
                log.exception("a parcel cannot be stored")
                group[0][1].set_exception(why)
                return
            for one in group:
                self._carry([one])
        except BaseException as why:
            log.warning("%d parcels could not be stored: %s", len(group), why)
            for _, future, _ in group:
                future.set_exception(why)
        else:
            self._committed.set()
            for (_, future, _), what in zip(group, taken, strict=True):
                future.set_result(what)

    def _follow(self) -> None:
        while not self._closed:
            begin = time.monotonic()
            self._carefully()
            took = time.monotonic() - begin
            self._committed.wait(0 if self.sink.behind else LOOK)
            self._committed.clear()
            self._stopping.wait(min(max(self._pause, 2 * took), MOST_PAUSE))
        self._threads[0].join()
        self._carefully()

    def _carefully(self) -> None:
        try:
            with self._settling:
                self._untold |= self.sink.settle()
                if time.monotonic() - self._told >= TELL or self._closed:
                    self._tell()
        except CallsheetError as why:
            log.warning("settling will be tried again: %s %s", why, why.mend)
        except Exception:
            log.exception("settling will be tried again")

    def _tell(self) -> None:
        if self._untold:
            self._told, self._untold = time.monotonic(), False
            self.sink.tell()
