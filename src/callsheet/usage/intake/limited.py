"""Events of requests that came too often: counted with all others, though nothing is kept of them, as their sender is
asked to send them again."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from callsheet.base.errors import Busy
from callsheet.base.time import utc_now
from callsheet.model.intake import Parcel
from callsheet.store.stream import Stream
from callsheet.usage.intake.tail import Tail

log = logging.getLogger("callsheet.intake")
OUTCOME = "refused:rate_limited"
PAUSE = 0.2
"""Seconds for which counts are added up, so that a flood of requests does not become one of commits."""


class Limited:
    """Counts of one event loop, on their way into the stream."""

    def __init__(self, stream: Stream, tail: Tail) -> None:
        self._stream, self._tail = stream, tail
        self._amounts: Counter[str] = Counter()
        self._telling: asyncio.Task[None] | None = None

    def count(self, source: str, events: int) -> None:
        """Count events of a source that were not let in."""
        self._amounts[source] += events
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._amounts:
            await asyncio.sleep(PAUSE)
            source, amount = self._amounts.popitem()
            parcel = Parcel(source, utc_now(), set_aside={OUTCOME: amount})
            try:
                await asyncio.wrap_future(self._stream.put(parcel))
                self._tail.push(parcel)
            except Busy:
                self._amounts[source] += amount
            except Exception:
                log.exception("%d events that were not let in could not be counted", amount)
