"""The sources that may send, by their keys: kept in memory, and looked up anew when the book has changed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from callsheet.base.time import utc_now
from callsheet.store.book import Books
from callsheet.usage.intake.limits import Bucket
from callsheet.usage.records import EventRule, EventSource
from callsheet.usage.wire.gathering import From
from callsheet.usage.wire.ruling import Rule, Ruling

FRESH = 0.5
"""Seconds for which nobody asks whether the book has changed."""


@dataclass(slots=True)
class Live:
    """A source that may send. `bucket` outlives changes of the book that leave the rate as it is."""

    origin: From
    name: str
    state: str
    write_key: str
    old_key: str = ""
    old_key_until: datetime | None = None
    bucket: Bucket = field(default_factory=lambda: Bucket(0))

    def takes(self, key: str) -> bool:
        """Whether a key is the present one, or the one before while both hold."""
        if key == self.write_key:
            return True
        return bool(key) and key == self.old_key and self.old_key_until is not None and utc_now() < self.old_key_until


class Known:
    """Sources by key and by id. `refresh` may wait for the database and runs in any thread; looking up does not."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._lock = threading.Lock()
        self._version, self._looked = -1, float("-inf")
        self._by_key: dict[str, Live] = {}
        self._by_id: dict[str, Live] = {}
        self.touched: Counter[str] = Counter()
        """Events that each rule changed or kept out since the server was started, by the rule's id."""

    @property
    def stale(self) -> bool:
        """Whether the book should be asked again."""
        return time.monotonic() - self._looked > FRESH

    @property
    def unsure(self) -> bool:
        """Whether the book must be asked before anybody is answered: it never was, or something was just changed."""
        return self._looked == float("-inf")

    def expire(self) -> None:
        """Ask the book before the next answer."""
        self._looked = float("-inf")

    def by_key(self, key: str) -> Live | None:
        """Return the source of a key; None when there is none."""
        found = self._by_key.get(key)
        return found if found is not None and found.takes(key) else None

    def by_id(self, source_id: str) -> Live | None:
        """Return a source that was not removed."""
        return self._by_id.get(source_id)

    def refresh(self) -> None:
        """Read sources and rules again if the book has changed since."""
        with self._lock:
            begin = time.monotonic()
            version = self._books.version
            if version != self._version:
                self._read()
            self._version, self._looked = version, begin

    def _read(self) -> None:
        with self._books.read() as book:
            sources = book.all(select(EventSource).where(EventSource.removed_at.is_(None)))
            enabled = select(EventRule).where(EventRule.enabled.is_(True))
            rules = book.all(enabled.order_by(EventRule.position, EventRule.id))
        found = {row.id: self._live(row, rules) for row in sources}
        self._by_id = found
        self._by_key = {key: live for live in found.values() for key in (live.old_key, live.write_key) if key}

    def _live(self, row: EventSource, rules: list[EventRule]) -> Live:
        own = tuple(rule_of(rule) for rule in rules if rule.source in ("", row.id))
        keys = tuple(key for key in (row.write_key, row.old_key) if key)
        mapping = {name: str(path) for name, path in row.mapping.items()}
        origin = From(row.id, row.kind, keys, row.product, mapping, Ruling(own, row.share, self.touched))
        before = self._by_id.get(row.id)
        bucket = before.bucket if before and before.bucket.rate == row.rate else Bucket(row.rate)
        return Live(origin, row.name, row.state, row.write_key, row.old_key, row.old_key_until, bucket)


def rule_of(row: EventRule) -> Rule:
    """Return a rule of the book as it is applied."""
    return Rule(
        row.id, row.action, row.event, row.property, row.op, row.value, row.target, row.argument, row.share, row.salt
    )
