"""PostHog's capture, version 1: /i/v1/analytics/events. The key is a bearer's, events are told apart in the answer.

Source: the requests of posthog-node 5, and what PostHog's capture answers them.
"""

from __future__ import annotations

from typing import Any

from callsheet.model.identity import forbidden
from callsheet.usage.wire import ids, moments
from callsheet.usage.wire.calls import Answer, Call, answered, given_key
from callsheet.usage.wire.decoding import decoded
from callsheet.usage.wire.gathering import Gathering
from callsheet.usage.wire.posthog import CUT, PostHog, held
from callsheet.usage.wire.turned import Turned

PATH = "/i/v1/analytics/events"
MOST_LIBRARY = 200
_DETAILS = {
    "no_event": "missing_event_name", "long_name": "event_name_too_long", "no_user": "missing_distinct_id",
    "long_id": "distinct_id_too_large", "bad_properties": "malformed_event_properties", "too_large": "event_too_big",
    "bad_options": "invalid_options",
}  # fmt: skip
"""What PostHog calls our reasons in `details`; those that it does not have stand there under our names."""
_OPTIONS = {
    "cookieless_mode": "$cookieless_mode", "disable_skew_correction": "$ignore_sent_at",
    "process_person_profile": "$process_person_profile", "product_tour_id": "$product_tour_id",
}  # fmt: skip
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class PostHogV1(PostHog):
    """The protocol; see `calls.Speaks`."""

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
        """Take the events of the batch; the client's clock and library stand in the headers. Turned 400 when it holds
        none. An event without an id gets one, so that it can be answered."""
        sent = call.headers.get("posthog-request-timestamp") or document.get("sent_at")
        library = _library(call.headers.get("posthog-sdk-info", ""))
        for event in held(document):
            if not isinstance(event, dict):
                into.refuse(event, "bad_event", "The event is not a JSON object.")
                continue
            for name in ("uuid", "distinct_id"):
                if isinstance(event.get(name), str):
                    event[name] = event[name].strip()
            key = event["uuid"] = event.get("uuid") or f"{into.stem}{into.seen + 1:06x}"
            into.sent_ids.append(ids.text_of(key))
            self._taken(event, sent, library, into)

    def _taken(self, event: dict[str, Any], sent: Any, library: dict[str, str], into: Gathering) -> None:
        key, whom = event["uuid"], event.get("distinct_id")
        given, options = event.get("properties"), _options(event.get("options"))
        if given is not None and not isinstance(given, dict):
            into.refuse(event, "bad_properties", "properties is not a JSON object.", key)
            return
        if options is None:
            into.refuse(event, "bad_options", "An option has a value that cannot be read.", key)
            return
        if isinstance(whom, str) and len(whom) > CUT:
            into.refuse(event, "long_id", f"The id of the person has more than {CUT} characters.", key)
            return
        own = {f"${name}": event[name] for name in ("session_id", "window_id") if isinstance(event.get(name), str)}
        event["properties"] = (given or {}) | own | options | library
        if event.get("timestamp") not in (None, "") and moments.read(event["timestamp"]) is None:
            into.warnings.append((ids.text_of(key), "invalid_event_timestamp"))
        if isinstance(whom, str) and forbidden(whom):
            into.warnings.append((ids.text_of(key), "placeholder_distinct_id"))
        self.one(event, sent, into)

    def answer(self, done: Gathering) -> Answer:
        """Answer 200 with what became of each event, by its uuid."""
        told: dict[str, dict[str, str]] = {}
        refused = {key: (code, words) for key, code, words in done.refusals}
        warned = dict(done.warnings)
        for key in done.sent_ids:
            if key in refused:
                code, words = refused[key]
                told[key] = {"result": "drop", "details": _DETAILS.get(code, code), "reason": words}
            elif key in warned:
                told[key] = {"result": "warning", "details": warned[key]}
            else:
                told[key] = {"result": "ok"}
        return answered(200, {"results": told})

    def turn(self, why: Turned) -> Answer:
        """Answer in the form of version 1."""
        return answered(why.status, {"error": why.code, "error_description": why.words}, why.wait)


def _library(told: str) -> dict[str, str]:
    """Return the library's name and version, parted at the last slash; nothing when they are not both there."""
    name, _, version = told.rpartition("/")
    if len(told) > MOST_LIBRARY or not name.strip() or not version.strip():
        return {}
    return {"$lib": name.strip(), "$lib_version": version.strip()}


def _options(given: Any) -> dict[str, Any] | None:
    """Return the options as properties; None when one has a value that cannot be read. Others are not looked at."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        return None
    found = {name: value for name, value in given.items() if name in _OPTIONS and value is not None}
    read = {_OPTIONS[name]: (_text if name == "product_tour_id" else _truth)(value) for name, value in found.items()}
    return None if None in read.values() else read


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return _TRUTH.get(value.strip().lower())
    return bool(value) if isinstance(value, bool | int | float) else None


def _text(value: Any) -> str | None:
    return ids.text_of(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
