"""Segment's HTTP Tracking API: /v1/{identify,track,page,screen,group,alias,batch}, and /v1/{i,t,p,s,g,a,b}.

Source: Segment, HTTP API reference, and the requests of segment-analytics-python 2.4 and @segment/analytics-node 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from callsheet.usage.wire import ids, moments
from callsheet.usage.wire.calls import Answer, Call, answered, given_key, nothing_taken
from callsheet.usage.wire.decoding import decoded, encoded
from callsheet.usage.wire.flattening import flattened
from callsheet.usage.wire.gathering import Gathering, Sent
from callsheet.usage.wire.turned import Turned

TYPES = ("identify", "track", "page", "screen", "group", "alias")
_KINDS = {
    f"/v1/{name}": kind for kind in (*TYPES, "batch") for name in (kind, kind[0])
}  # fmt: skip
"""Address -> type; Segment's own script for browsers knows them by their first letters."""
PATHS = tuple(_KINDS)
PIXELS = {f"/v1/pixel/{kind}": kind for kind in TYPES}
"""Address -> type, of events in the address of a GET."""
_KINDS |= PIXELS
MOST_EVENT, MOST_BATCH = 32 * 1024, 500 * 1024
_TOO_LARGE = f"An event may take {MOST_EVENT // 1024} KB."
_TOO_LARGE_BATCH = f"A batch may take {MOST_BATCH // 1024} KB."
_ALL_BAD = (413, 415)
"""What other protocols tell apart and Segment answers with 400: too large, and packed in a way that is not read."""
_NAMES = {"identify": "$identify", "page": "$pageview", "screen": "$screen", "group": "$groupidentify",
          "alias": "$create_alias"}  # fmt: skip


class _Sizes(msgspec.Struct):
    """A batch, only to see how large its events are."""

    batch: list[msgspec.Raw] = []


_sizes = msgspec.json.Decoder(_Sizes)


class Segment:
    """The protocol; see `calls.Speaks`."""

    def read(self, call: Call) -> Any:
        """Return the body's object."""
        batch = _KINDS[call.path] == "batch"
        document = decoded(call.body)
        if not isinstance(document, dict):
            raise Turned(400, "bad_json", "The body is not a JSON object.")
        if batch and not isinstance(document.get("batch"), list):
            raise Turned(400, "bad_batch", "A batch is a list of events under `batch`.")
        return document

    def key(self, call: Call, document: Any) -> str:
        """Return the key of the headers, else `writeKey` of the body."""
        return given_key(call) or (ids.text_of(document.get("writeKey")) if isinstance(document, dict) else "")

    def count(self, document: Any) -> int:
        """Return how many events a body holds."""
        batch = document.get("batch")
        return len(batch) if isinstance(batch, list) else 1

    def gather(self, call: Call, document: Any, into: Gathering) -> None:
        """Take a single event, or those of a batch with the batch's context below their own. Beyond 32 KB an event is
        refused, beyond 500 KB each event of the batch: so all of them are kept, and can be tried again one by one."""
        kind = _KINDS[call.path]
        if kind != "batch":
            self._fitting({**document, "type": kind}, {}, None, into, len(call.body))
            return
        context = document.get("context")
        shared = context if isinstance(context, dict) else {}
        sent = document.get("sentAt")
        if len(call.body) > MOST_BATCH:
            for event in document["batch"] or [call.body.decode(errors="replace")]:
                into.refuse(_whole(event, shared, sent), "too_large", _TOO_LARGE_BATCH, _known_as(event))
            return
        for event, size in zip(document["batch"], _sizes_of(call.body, document["batch"]), strict=True):
            self._fitting(event, shared, sent, into, size)

    def _fitting(self, event: Any, shared: dict[str, Any], sent: Any, into: Gathering, size: int) -> None:
        if size > MOST_EVENT:
            into.refuse(_whole(event, shared, sent), "too_large", _TOO_LARGE, _known_as(event))
        else:
            self.one(event, shared, sent, into)

    def one(self, event: Any, shared: dict[str, Any], sent: Any, into: Gathering) -> None:
        """Take one event."""
        if not isinstance(event, dict):
            into.refuse(event, "bad_event", "The event is not a JSON object.")
            return
        event.pop("writeKey", None)
        kind = event.get("type")
        make = _MAKES.get(kind) if isinstance(kind, str) else None
        if make is None:
            words = f"There is no type {ids.text_of(kind)[:40]!r}. Types: {', '.join(TYPES)}."
            into.refuse(event, "bad_type", words, event.get("messageId"))
            return
        if "sentAt" not in event and sent is not None:
            event["sentAt"] = sent
        context = event.get("context")
        own = context if isinstance(context, dict) else {}
        both = {**shared, **own} if shared else own
        try:
            made = make(event, both)
        except _Wrong as why:
            into.refuse(event, why.code, str(why), event.get("messageId"))
            return
        before = len(into.parcel)
        if not into.quick(made):
            into.take(made, lambda: {**event, "context": {**shared, **own}})
        if len(into.parcel) > before and (made.account_id or "groupId" not in both):
            into.parcel.follows.append(before)

    def answer(self, done: Gathering) -> Answer:
        """Answer 200, but 400 when an event was too large or none at all could be taken."""
        wrong = nothing_taken(done)
        if wrong is None and any(code == "too_large" for _, code, _ in done.refusals):
            wrong = Turned(400, "too_large", f"{_TOO_LARGE} The other events of the batch were taken.")
        return self.turn(wrong) if wrong else _TAKEN

    def turn(self, why: Turned) -> Answer:
        """Answer in Segment's form."""
        status = 400 if why.status in _ALL_BAD else why.status
        return answered(status, {"success": False, "code": why.code, "message": why.words}, why.wait)


