"""Events in the address of a GET: a pixel in a mail, `/v1/pixel/<type>` of Segment, and `?data=` of PostHog.

Source: Segment, Tracking Pixel API: the event is JSON in `data`, as it is or in base64, or its fields are parameters
(`properties.subject=...`); the answer is an empty picture whatever became of it. PostHog's capture reads `data` as it
reads the body of a POST.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from callsheet.usage.wire import posthog
from callsheet.usage.wire.calls import Answer
from callsheet.usage.wire.decoding import encoded
from callsheet.usage.wire.gathering import Gathering
from callsheet.usage.wire.segment import PIXELS, Segment
from callsheet.usage.wire.turned import Turned

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PICTURE = Answer(200, GIF, kind="image/gif")


class Pixel(Segment):
    """Segment's protocol where only pictures are shown; see `calls.Speaks`."""

    def answer(self, _done: Gathering) -> Answer:
        """Answer the picture. What was refused is counted and kept as ever."""
        return _PICTURE

    def turn(self, _why: Turned) -> Answer:
        """Answer the picture: nobody who sees it can do anything about an error."""
        return _PICTURE


def asked(path: str, query: Mapping[str, str]) -> bytes | None:
    """Return the body that an address stands for; None where events are sent by POST only."""
    if query.get("data") and (path in PIXELS or path in posthog.PATHS):
        return query["data"].encode()
    return encoded(_nested(query)).encode() if path in PIXELS else None


def _nested(query: Mapping[str, str]) -> dict[str, Any]:
    """Return parameters as an object; dots lead into objects."""
    found: dict[str, Any] = {}
    for name, value in query.items():
        held = found
        *path, last = name.split(".")[:8]
        for part in path:
            inner = held.setdefault(part, {})
            held = inner if isinstance(inner, dict) else {}
        held[last] = value
    return found
