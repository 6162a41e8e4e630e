"""Segment's nested `context` as plain properties, under the names that PostHog's clients use."""

from __future__ import annotations

from typing import Any

_NAMES = {
    ("ip", ""): "$ip", ("userAgent", ""): "$user_agent", ("locale", ""): "$locale", ("timezone", ""): "$timezone",
    ("page", "url"): "$current_url", ("page", "path"): "$pathname", ("page", "referrer"): "$referrer",
    ("page", "title"): "$title", ("page", "search"): "$search",
    ("campaign", "name"): "utm_campaign", ("campaign", "source"): "utm_source", ("campaign", "medium"): "utm_medium",
    ("campaign", "term"): "utm_term", ("campaign", "content"): "utm_content",
    ("library", "name"): "$lib", ("library", "version"): "$lib_version",
    ("os", "name"): "$os", ("os", "version"): "$os_version",
    ("device", "type"): "$device_type", ("device", "model"): "$device_model", ("device", "id"): "$device_id",
    ("device", "manufacturer"): "$device_manufacturer",
    ("screen", "width"): "$screen_width", ("screen", "height"): "$screen_height",
    ("app", "name"): "$app_name", ("app", "version"): "$app_version", ("app", "build"): "$app_build",
}  # fmt: skip
_GROUPS = frozenset(first for first, second in _NAMES if second)
_LEFT_OUT = frozenset({"groupId", "sessionId"})
"""Have columns of their own."""


def flattened(context: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that a context gives; what has no name here stays together under `$context`."""
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for first, value in context.items():
        if first in _LEFT_OUT or value is None:
            continue
        if first in _GROUPS and isinstance(value, dict):
            odd = {key: one for key, one in value.items() if not _put(found, first, key, one)}
            if odd:
                rest[first] = odd
        elif not _put(found, first, "", value):
            rest[first] = value
    if rest:
        found["$context"] = rest
    return found


def _put(found: dict[str, Any], first: str, second: str, value: Any) -> bool:
    name = _NAMES.get((first, second))
    if name is not None:
        found[name] = value
    return name is not None
