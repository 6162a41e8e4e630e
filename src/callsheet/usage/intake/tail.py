"""What comes in, for those who watch: a short buffer each, which loses the oldest and says how much.

Nothing is done here while nobody watches, and only a reference is kept for each parcel when somebody does.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from callsheet.model.intake import Parcel
from callsheet.usage.wire import moments

MOST_PARCELS = 200
MOST_AT_ONCE = 200
"""Events told in one go."""
_MOST_WATCHING = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see: all that is empty matches everything; `event` without regard to case."""

    source: str = ""
    event: str = ""
    person: str = ""


@dataclass(slots=True)
class Watcher:
    """One who watches. `lost` counts events that came too fast to be kept for them."""

    wanted: Wanted
    kept: deque[Parcel] = field(default_factory=deque)
    lost: int = 0

    def push(self, parcel: Parcel) -> None:
        """Keep a parcel, and let go of the oldest when there are too many."""
        if self.wanted.source not in ("", parcel.source):
            return
        self.kept.append(parcel)
        if len(self.kept) > MOST_PARCELS:
            old = self.kept.popleft()
            self.lost += len(old) + len(old.refused)

    def news(self) -> tuple[list[dict[str, Any]], int]:
        """Return what came in since, the newest MOST_AT_ONCE of it, and how many events are not among them."""
        found: deque[dict[str, Any]] = deque(maxlen=MOST_AT_ONCE)
        lost, self.lost = self.lost, 0
        while self.kept:
            for one in _told(self.kept.popleft(), self.wanted):
                lost += len(found) == MOST_AT_ONCE
                found.append(one)
        return list(found), lost


class Tail:
    """Everybody who watches."""

    def __init__(self) -> None:
        self._watching: list[Watcher] = []

    def push(self, parcel: Parcel) -> None:
        """Show a parcel that was stored."""
        for watcher in self._watching:
            watcher.push(parcel)

    @property
    def full(self) -> bool:
        """Whether as many watch as may."""
        return len(self._watching) >= _MOST_WATCHING

    @contextmanager
    def watch(self, wanted: Wanted) -> Iterator[Watcher]:
        """Watch until the block ends."""
        watcher = Watcher(wanted)
        self._watching = [*self._watching, watcher]
        try:
            yield watcher
        finally:
            self._watching = [one for one in self._watching if one is not watcher]


def _told(parcel: Parcel, wanted: Wanted) -> Iterator[dict[str, Any]]:
    received = parcel.received_at.isoformat()
    for place, name in enumerate(parcel.event):
        whom = parcel.distinct_id[place]
        if _fits(wanted.event, name) and wanted.person in ("", whom):
            yield {
                "state": "stored", "source": parcel.source, "received_at": received, "event": name,
                "event_id": parcel.event_id[place], "distinct_id": whom, "account_id": parcel.account_id[place],
                "occurred_at": moments.to(parcel.moment[place]).isoformat(),
                "properties": json.loads(parcel.properties[place]),
            }  # fmt: skip
    for refused in parcel.refused:
        if _fits(wanted.event, refused.raw) and (not wanted.person or wanted.person in refused.raw):
            yield {
                "state": "refused", "source": parcel.source, "received_at": received, "code": refused.code,
                "reason": refused.reason, "raw": refused.raw[:2000],
            }  # fmt: skip
    for outcome, amount in parcel.set_aside.items() if wanted.event == wanted.person == "" else ():
        yield {
            "state": "set_aside", "source": parcel.source, "received_at": received, "code": outcome, "amount": amount,
        }  # fmt: skip


def _fits(wanted: str, name: str) -> bool:
    return wanted.lower() in name.lower()
