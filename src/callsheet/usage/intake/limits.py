"""How many events a second a source may send."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

BURST = 2.0
"""Seconds of events that may come at once."""
LONGEST = 3600


class Bucket:
    """Tokens that come at `rate` a second and are spent by events; 0 is no limit. One event loop's or one thread's.

    A request is let in while any token is left, and may spend more than there are: those after it wait longer. So a
    batch is never split, and none is too large to be ever let in.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self._clock = rate, clock
        self._most = max(1.0, rate * BURST)
        self._tokens, self._moment = self._most, clock()

    def wait(self) -> int:
        """Return the seconds to wait until a request is let in; 0 when it is now."""
        if not self.rate:
            return 0
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._moment) * self.rate)
        self._moment = now
        return 0 if self._tokens > 0 else min(LONGEST, max(1, ceil((1 - self._tokens) / self.rate)))

    def spend(self, events: int) -> None:
        """Take the tokens of events that were let in."""
        if self.rate:
            self._tokens -= events
