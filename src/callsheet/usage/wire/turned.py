"""Why a whole request is turned away. Each protocol says it in its own form."""

from __future__ import annotations


class Turned(Exception):
    """A request of which nothing is taken: HTTP status, a code, a sentence, seconds to wait (0: do not try again).

    `read` is what of the body could be unpacked all the same; None when nothing was.
    """

    def __init__(self, status: int, code: str, words: str, wait: int = 0, read: bytes | None = None) -> None:
        super().__init__(words)
        self.status, self.code, self.words, self.wait, self.read = status, code, words, wait, read
