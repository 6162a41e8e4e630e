"""Which protocol is spoken at which address, and by whom an event that was refused was sent."""

from __future__ import annotations

from typing import Any

from callsheet.usage.wire import asking, posthog, posthog_v1, segment, webhook
from callsheet.usage.wire.calls import Speaks
from callsheet.usage.wire.gathering import Gathering

SEGMENT, POSTHOG, POSTHOG_V1, WEBHOOK = segment.Segment(), posthog.PostHog(), posthog_v1.PostHogV1(), webhook.Webhook()
_BY_PATH: dict[str, Speaks] = {
    **dict.fromkeys(segment.PATHS, SEGMENT), **dict.fromkeys(segment.PIXELS, asking.Pixel()),
    **dict.fromkeys(posthog.PATHS, POSTHOG), posthog_v1.PATH: POSTHOG_V1,
}  # fmt: skip
_SEGMENTS = ("userId", "anonymousId", "messageId", "previousId", "groupId")


def protocol_at(path: str) -> Speaks | None:
    """Return the protocol of an address (without a slash at its end), if any is spoken there."""
    found = _BY_PATH.get(path)
    return WEBHOOK if found is None and path.startswith(webhook.PREFIX) else found


def again(event: Any, into: Gathering, known_as: str) -> None:
    """Take an event that was refused before, by the protocol that it came in; `known_as` is its id if it has none."""
    if not isinstance(event, dict):
        POSTHOG.one(event, None, into)
    elif into.source.kind == "webhook":
        if not any(event.get(name) for name in webhook.FIELDS["event_id"]):
            event["event_id"] = known_as
        WEBHOOK.one(event, into)
    elif any(name in event for name in _SEGMENTS):
        event["messageId"] = event.get("messageId") or known_as
        SEGMENT.one(event, {}, None, into)
    else:
        event["uuid"] = event.get("uuid") or event.get("message_id") or known_as
        POSTHOG.one(event, None, into)
