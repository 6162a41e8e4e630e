"""Events of any sender: a JSON object, a list of them, or one a line, read by a mapping.

A mapping names for `event`, `distinct_id`, `timestamp`, `event_id`, `account_id` and `properties` where they stand
(`user.email`; dots lead into objects), or a constant (`=Order paid`). What it leaves out is looked for under the
usual names. Without `properties`, everything that was not used otherwise is one.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from callsheet.usage.wire import ids
from callsheet.usage.wire.calls import Answer, Call, answered, given_key, nothing_taken
from callsheet.usage.wire.decoding import decoded
from callsheet.usage.wire.gathering import Gathering, Sent
from callsheet.usage.wire.turned import Turned

PREFIX = "/webhook/events/"
FIELDS: dict[str, tuple[str, ...]] = {
    "event": ("event", "event_name", "action", "type", "name"),
    "distinct_id": ("distinct_id", "user_id", "userId", "person_id", "email", "anonymous_id"),
    "timestamp": ("timestamp", "time", "occurred_at", "created_at", "ts"),
    "event_id": ("event_id", "messageId", "uuid", "id"),
    "account_id": ("account_id", "accountId", "company_id", "company"),
    "properties": ("properties", "data"),
}
PATIENCE = 300
"""Seconds by which a signature's moment may be off."""


class Webhook:
    """The protocol; see `calls.Speaks`."""

    def read(self, call: Call) -> Any:
        """Return the list of what was sent; a line that is no JSON stays text."""
        try:
            document = decoded(call.body)
        except Turned:
            lines = [line for line in call.body.splitlines() if line.strip()]
            if len(lines) < 2:
                raise
            return [_line(line) for line in lines]
        return document if isinstance(document, list) else [document]

    def key(self, call: Call, _document: Any) -> str:
        """Return the key of the headers or the address."""
        return given_key(call) or call.headers.get("x-callsheet-key", "") or call.query.get("key", "")

    def count(self, document: Any) -> int:
        """Return how many events a body holds."""
        return len(document)

    def gather(self, _call: Call, document: Any, into: Gathering) -> None:
        """Take each object by the source's mapping."""
        for one in document:
            self.one(one, into)

    def one(self, event: Any, into: Gathering) -> None:
        """Take one event."""
        if not isinstance(event, dict):
            into.refuse(event, "bad_event", "The event is not a JSON object.")
            return
        found, used = _mapped(event, into.source.mapping)
        given = found.pop("properties")
        if given is not None and not isinstance(given, dict):
            into.refuse(event, "bad_properties", "The properties are not a JSON object.", found["event_id"])
            return
        properties = {**given} if given else {name: value for name, value in event.items() if name not in used}
        made = Sent(
            found["event"], ids.text_of(found["distinct_id"]), properties, found["event_id"], found["timestamp"],
            account_id=ids.text_of(found["account_id"]),
        )  # fmt: skip
        into.take(made, lambda: event)

    def answer(self, done: Gathering) -> Answer:
        """Answer 200 with how many were taken, and what is wrong with those that were not."""
        wrong = nothing_taken(done)
        if wrong:
            return self.turn(wrong)
        refused = [{"event_id": key, "code": code, "message": words} for key, code, words in done.refusals]
        return answered(200, {"taken": len(done.parcel), "refused": refused})

    def turn(self, why: Turned) -> Answer:
        """Answer as the rest of Callsheet does."""
        told = {"error": why.code, "message": why.words, "mend": "See the source under Usage, Sources."}
        return answered(why.status, told, why.wait)


def signed(key: str, stamp: str, given: str, body: bytes, now: float) -> bool:
    """Whether a signature is HMAC-SHA256 of `stamp.body` under the key, `stamp` seconds since 1970 and not old."""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or abs(int(stamp) - now) > PATIENCE:
        return False
    wanted = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.removeprefix("sha256=").encode())


def _line(line: bytes) -> Any:
    try:
        return decoded(line)
    except Turned:
        return line.decode(errors="replace").replace("\x00", "\ufffd")


def _mapped(event: dict[str, Any], mapping: dict[str, str]) -> tuple[dict[str, Any], set[str]]:
    found: dict[str, Any] = {}
    used: set[str] = set()
    for name, usual in FIELDS.items():
        told = mapping.get(name, "")
        if told.startswith("="):
            found[name] = told[1:]
            continue
        path = told or next((one for one in usual if event.get(one) is not None), "")
        found[name] = _at(event, path) if path else None
        used.add(path.partition(".")[0] if path not in event else path)
    return found, used


def _at(event: dict[str, Any], path: str) -> Any:
    if path in event or "." not in path:
        return event.get(path)
    first, _, rest = path.partition(".")
    held = event.get(first)
    return _at(held, rest) if isinstance(held, dict) else None
