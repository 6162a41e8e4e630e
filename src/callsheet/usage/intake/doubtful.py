"""Requests that were answered with an error though their events may have been stored: sent again, they get the same
ids, so that no event without an id of its own counts twice."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from callsheet.usage.wire.calls import Call

MOST = 10_000
"""Requests remembered; the oldest are forgotten first."""
LONGEST = 3600.0
"""Seconds for which one is remembered."""


class Doubtful:
    """The stems of ids by what was sent. Empty as long as nothing goes wrong, and then asking costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stems: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def stem_of(self, source: str, call: Call) -> str:
        """Return the stem that the same request got before; empty when it is new."""
        self._forget()
        return self._stems.get(_print(source, call), ("", 0.0))[0] if self._stems else ""

    def note(self, source: str, call: Call, stem: str) -> None:
        """Remember a request that is likely to come again."""
        self._stems[_print(source, call)] = (stem, self._clock())
        self._forget()

    def settle(self, source: str, call: Call) -> None:
        """Forget a request that was stored in the end: the next one like it is another one."""
        if self._stems:
            self._stems.pop(_print(source, call), None)

    def _forget(self) -> None:
        while self._stems:
            _, noted = next(iter(self._stems.values()))
            if len(self._stems) <= MOST and noted > self._clock() - LONGEST:
                return
            self._stems.popitem(last=False)


def _print(source: str, call: Call) -> bytes:
    return hashlib.sha256(b"\0".join((source.encode(), call.path.encode(), call.body))).digest()