_TAKEN = answered(200, {"success": True})


class _Wrong(Exception):
    """An event lacks what its type needs."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def _whole(event: Any, shared: dict[str, Any], sent: Any) -> Any:
    """Return an event with what its batch says of it, so that it can be tried again alone."""
    if not isinstance(event, dict):
        return event
    context = event.get("context")
    own = context if isinstance(context, dict) else {}
    told = {**event, "context": {**shared, **own}} if shared else {**event}
    told.pop("writeKey", None)
    if sent is not None:
        told.setdefault("sentAt", sent)
    return told


def _known_as(event: Any) -> Any:
    return event.get("messageId") if isinstance(event, dict) else ""


def _sizes_of(body: bytes, events: list[Any]) -> list[int]:
    """Return how many bytes each event takes, as sent; they are not counted in a body that is small as a whole."""
    if len(body) <= MOST_EVENT:
        return [0] * len(events)
    try:
        return [len(memoryview(raw)) for raw in _sizes.decode(body).batch]
    except (ValueError, RecursionError):  # JSON that only the exact reader takes
        return [len(encoded(event)) for event in events]


def _id(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        raise _Wrong("bad_id", f"{name} is neither text nor a number.")
    return ids.text_of(value)


def _object(event: dict[str, Any], name: str) -> dict[str, Any]:
    value = event.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Wrong("bad_properties", f"{name} is not a JSON object.")
    return value


def _sent(event: dict[str, Any], name: Any, context: dict[str, Any], properties: dict[str, Any]) -> Sent:
    user, anonymous = _id(event, "userId"), _id(event, "anonymousId")
    if not user and not anonymous:
        raise _Wrong("no_user", "An event needs a userId or an anonymousId.")
    if user and anonymous:
        properties.setdefault("$anonymous_id", anonymous)
    for key, value in flattened(context).items():
        properties.setdefault(key, value)
    sent, when = event.get("sentAt"), event.get("timestamp", event.get("originalTimestamp"))
    if event.get("receivedAt") is not None and event.get("timestamp") is not None:
        sent = None  # passed on by Segment, which has set the clock right
    account = context.get("groupId")
    session = context.get("sessionId")
    if session is not None:
        properties.setdefault("$session_id", session)
    return Sent(
        name, user or anonymous, properties, event.get("messageId"), when,
        moments.clock(sent) if isinstance(sent, str | int | float) else None, ids.text_of(account), ids.text_of(session),
    )  # fmt: skip


def _track(event: dict[str, Any], context: dict[str, Any]) -> Sent:
    return _sent(event, event.get("event"), context, dict(_object(event, "properties")))


def _page(event: dict[str, Any], context: dict[str, Any]) -> Sent:
    properties = dict(_object(event, "properties"))
    properties |= {name: event[name] for name in ("name", "category") if event.get(name) is not None}
    return _sent(event, _NAMES[event["type"]], context, properties)


def _told_aside(event: dict[str, Any]) -> dict[str, Any]:
    """Return the traits that an identify call has in its own context, where clients of RudderStack put them."""
    context = event.get("context")
    traits = context.get("traits") if isinstance(context, dict) else None
    return traits if isinstance(traits, dict) else {}


def _identify(event: dict[str, Any], context: dict[str, Any]) -> Sent:
    user, anonymous = _id(event, "userId"), _id(event, "anonymousId")
    properties: dict[str, Any] = {"$set": _object(event, "traits") or _told_aside(event)}
    if user and anonymous:
        properties["$anon_distinct_id"] = anonymous
    return _sent(event, "$identify", context, properties)


def _group(event: dict[str, Any], context: dict[str, Any]) -> Sent:
    group = _id(event, "groupId")
    if not group:
        raise _Wrong("no_group", "A group call needs a groupId.")
    properties = {"$group_type": "account", "$group_key": group, "$group_set": _object(event, "traits")}
    return _sent(event, "$groupidentify", {**context, "groupId": group}, properties)


def _alias(event: dict[str, Any], context: dict[str, Any]) -> Sent:
    previous = _id(event, "previousId")
    if not previous:
        raise _Wrong("no_previous", "An alias call needs a previousId.")
    return _sent(event, "$create_alias", context, {"alias": previous})


_MAKES: dict[str, Callable[[dict[str, Any], dict[str, Any]], Sent]] = {
    "track": _track, "page": _page, "screen": _page, "identify": _identify, "group": _group, "alias": _alias,
}  # fmt: skip
