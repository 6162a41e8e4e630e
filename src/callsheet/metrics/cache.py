"""Answers kept for as long as what they rest on does not change: the facts, and the book where they read it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
MOST = 4096
_Keys: TypeAlias = tuple[Hashable, Hashable]
_LOCK = threading.Lock()
_reads_book: ContextVar[bool] = ContextVar("reads_book", default=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Any
    reads_book: bool


def note_book() -> None:
    """Say that what is being computed rests on the book, and not on the facts alone."""
    _reads_book.set(True)


def cached(
    store: dict[Any, Any], key: Hashable, compute: Callable[[], T], book: Hashable = None, most: int = MOST
) -> T:
    """Return what was computed under `key`, computing it once; the oldest of more than `most` is dropped.

    `store` is the workspace's own; keys hold the data version, so nothing is ever stale. `book` is the
    version of the book: it joins the key of those answers only that read the book, so that a decision
    does not throw away what rests on facts. Two who ask at once wait for one computation.
    """
    keys: _Keys = ((key, None), (key, book))
    with _LOCK:
        kept: OrderedDict[Hashable, _Kept] = store.setdefault("answers", OrderedDict())
        under_way: dict[Hashable, threading.RLock] = store.setdefault("under_way", {})
        found = _find(kept, keys)
        turn = under_way.setdefault(keys[1], threading.RLock())
    try:
        if found is None:
            with turn:
                found = _kept_or_computed(kept, keys, compute, most)
    finally:
        with _LOCK:
            under_way.pop(keys[1], None)
    if found.reads_book:
        note_book()
    return found.answer  # type: ignore[no-any-return]


def _kept_or_computed(kept: OrderedDict[Hashable, _Kept], keys: _Keys, compute: Callable[[], Any], most: int) -> _Kept:
    with _LOCK:
        found = _find(kept, keys)
    if found is None:
        found = _computed(compute)
        with _LOCK:
            kept[keys[1] if found.reads_book else keys[0]] = found
            while len(kept) > most:
                kept.popitem(last=False)
    return found


def _find(kept: OrderedDict[Hashable, _Kept], keys: _Keys) -> _Kept | None:
    for key in keys:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    return None


def _computed(compute: Callable[[], Any]) -> _Kept:
    token = _reads_book.set(False)
    try:
        answer = compute()
        return _Kept(answer, _reads_book.get())
    finally:
        _reads_book.reset(token)
