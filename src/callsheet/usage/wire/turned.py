"""Why a whole request is turned away. Each protocol says it in its own form."""

from __future__ import annotations


class Turned(Exception):
    """A request of which nothing is taken: HTTP status, a code, a sentence, seconds to wait (0: do not try again)."""

    def __init__(self, status: int, code: str, words: str, wait: int = 0) -> None:
        super().__init__(words)
        self.status, self.code, self.words, self.wait = status, code, words, wait
