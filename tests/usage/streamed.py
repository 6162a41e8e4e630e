"""Putting events into a workspace as its stream does."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta
from typing import Any

from callsheet.model.identity import merge_key
from callsheet.model.intake import Merge, Parcel, Refused, Taken, Trait
from callsheet.store.workspace import Workspace

DAY = datetime(2026, 11, 10)
_numbers = itertools.count()


def moment(hour: float) -> datetime:
    """So many hours after DAY."""
    return DAY + timedelta(hours=hour)


class Streamed:
    """Short ways to send something; `hour` counts from DAY."""

    def __init__(self, workspace: Workspace, source: str = "web") -> None:
        self.workspace, self.source = workspace, source

    def put(self, parcel: Parcel) -> Taken:
        taken = self.workspace.stream.put(parcel).result(20)
        self.workspace.stream.settle()
        return taken

    def did(self, who: str, event: str = "did", hour: float = 0, account: str = "", **properties: Any) -> Taken:
        parcel = Parcel(self.source, moment(hour))
        parcel.event_id.append(f"event-number-{next(_numbers):08d}")
        parcel.moment.append((moment(hour) - datetime(1970, 1, 1)) // timedelta(microseconds=1))
        parcel.event.append(event)
        parcel.distinct_id.append(who)
        parcel.account_id.append(account)
        parcel.session_id.append("")
        parcel.properties.append(json.dumps(properties))
        return self.put(parcel)

    def merged(self, from_id: str, into_id: str, how: str = "identify", hour: float = 0) -> str:
        one = Merge(from_id, into_id, how, f"e-{from_id}-{into_id}", moment(hour))
        parcel = Parcel(self.source, moment(hour), merges=[one])
        self.put(parcel)
        return merge_key(one)

    def told(self, unit: str, unit_id: str, hour: float = 0, once: bool = False, **values: Any) -> None:
        said = [
            Trait(unit, unit_id, name, json.dumps(value), moment(hour), once, f"t{next(_numbers)}")
            for name, value in values.items()
        ]
        self.put(Parcel(self.source, moment(hour), traits=said))

    def refused(self, raw: str) -> None:
        self.put(Parcel(self.source, DAY, refused=[Refused(raw, "no_event", "The event has no name.")]))
