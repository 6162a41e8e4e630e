"""PostHog's capture, version 0: /batch /capture /e /i/v0/e, with and without a last slash. `posthog_v1` is version 1.

Source: the requests of posthog-python 7, posthog-node 5 and posthog-js, and what PostHog's capture answers them.
"""

from __future__ import annotations

import re
from typing import Any

from callsheet.usage.wire import ids, moments
from callsheet.usage.wire.calls import Answer, Call, answered, given_key, nothing_taken
from callsheet.usage.wire.decoding import decoded
from callsheet.usage.wire.gathering import Gathering, Sent
from callsheet.usage.wire.turned import Turned

PATHS = ("/batch", "/capture", "/e", "/i/v0/e", "/i/v0/ai/batch")
CUT = 200
"""Characters at which PostHog cuts the id of a person."""
_MILLI = 1000
_KEYS = ("api_key", "token", "$token")
_TAKEN = answered(200, {"status": 1})
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OTHERS = {"$identify": ("$anon_distinct_id",), "$create_alias": ("alias",), "$merge_dangerously": ("alias",)}
"""Where an event names another id of the person."""
_SINCE = 1_609_459_200_000_000
"""The beginning of 2021."""
_OF_A_DEVICE = frozenset({"$device_id", "$session_id", "$window_id", "$current_url"})
_KINDS = {401: "authentication_error", 429: "throttled_error", 413: "validation_error", 400: "validation_error"}


class PostHog:
    """Version 0 of the protocol; see `calls.Speaks`."""

    def read(self, call: Call) -> Any:
        """Return the body's event, list of events, or object with a `batch`."""
        document = decoded(call.body)
        if isinstance(document, dict) and isinstance(document.get("data"), str) and "event" not in document:
            from callsheet.usage.wire.unpacking import unpacked

            document = decoded(unpacked(document["data"].encode()))
        if not isinstance(document, dict | list):
            raise Turned(400, "invalid_payload", "The body is neither an event nor a list of events.")
        if isinstance(document, dict) and not isinstance(document.get("batch", []), list):
            raise Turned(400, "invalid_payload", "A batch is a list of events under `batch`.")
        return document

    def key(self, call: Call, document: Any) -> str:
        """Return the key of the body, else that of its events, else of the address or the headers. Turned 401 when
        the events have several: whose they are is not guessed."""
        own = _key_of(document) if isinstance(document, dict) else ""
        events = () if own or document is None else _events(document)
        found = {_key_of(one) for one in events if isinstance(one, dict)} - {""}
        if len(found) > 1:
            raise Turned(401, "several_api_keys", "The events of this request have different keys. Send them apart.")
        told = own or next(iter(found), "")
        return told or call.query.get("api_key") or call.query.get("token") or given_key(call)

    def count(self, document: Any) -> int:
        """Return how many events a body holds."""
        return len(_events(document))

    def gather(self, call: Call, document: Any, into: Gathering) -> None:
        """Take the events of the body; Turned 400 when it holds none."""
        whole = document if isinstance(document, dict) and "batch" in document else {}
        sent, events = _sent_at(whole.get("sent_at"), call.query.get("_", "")), held(document)
        into.many(events, clock_of(sent), lambda event: self.one(event, sent, into))

    def one(self, event: Any, sent: Any, into: Gathering) -> None:
        """Take one event."""
        if not isinstance(event, dict):
            into.refuse(event, "bad_event", "The event is not a JSON object.")
            return
        given = event.get("properties")
        if given is not None and not isinstance(given, dict):
            into.refuse(event, "bad_properties", "properties is not a JSON object.", event.get("uuid"))
            return
        for name in _KEYS:
            event.pop(name, None)
        if sent is not None:
            event.setdefault("sent_at", sent)
        made = _sent(event, {**given} if given else {}, into)
        into.take(made, lambda: event)

    def answer(self, done: Gathering) -> Answer:
        """Answer exactly 200 with status 1: clients send a batch again on any other."""
        wrong = nothing_taken(done)
        return self.turn(wrong) if wrong else _TAKEN

    def turn(self, why: Turned) -> Answer:
        """Answer in PostHog's form."""
        kind = _KINDS.get(why.status, "server_error")
        return answered(why.status, {"type": kind, "code": why.code, "detail": why.words, "attr": None}, why.wait)


