"""Many threads use the warehouse's file at once; one may exchange it, when the others are done for a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Thread:
    depth: int = 0


class Gate:
    """Who uses the file goes through `use`, which may be nested; who exchanges it, through `alone`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._own = threading.local()
        self._users, self._shut = 0, False

    @contextmanager
    def use(self) -> Iterator[None]:
        """Use the file. Waits while it is being exchanged, unless this thread uses it already."""
        mine = self._mine()
        with self._changed:
            if not mine.depth:
                self._changed.wait_for(lambda: not self._shut)
                self._users += 1
            mine.depth += 1
        try:
            yield
        finally:
            with self._changed:
                mine.depth -= 1
                self._users -= not mine.depth
                self._changed.notify_all()

    @contextmanager
    def alone(self, patience: float) -> Iterator[bool]:
        """Let nobody begin, and go on when all are done, or after so many seconds; gives whether all are. One at a
        time, and not inside `use`."""
        with self._changed:
            self._shut = True
            done = self._changed.wait_for(lambda: not self._users, patience)
        try:
            yield done
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()

    @contextmanager
    def quiet(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait for a moment at which nobody uses it, however long that takes and letting others begin meanwhile, and let
        nobody begin until the end. `waiting` is called after each second of it, and may raise. Not inside `use`."""
        while not self._shut_when_free():
            waiting()
        try:
            yield
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()

    def _shut_when_free(self) -> bool:
        with self._changed:
            free = self._changed.wait_for(lambda: not self._users and not self._shut, 1.0)
            self._shut = self._shut or free
            return free

    def _mine(self) -> _Thread:
        if not hasattr(self._own, "thread"):
            self._own.thread = _Thread()
        found: _Thread = self._own.thread
        return found
