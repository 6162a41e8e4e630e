"""Heavy work that is no question: imports, and builds of what questions read. It takes memory of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[int], None]
_LOCK = threading.Lock()
_LISTENERS: list[Listener] = []
_count = 0


@contextmanager
def heavy_work() -> Iterator[None]:
    """Say that heavy work is under way in this process."""
    _change(1)
    try:
        yield
    finally:
        _change(-1)


def heavy_works() -> int:
    """Return how many are under way."""
    return _count


def listen(told: Listener) -> None:
    """Have `told` called with how many are under way whenever that changes; it must not wait."""
    _LISTENERS.append(told)


def _change(by: int) -> None:
    global _count
    with _LOCK:
        _count += by
        for told in _LISTENERS:
            told(_count)
