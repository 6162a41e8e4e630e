"""Limits of answering: how long, how much memory, how many at once, and how an asker takes a question back.

Threads cannot be ended from outside, so the work asks `Ask.check` between its steps; the one who waits need not
wait for that: `Ask.check` tells them as well.

No system says which thread holds how much memory, only what the process does. So a question is held to its limit by what
the process has gained since its turn came, and one that had others beside it to as many limits as there were questions
at once: each of them may have taken its own. Strangers' pages are held to one limit whatever questions are beside them,
and end before any question of a member does. An import, or a build of what questions read, has another limit of its own
(`base.working`), also a build that a question waits for.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from callsheet.base.compiled import compiling_seconds, compute_here
from callsheet.base.config import UsageSettings
from callsheet.base.errors import Conflict, NotFound, Stopped, TooManyTries, TooMuch
from callsheet.base.ids import new_id
from callsheet.base.working import heavy_works, listen
from callsheet.usage.questions.turns import Group, Place, Turns

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


class _Here(threading.local):
    """What this thread does: the question whose turn it is."""

    ask: Ask | None = None


_HERE = _Here()
_LOCK = threading.Lock()
_UNDER_WAY: list[Ask] = []
"""Questions whose turn has come, of members and of strangers."""


@dataclass(slots=True, eq=False)
class Ask:
    """One question that is being answered. The clock starts when its turn comes, and stands still while machine code is
    made, as for the first question of a kind on a machine.

    `beside` is the most questions that were under way at once since then, itself counted, `works` the most imports and
    builds; `crowded` says that it has to end because a member's question needs the memory. One that `waits` for its turn
    takes none.
    """

    id: str
    actor: str
    limits: UsageSettings
    began: float = field(default_factory=time.monotonic)
    memory: int = field(default_factory=own_memory)
    stopped: bool = False
    stranger: bool = False
    beside: int = 1
    works: int = 0
    crowded: bool = False
    waits: bool = False
    compiling: float = field(default_factory=compiling_seconds)

    def start(self) -> None:
        """Its turn has come."""
        self.began, self.memory, self.waits = time.monotonic(), own_memory(), False
        self.compiling = compiling_seconds()
        with _LOCK:
            self.works = heavy_works()
            _UNDER_WAY.append(self)
            for one in _UNDER_WAY:
                one.beside = max(one.beside, len(_UNDER_WAY))

    def end(self) -> None:
        """It is under way no longer."""
        with _LOCK:
            if self in _UNDER_WAY:
                _UNDER_WAY.remove(self)

    def check(self) -> None:
        """Raise when the question was taken back, when time is up, or when it takes too much memory (see above)."""
        if self.stopped:
            raise Stopped("The question was taken back.")
        compiling = compiling_seconds() - self.compiling
        if time.monotonic() - self.began - compiling > self.limits.answer_seconds:
            words = f"The question takes longer than {self.limits.answer_seconds} seconds."
            raise TooMuch(words, "Ask for a shorter span, fewer events, or add a filter.")
        self._check_memory()

    def _check_memory(self) -> None:
        most = self.limits.answer_memory_mb * ((1 if self.stranger else self.beside) + self.works)
        if self.waits or (not self.crowded and own_memory() - self.memory <= most * 1_000_000):
            return
        if not self.stranger and _crowd_out():
            return
        words = f"The question takes more than {most} MB of memory."
        if self.beside > 1:
            words = f"This question and others at the same time take more than {most} MB of memory."
        elif self.works:
            words = f"This question and an import or build at the same time take more than {most} MB of memory."
        raise TooMuch(words, "Ask for a shorter span, fewer events, or add a filter.")


def _note_works(count: int) -> None:
    with _LOCK:
        for one in _UNDER_WAY:
            one.works = max(one.works, count)


listen(_note_works)


def _crowd_out() -> bool:
    """Let strangers' pages end at their next step. Whether there were any."""
    with _LOCK:
        found = [one for one in _UNDER_WAY if one.stranger]
    for one in found:
        one.crowded = True
    return bool(found)