def held(document: Any) -> list[Any]:
    """Return the events of a body; Turned 400 when there are none."""
    events = _events(document)
    if not events:
        raise Turned(400, "empty_batch", "The request holds no event.")
    return events


def _events(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    return document["batch"] if isinstance(document.get("batch"), list) else [document]


def _key_of(one: dict[str, Any]) -> str:
    properties = one.get("properties")
    held = (one, properties) if isinstance(properties, dict) else (one,)
    for where in held:
        for name in _KEYS:
            if isinstance(where.get(name), str) and (key := where[name].strip()):
                return str(key)
    return ""


def _sent(event: dict[str, Any], properties: dict[str, Any], into: Gathering) -> Sent:
    for name in ("$set", "$set_once", "$unset"):
        if name in event:
            properties[name] = _both(event[name], properties.get(name))
    for name in _KEYS:
        if name in properties and properties[name] in into.source.keys:
            del properties[name]
    whom = ids.text_of(_whom(event, properties.pop("distinct_id", None)))
    if CUT < len(whom) <= ids.MOST_ID:
        properties["$sent_distinct_id"], whom = whom, whom[:CUT]
    for name in _OTHERS.get(str(event.get("event")), ()):
        if len(other := ids.text_of(properties.get(name))) > CUT:
            properties[name] = other[:CUT]
    sent = event.get("sent_at")
    skewed = sent is not None and properties.get("$ignore_sent_at") is not True
    when, offset = event.get("timestamp"), event.get("offset")
    if isinstance(offset, int | float) and not isinstance(offset, bool) and abs(offset) < 1e15:
        when, skewed = (into.received - int(offset * _MILLI)) / 1_000_000, False
    nobodys = event.get("event") == "$groupidentify" and _made_up(whom, properties)
    if nobodys:
        properties["$sent_distinct_id"] = whom
    key = event.get("uuid") or event.get("message_id") or properties.get("$insert_id")
    clock = clock_of(sent) if skewed else None
    return Sent(event.get("event"), whom, properties, key, when, clock, nobodys=nobodys)


def _made_up(whom: str, properties: dict[str, Any]) -> bool:
    """Whether the id of a `$groupidentify` is one that clients make up when a server describes a group in nobody's
    name: `$<type>_<key>`, a new UUID, or one that is said to be nobody's. Browsers, whose people have UUIDs too until
    they sign in, send their device or session with it."""
    if properties.get("$process_person_profile") is False:
        return True
    if whom == f"${ids.text_of(properties.get('$group_type'))}_{ids.text_of(properties.get('$group_key'))}":
        return True
    return _UUID.fullmatch(whom) is not None and properties.keys().isdisjoint(_OF_A_DEVICE)


def _both(beside: Any, within: Any) -> Any:
    """Return what is said beside the properties and within; of a name that stands in both, what is said beside."""
    if isinstance(beside, dict) and isinstance(within, dict):
        return {**within, **beside}
    return beside if within is None else within


def _whom(event: dict[str, Any], held: Any) -> Any:
    """Return the id beside the properties, under either name, else the one within."""
    for name in ("distinct_id", "$distinct_id"):
        if event.get(name) is not None:
            return event[name]
    return held


def _sent_at(told: Any, stamp: str) -> Any:
    """Return the client's clock: of the body, else of the address, where posthog-js puts milliseconds. A number there
    that names no moment since 2021 is no clock, but keeps caches away."""
    if clock_of(told) is None and stamp.isdecimal() and (moments.read_text(stamp) or 0) >= _SINCE:
        return int(stamp)
    return told or None


def clock_of(sent: Any) -> int | None:
    """Return the moment that a client's clock showed; None when it cannot be read."""
    return moments.clock(sent) if isinstance(sent, str | int | float) else None
