"""Limits of answering: how long, how much memory, how many at once, and how an asker takes a question back.

Threads cannot be ended from outside, so the work asks `Ask.check` between its steps; the one who waits need not
wait for that: `Ask.check` tells them as well.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from callsheet.base.compiled import compute_here
from callsheet.base.config import UsageSettings
from callsheet.base.errors import Conflict, NotFound, Stopped, TooManyTries, TooMuch
from callsheet.base.ids import new_id

T = TypeVar("T")
MOST_WAITING = 64
"""Questions that may wait for their turn; more are refused at once."""
_STATM = Path("/proc/self/statm")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def own_memory() -> int:
    """Return the bytes this process holds itself, without mapped files; 0 where the system does not say."""
    try:
        _, resident, shared, *_ = _STATM.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE


@dataclass(slots=True)
class Ask:
    """One question that is being answered. The clock starts when its turn comes."""

    id: str
    actor: str
    limits: UsageSettings
    began: float = field(default_factory=time.monotonic)
    memory: int = field(default_factory=own_memory)
    stopped: bool = False

    def start(self) -> None:
        """Its turn has come."""
        self.began, self.memory = time.monotonic(), own_memory()

    def check(self) -> None:
        """Raise when the question was taken back, when time is up, or when it takes too much memory.

        Memory is what the whole process has gained since the question's turn came.
        """
        if self.stopped:
            raise Stopped("The question was taken back.")
        if time.monotonic() - self.began > self.limits.answer_seconds:
            words = f"The question takes longer than {self.limits.answer_seconds} seconds."
            raise TooMuch(words, "Ask for a shorter span, fewer events, or add a filter.")
        if own_memory() - self.memory > self.limits.answer_memory_mb * 1_000_000:
            words = f"The question takes more than {self.limits.answer_memory_mb} MB of memory."
            raise TooMuch(words, "Ask for a shorter span, fewer events, or add a filter.")


@dataclass(frozen=True, slots=True)
class Running(Generic[T]):
    """A question under way, and where its answer will be."""

    ask: Ask
    future: Future[T]


class Asks:
    """The questions under way in this process."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answers")
        self._lock = threading.Lock()
        self._known: dict[str, Ask] = {}

    def run(self, work: Callable[[Ask], T], actor: str, limits: UsageSettings, ask_id: str = "") -> Running[T]:
        """Start work on a question, or let it wait for its turn. Conflict when the id is in use.

        Somebody waits for the answer, so compiled functions run in this process from now on.
        """
        compute_here()
        ask = Ask(ask_id or new_id("ask"), actor, limits)
        with self._lock:
            if ask.id in self._known:
                raise Conflict(f"There is a question {ask.id} under way already.", "Give each question its own id.")
            if len(self._known) >= MOST_WAITING:
                raise TooManyTries("Too many questions are waiting for an answer.", "Try again in a moment.")
            self._known[ask.id] = ask
        return Running(ask, self._pool.submit(self._answer, work, ask))

    def _answer(self, work: Callable[[Ask], T], ask: Ask) -> T:
        try:
            ask.check()
            ask.start()
            return work(ask)
        except StopIteration as why:  # asyncio cannot hand it on: whoever asked would wait for nothing
            raise RuntimeError("The work of a question ended before its answer.") from why
        finally:
            with self._lock:
                del self._known[ask.id]

    def stop(self, ask_id: str, actor: str) -> None:
        """Take a question back; NotFound unless it is under way and the actor's own."""
        with self._lock:
            ask = self._known.get(ask_id)
        if ask is None or ask.actor != actor:
            raise NotFound(f"There is no question {ask_id} under way.", "It has been answered, or was taken back.")
        ask.stopped = True

    def under_way(self) -> list[str]:
        """Return the ids of questions that are not answered yet."""
        with self._lock:
            return list(self._known)


ASKS = Asks(max(2, os.cpu_count() or 2))
STRANGERS = Asks(1)
"""Those of shared pages. Strangers wait for one another, and no member waits for them."""