@dataclass(frozen=True, slots=True)
class Running(Generic[T]):
    """A question under way, and where its answer will be. `give_up` takes it back: its place is free at once if it waits,
    else when its work comes to the next step."""

    ask: Ask
    future: Future[T]
    give_up: Callable[[], None]


class Asks:
    """The questions under way in this process, of members or of strangers."""

    def __init__(self, at_once: int, *, strangers: bool = False) -> None:
        self._strangers = strangers
        self._turns = Turns(at_once)
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answers")
        self._lock = threading.Lock()
        self._known: dict[str, Ask] = {}

    def run(
        self, work: Callable[[Ask], T], actor: str, limits: UsageSettings, ask_id: str = "",
        groups: tuple[Group, ...] = (),
    ) -> Running[T]:  # fmt: skip
        """Start work on a question, or let it wait for its turn. Conflict when the id is in use, TooManyTries when too
        many wait, at all or of one of its groups.

        Somebody waits for the answer, so compiled functions run in this process from now on.
        """
        compute_here()
        ask = Ask(ask_id or new_id("ask"), actor, limits, stranger=self._strangers, waits=True)
        with self._lock:
            if ask.id in self._known:
                raise Conflict(f"There is a question {ask.id} under way already.", "Give each question its own id.")
            if len(self._known) >= MOST_WAITING:
                raise TooManyTries("Too many questions are waiting for an answer.", "Try again in a moment.")
            self._known[ask.id] = ask
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # it is taken back by `stop` only
        try:
            place = self._turns.join(lambda: self._pool.submit(self._answer, work, ask, future), groups)
        except TooManyTries:
            self._forget(ask)
            raise
        future.add_done_callback(lambda _: self._turns.leave(place) if place.under_way else None)
        return Running(ask, future, lambda: self._give_up(ask, place, future))

    def _give_up(self, ask: Ask, place: Place, future: Future[T]) -> None:
        ask.stopped = True
        if self._turns.give_up(place):
            self._forget(ask)
            future.set_exception(Stopped("The question was taken back."))

    @contextmanager
    def leisurely(self, limits: UsageSettings) -> Iterator[Ask]:
        """Take a turn in this thread for a question that nobody waits for: after those of people, and one place is left
        free for these. It waits no longer than a question may take, then it goes on beside them. Inside a turn it is
        part of the question whose turn it is."""
        if _HERE.ask is not None:
            yield _HERE.ask
            return
        ask = Ask(new_id("ask"), "", limits, waits=True)
        came = threading.Event()
        place = self._turns.join(came.set, leisurely=True)
        try:
            came.wait(limits.answer_seconds)
            ask.start()
            _HERE.ask = ask
            yield ask
        finally:
            _HERE.ask = None
            ask.end()
            self._turns.leave(place)

    def _answer(self, work: Callable[[Ask], T], ask: Ask, future: Future[T]) -> None:
        found: Any = None
        failed: BaseException | None = None
        try:
            ask.check()
            ask.start()
            _HERE.ask = ask
            found = work(ask)
        except StopIteration as why:  # asyncio cannot hand it on: whoever asked would wait for nothing
            failed = RuntimeError("The work of a question ended before its answer.")
            failed.__cause__ = why
        except BaseException as why:
            failed = why
        try:
            _HERE.ask = None
            ask.end()
            self._forget(ask)
            future.set_result(found) if failed is None else future.set_exception(failed)
        finally:
            del failed, future  # the frames of the work, which may hold much

    def _forget(self, ask: Ask) -> None:
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
"""Those of members, and of alerts, which nobody waits for."""
STRANGERS = Asks(1, strangers=True)
"""Those of shared pages. Strangers wait for one another, and no member waits for them."""
