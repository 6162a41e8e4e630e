"""When a source is fresh, which tools overlap, which capabilities are covered. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

CAPABILITIES = ("delivery", "usage", "feedback", "roadmap", "experiments", "comms", "support", "docs")
"""What a product organisation needs tools for."""
IDLE = 0.25
"""Below this share of its seats active, a tool is called little used."""
COVERS = 0.5
"""From this share of its seats active, a tool is well used."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a source stands. `days` since the last good sync, None when there was none."""

    state: str
    days: float | None
    words: str


def freshness(synced: datetime | None, failed: datetime | None, error: str, now: datetime, limit: float) -> Standing:
    """Return fresh, stale (no good sync for more than `limit` days), failed (the last try was none), or never."""
    days = None if synced is None else max((now - synced).total_seconds(), 0.0) / 86400
    if failed is not None and (synced is None or failed > synced):
        return Standing("failed", days, error or "the last sync failed")
    if synced is None or days is None:
        return Standing("never", None, "not synced yet")
    if days > limit:
        return Standing("stale", days, f"no sync for {days:.1f} days; the limit is {limit:g}")
    return Standing("fresh", days, f"synced {_ago(days)} ago")


def _ago(days: float) -> str:
    span = timedelta(days=days)
    if span < timedelta(hours=1):
        return f"{max(int(span.total_seconds() // 60), 1)} min"
    return f"{days * 24:.0f} h" if days < 2 else f"{days:.0f} days"


def share(active: float | None, seats: float | None) -> float | None:
    """Return the share of seats with an active user; None when either is not known."""
    return None if active is None or not seats else min(active / seats, 1.0)


def overlaps(tools: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each little used paid tool with the well used paid one of its capability that covers it.

    Two tools of one capability that are both used (a tracker and a code host) do not overlap.
    """
    by_capability: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for tool in tools:
        used = share(tool["active"], tool["seats"])
        if tool["cost"] and used is not None:
            by_capability[tool["capability"]].append(tool | {"used": used})
    found = []
    for capability, group in sorted(by_capability.items()):
        strong = max(group, key=lambda tool: tool["used"])
        if strong["used"] < COVERS:
            continue
        for weak in group:
            if weak["used"] < IDLE:
                found.append(_overlap(capability, weak, strong, group))
    return found


def _overlap(
    capability: str, weak: dict[str, Any], strong: dict[str, Any], group: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "capability": capability, "tool": weak["id"], "title": weak["title"], "other": strong["id"],
        "other_title": strong["title"], "tools": [tool["id"] for tool in group], "titles": [tool["title"] for tool in group],
        "cost": weak["cost"], "least_used": weak["title"], "active": int(weak["active"]), "seats": int(weak["seats"]),
        "owner": weak["owner"], "renewal_at": weak["renewal_at"], "notice_at": weak["notice_at"],
    }  # fmt: skip


def notice(renewal: datetime | None, days: int) -> datetime | None:
    """Return the last moment at which a tool can be given notice before it renews."""
    return None if renewal is None else renewal - timedelta(days=days)
