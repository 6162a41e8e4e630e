"""The newest events of the sample company, sent through the stream as clients send them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from callsheet.model.intake import Merge, Parcel, Refused, Trait
from callsheet.model.sample import Company
from callsheet.store.warehouse import Rows
from callsheet.store.workspace import Workspace
from callsheet.usage.records import EventRule, EventSource

DAYS = 7
"""Days up to today whose events come through the stream."""
_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
_AGAIN, _BROKEN, _PROBED = 41, 53, 7
"""One of so many parcels is repeated, comes with an event of nobody, or with a visit of the uptime check."""
_WITHOUT_USER = "The event does not say whose it is."
_Row = dict[str, Any]


class Live:
    """Give it every table of facts on its way in (`before`), then let it `send` what it held back."""

    def __init__(self, company: Company) -> None:
        self.since = company.today - timedelta(days=DAYS)
        self._late: list[pa.Table] = []
        self._known: list[pa.Table] = []

    def before(self, table: str, rows: Rows) -> Rows:
        """Return the rows without the newest events."""
        if table != "events" or not isinstance(rows, pa.Table):
            return rows
        late = pc.greater_equal(rows["occurred_at"], pa.scalar(self.since, pa.timestamp("us")))
        early = rows.filter(pc.invert(late))
        self._late.append(rows.filter(late))
        self._known.append(early.filter(pc.equal(early["event"], "$identify")).drop_columns(["feature", "product"]))
        return early

    def send(self, workspace: Workspace) -> None:
        """Send the newest events, and who turned out to be who; all of it is settled at the end."""
        with workspace.books.read() as book:
            sources = {source.kind: source.id for source in book.all(select(EventSource))}
            rule = next((one.id for one in book.all(select(EventRule)) if one.action == "block"), "")
        parcels = sorted(self._parcels(sources, rule), key=lambda one: one.received_at)
        taken = [workspace.stream.put(parcel) for parcel in parcels]
        for one in taken:
            one.result()
        workspace.stream.settle()

    def _parcels(self, sources: dict[str, str], rule: str) -> Iterator[Parcel]:
        late = [_sourced(row, sources) for table in self._late for row in table.to_pylist()]
        late.sort(key=itemgetter("source", "occurred_at", "event_id"))
        known = [_sourced(row, sources) for table in self._known for row in table.to_pylist()]
        for row in known:
            parcel = Parcel(row["source"], row["occurred_at"] + timedelta(seconds=1))
            _told(parcel, row)
            yield parcel
        minutes = groupby(late, key=lambda row: (row["source"], row["occurred_at"].replace(second=0)))
        for number, ((source, minute), rows) in enumerate(minutes):
            parcel = _parcel(source, minute, list(rows))
            if number % _PROBED == 0 and source == sources["browser"]:
                parcel.set_aside[f"blocked:{rule}"] = 1
            if number % _BROKEN == 0 and source == sources["segment"]:
                parcel.refused.append(_refused(minute))
            yield parcel
            if number % _AGAIN == 0:
                yield _parcel_again(parcel)


def _sourced(row: _Row, sources: dict[str, str]) -> _Row:
    """Say which source a row comes from: the site before anybody is known, else the app that its client names."""
    said = json.loads(row["properties"])
    site = row["event"] in ("$pageview", "$identify", "signed_up")
    kind = "browser" if site else "segment" if said["$lib"] == "mobile" else "posthog"
    return row | {"source": sources[kind], "said": said}


def _parcel(source: str, minute: datetime, rows: list[_Row]) -> Parcel:
    parcel = Parcel(source, max(row["occurred_at"] for row in rows) + timedelta(seconds=1 + minute.minute % 3))
    for row in rows:
        parcel.event_id.append(row["event_id"])
        parcel.moment.append((row["occurred_at"] - _EPOCH) // _MICROSECOND)
        for name in ("event", "distinct_id", "account_id", "session_id", "properties"):
            getattr(parcel, name).append(row[name] or "")
        if row["event"] == "$identify":
            _told(parcel, row)
    return parcel


def _parcel_again(parcel: Parcel) -> Parcel:
    """A client that got no answer in time sends the same once more."""
    names = ("event_id", "moment", "event", "distinct_id", "account_id", "session_id", "properties")
    again = Parcel(parcel.source, parcel.received_at + timedelta(seconds=20))
    for name in names:
        setattr(again, name, list(getattr(parcel, name)))
    return again


def _told(parcel: Parcel, row: _Row) -> None:
    """Put in who turned out to be who, and what was said of them."""
    said, moment, key, whom = row["said"], row["occurred_at"], row["event_id"], row["distinct_id"]
    parcel.merges.append(Merge(said["$anon_distinct_id"], whom, "identify", key, moment))
    traits = {**said["$set"], "first_browser": said["$browser"], "sign_up_plan": said["plan"]}
    for name, value in traits.items():
        parcel.traits.append(Trait("person", whom, name, json.dumps(value), moment, event_id=key))


def _refused(minute: datetime) -> Refused:
    """A beta of the mobile app that forgets who is signed in."""
    raw = {
        "type": "track", "event": "board_opened", "timestamp": f"{minute:%Y-%m-%dT%H:%M:%SZ}",
        "context": {"app": {"version": "9.4.0-beta.2"}, "os": {"name": "Android"}}, "properties": {"screen": "board"},
    }  # fmt: skip
    return Refused(json.dumps(raw), "no_user", _WITHOUT_USER)
