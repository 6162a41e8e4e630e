"""Pieces of work side by side: machine code holds no lock, so that threads use all cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")
WORKERS = max(1, min(4, os.cpu_count() or 1))


@lru_cache(maxsize=1)
def _pool(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a forked process needs its own
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="histories")


def in_order(do: Callable[[S], T], given: Iterable[S]) -> Iterator[T]:
    """Yield what `do` makes of each, in order; few more are under way than there are workers. Work on a single one
    is done here. `do` must not come back to this function."""
    rest = iter(given)
    first = list(_take(rest, 2))
    if len(first) < 2 or WORKERS == 1:
        yield from map(do, first)
        yield from map(do, rest)
        return
    pool = _pool(os.getpid())
    waiting: deque[Future[T]] = deque(pool.submit(do, one) for one in (*first, *_take(rest, 2 * WORKERS - 2)))
    try:
        while waiting:
            found = waiting.popleft().result()
            waiting.extend(pool.submit(do, one) for one in _take(rest, 1))
            yield found
    finally:
        for one in waiting:
            one.cancel()


def _take(rest: Iterator[S], most: int) -> Iterator[S]:
    for _, one in zip(range(most), rest, strict=False):
        yield one
