"""PostHog's capture: /batch /capture /e /i/v0/e (v0), and /i/v1/analytics/events (v1), with and without a last slash.

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
PATH_V1 = "/i/v1/analytics/events"
CUT = 200
"""Characters at which PostHog cuts the id of a person."""
_MILLI = 1000
_KEYS = ("api_key", "token", "$token")
_TAKEN = answered(200, {"status": 1})
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
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
        """Return the key of the body, else of its first event that has one, else of the address or the headers."""
        own = _key_of(document) if isinstance(document, dict) else ""
        for one in _events(document)[:10] if document is not None and not own else ():
            if isinstance(one, dict) and (found := _key_of(one)):
                return found
        return own or call.query.get("api_key") or call.query.get("token") or given_key(call)

    def count(self, document: Any) -> int:
        """Return how many events a body holds."""
        return len(_events(document))

    def gather(self, call: Call, document: Any, into: Gathering) -> None:
        """Take the events of the body."""
        whole = document if isinstance(document, dict) and "batch" in document else {}
        sent = whole.get("sent_at") or call.query.get("_") or None
        if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) < 20:
            sent = int(sent)
        into.many(_events(document), _clock(sent), lambda event: self.one(event, sent, into))

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


class PostHogV1(PostHog):
    """Version 1: the key is a bearer's, the events are told apart in the answer."""

    def read(self, call: Call) -> Any:
        """Return the body's object with its `batch`."""
        document = decoded(call.body)
        if not isinstance(document, dict) or not isinstance(document.get("batch"), list):
            raise Turned(400, "invalid_payload", "The body is not an object with a list of events under `batch`.")
        return document

    def key(self, call: Call, _document: Any) -> str:
        """Return the bearer's key."""
        return given_key(call)

    def gather(self, call: Call, document: Any, into: Gathering) -> None:
        """Take the events of the batch; the client's clock and library stand in the headers."""
        sent = call.headers.get("posthog-request-timestamp") or document.get("sent_at")
        name, _, version = call.headers.get("posthog-sdk-info", "").partition("/")
        for event in document["batch"]:
            if isinstance(event, dict) and event.get("uuid"):
                into.sent_ids.append(ids.text_of(event["uuid"]))
            if isinstance(event, dict) and not isinstance(event.get("properties", {}), dict | None):
                into.refuse(event, "bad_properties", "properties is not a JSON object.", event.get("uuid"))
                continue
            if isinstance(event, dict):
                event["properties"] = _spread(event, name, version)
            self.one(event, sent, into)

    def answer(self, done: Gathering) -> Answer:
        """Answer 200 with what became of each event, by its uuid."""
        told: dict[str, dict[str, str]] = {}
        refused = {key: f"{code}: {words}" for key, code, words in done.refusals}
        warned = dict(done.warnings)
        for key in done.sent_ids:
            if key in refused:
                told[key] = {"result": "drop", "details": refused[key]}
            elif key in warned:
                told[key] = {"result": "warning", "details": warned[key]}
            else:
                told[key] = {"result": "ok"}
        return answered(200, {"results": told})

    def turn(self, why: Turned) -> Answer:
        """Answer in the form of version 1."""
        return answered(why.status, {"error": why.code, "error_description": why.words}, why.wait)


def _events(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    return document["batch"] if isinstance(document.get("batch"), list) else [document]


def _key_of(one: dict[str, Any]) -> str:
    properties = one.get("properties")
    held = (one, properties) if isinstance(properties, dict) else (one,)
    for where in held:
        for name in _KEYS:
            if isinstance(where.get(name), str) and where[name]:
                return str(where[name])
    return ""


def _spread(event: dict[str, Any], name: str, version: str) -> dict[str, Any]:
    """Return the properties with what version 1 keeps beside them."""
    found = dict(event.get("properties") or {})
    for key in ("session_id", "window_id"):
        if isinstance(event.get(key), str):
            found.setdefault(f"${key}", event[key])
    options = event.get("options")
    if isinstance(options, dict):
        if options.get("disable_skew_correction") is True:
            found["$ignore_sent_at"] = True
        for key in ("cookieless_mode", "product_tour_id", "process_person_profile"):
            if key in options:
                found.setdefault(f"${key}", options[key])
    if name:
        found |= {"$lib": name, "$lib_version": version}
    return found


def _sent(event: dict[str, Any], properties: dict[str, Any], into: Gathering) -> Sent:
    for name in ("$set", "$set_once", "$unset"):
        if name in event:
            properties.setdefault(name, event[name])
    for name in _KEYS:
        if name in properties and properties[name] in into.source.keys:
            del properties[name]
    held = properties.pop("distinct_id", None)
    whom = ids.text_of(held if event.get("distinct_id") is None else event["distinct_id"])
    if CUT < len(whom) <= ids.MOST_ID:
        properties["$sent_distinct_id"], whom = whom, whom[:CUT]
    sent = event.get("sent_at")
    skewed = sent is not None and properties.get("$ignore_sent_at") is not True
    when, offset = event.get("timestamp"), event.get("offset")
    if when in (None, "") and isinstance(offset, int | float) and not isinstance(offset, bool) and abs(offset) < 1e15:
        when, skewed = (into.received - int(offset * _MILLI)) / 1_000_000, False
    nobodys = event.get("event") == "$groupidentify" and _made_up(whom, properties)
    if nobodys:
        properties["$sent_distinct_id"] = whom
    key = event.get("uuid") or event.get("message_id") or properties.get("$insert_id")
    clock = _clock(sent) if skewed else None
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


def _clock(sent: Any) -> int | None:
    return moments.clock(sent) if isinstance(sent, str | int | float) else None
