"""A process beside this one that runs compiled functions for it, so that their compiler is not loaded here.

It begins with the first call and ends when none has come for a while. What it can not take over runs here, as without it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from callsheet.base.compiled import Compiled, compute_here

MOST = 32_000_000
"""Bytes of arrays that are handed over with one call. Who has more can spare the compiler's memory, and not the time."""
PATIENCE = 20.0
"""Seconds without a call after which the process ends."""
BEGIN = "from callsheet.store.helper import serve; serve()"
"""Run with -P: a workspace is where servers are begun, and its files are data, not modules."""


class Helper:
    """`run` is given to `compute_elsewhere`. One call at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, function: Compiled, given: tuple[Any, ...]) -> Any:
        """Run the function in the process, and bring its changes into the arrays given."""
        given = _joined(given, {})
        arrays = list(_arrays(given))
        if sum(one.nbytes for one in arrays) <= MOST and not _shared(arrays):
            with self._lock:
                told = self._told(pickle.dumps((function, given), pickle.HIGHEST_PROTOCOL))
            if told is not None:
                found, changed = told
                for place, array in changed.items():
                    arrays[place][...] = array
                return found
        compute_here()  # it would be loaded here from now on anyhow
        return function.machine(*given)

    def close(self) -> None:
        """End the process, if it runs."""
        with self._lock:
            self._end()

    def _told(self, question: bytes) -> tuple[Any, dict[int, NDArray[Any]]] | None:
        """The answer; None when there is none, for whatever reason: then the call is to be made here."""
        for _ in range(2):  # the process may have ended just now
            try:
                process = self._running()
                _put(_end_of(process.stdin), question)
                answer = _get(_end_of(process.stdout))
            except OSError:
                answer = b""
            if answer:
                found: tuple[Any, dict[int, NDArray[Any]]] | None = pickle.loads(answer)  # noqa: S301 - our own process
                return found
            self._end()
        return None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen([sys.executable, "-P", "-c", BEGIN], stdin=pipe, stdout=pipe)
            threading.Thread(target=self._follow, args=(self._process,), name="helper-end", daemon=True).start()
        return self._process

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        """Leave nothing open of a process that ended by itself."""
        process.wait()
        with self._lock:
            if self._process is process:
                self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                _close(pipe)
            self._process = None


def _arrays(given: Any) -> Iterator[NDArray[Any]]:
    """The arrays among arguments, also those in tuples, in order."""
    if isinstance(given, np.ndarray):
        yield given
    elif isinstance(given, tuple):
        for one in given:
            yield from _arrays(one)


def _joined(given: Any, seen: dict[tuple[object, ...], NDArray[Any]]) -> Any:
    """The same arguments, with one object for all views of just the same numbers: as such it arrives over there."""
    if isinstance(given, np.ndarray):
        return seen.setdefault((given.ctypes.data, given.shape, given.strides, given.dtype.str), given)
    if isinstance(given, tuple):
        parts = [_joined(one, seen) for one in given]
        return type(given)(*parts) if hasattr(given, "_fields") else tuple(parts)
    return given


def _shared(arrays: list[NDArray[Any]]) -> bool:
    """Whether a change of one would be seen in another: that is lost on the way, unless they are the same object."""
    return any(
        one is not other and np.may_share_memory(one, other) and (one.flags.writeable or other.flags.writeable)
        for one, other in combinations(arrays, 2)
    )


def _end_of(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    with suppress(OSError):  # what was to be written is lost with the process
        _end_of(pipe).close()


def _put(pipe: IO[bytes], words: bytes) -> None:
    pipe.write(len(words).to_bytes(8, "big"))
    pipe.write(words)
    pipe.flush()


def _get(pipe: IO[bytes]) -> bytes:
    return pipe.read(int.from_bytes(pipe.read(8), "big"))


def serve() -> None:
    """Answer calls until the other side is gone or silent. What fails is answered with None, and fails there again."""
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while True:
        silence = threading.Timer(PATIENCE, os._exit, (0,))
        silence.daemon = True
        silence.start()
        question = _get(asked)
        silence.cancel()
        if not question:
            return
        answer = pickle.dumps(_answer(*pickle.loads(question)), pickle.HIGHEST_PROTOCOL)  # noqa: S301 - as above
        try:
            _put(told, answer)
        except OSError:  # nobody waits for it any more
            os._exit(0)


def _answer(function: Compiled, given: tuple[Any, ...]) -> tuple[Any, dict[int, NDArray[Any]]] | None:
    arrays = list(_arrays(given))
    before = [one.copy() if one.flags.writeable else one for one in arrays]
    try:
        found = function.machine(*given)
    except Exception:
        return None
    changed = {
        place: now
        for place, (now, old) in enumerate(zip(arrays, before, strict=True))
        if now is not old and now.tobytes() != old.tobytes()
    }
    return found, changed
