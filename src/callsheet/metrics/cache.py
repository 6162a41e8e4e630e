"""Answers kept for as long as neither facts nor decisions change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 4096
_LOCK = threading.Lock()


def cached(store: dict[Any, Any], key: Hashable, compute: Callable[[], T]) -> T:
    """Return what was computed under `key`, computing it once; the oldest of more than MOST is dropped.

    `store` is the workspace's own; keys hold the data version, so nothing is ever stale.
    """
    with _LOCK:
        kept: OrderedDict[Hashable, Any] = store.setdefault("answers", OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]  # type: ignore[no-any-return]
    answer = compute()
    with _LOCK:
        kept[key] = answer
        while len(kept) > MOST:
            kept.popitem(last=False)
    return answer
