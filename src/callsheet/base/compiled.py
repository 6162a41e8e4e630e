"""Functions over arrays, compiled to machine code: here, or in another process for a while.

numba and its compiler take 100 to 200 MB once they are loaded, and keep them. So a server lets another process run
what its detectors need (`store.helper`), until somebody asks a question.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., object])


_ALL: list[Compiled] = []
_kept = True
"""Whether machine code is written to the disk."""


class Compiled:
    """A function compiled when it is first called; the machine code is kept on disk, where a folder can be written and
    there is room."""

    def __init__(self, function: Callable[..., object]) -> None:
        update_wrapper(self, function)
        self._plain = function
        _ALL.append(self)

    @cached_property
    def machine(self) -> Any:
        """The function as numba compiles it: no Python objects inside, no lock held while it runs, no fast-math."""
        import numba

        _teach_numba()
        try:
            return numba.njit(self._plain, cache=_kept, nogil=True)
        except RuntimeError:  # neither beside the source nor in the user's folder
            return numba.njit(self._plain, nogil=True)

    def __call__(self, *given: Any) -> Any:
        """Run it, wherever it is to run now."""
        if _elsewhere is not None:
            return _elsewhere(self, given)
        machine = self.machine
        try:
            return machine(*given)
        except OSError:  # before it ran: nothing inside touches files, but its machine code could not be written
            if _kept:
                _keep_no_more()
            if self.machine is machine:
                raise
            return self.machine(*given)

    def __reduce__(self) -> tuple[Any, ...]:
        return _named, (self._plain.__module__, self._plain.__qualname__)


Elsewhere = Callable[[Compiled, tuple[Any, ...]], Any]
_elsewhere: Elsewhere | None = None


def compiled(function: F) -> F:
    """Compile with numba. Nothing is loaded or compiled before the first call, which takes 0.5 s, and half a second
    more for each function that runs for the very first time on a machine."""
    made: F = Compiled(function)  # type: ignore[assignment]
    return made


def compute_elsewhere(run: Elsewhere) -> None:
    """Have `run` called for compiled functions from now on, with the arguments. It changes arrays among them alike."""
    global _elsewhere
    _elsewhere = run


def compute_here() -> None:
    """Run compiled functions in this process from now on."""
    global _elsewhere
    _elsewhere = None


def _keep_no_more() -> None:
    """Compile for this process only, from now on: the disk is full."""
    global _kept
    _kept = False
    for one in _ALL:
        one.__dict__.pop("machine", None)


def _named(module: str, name: str) -> Any:
    __import__(module)
    return getattr(sys.modules[module], name)


class _Compiling:
    """How long this process has compiled; numba compiles one function at a time."""

    def __init__(self) -> None:
        self.past, self.since, self._depth = 0.0, 0.0, 0

    def begin(self) -> None:
        """Something begins to be compiled, maybe within something else."""
        if not self._depth:
            self.since = time.monotonic()
        self._depth += 1

    def end(self) -> None:
        """It is ready."""
        self._depth -= 1
        if not self._depth:
            self.past, self.since = self.past + time.monotonic() - self.since, 0.0


_COMPILING = _Compiling()


def compiling_seconds() -> float:
    """Return for how long this process has compiled until now: what takes longer the first time on a machine."""
    since = _COMPILING.since
    return _COMPILING.past + (time.monotonic() - since if since else 0.0)


def _teach_numba() -> None:
    """Let compiled functions call each other: numba takes one in another for its machine code. And look how long it
    compiles."""
    from numba.core import event, types
    from numba.extending import typeof_impl

    class Told(event.Listener):
        def on_start(self, event: Any) -> None:  # noqa: ARG002
            _COMPILING.begin()

        def on_end(self, event: Any) -> None:  # noqa: ARG002
            _COMPILING.end()

    if Compiled not in typeof_impl.registry:
        event.register("numba:compile", Told())  # type: ignore[no-untyped-call]
        typeof_impl.register(Compiled)(lambda one, _: types.Dispatcher(one.machine))
