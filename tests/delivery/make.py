"""Rows for tests: defaults for all, the test names what it is about."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

_NUMBER = count(1)


def day(text: str | None) -> datetime | None:
    """`2026-11-03` or `2026-11-03T12:00`."""
    return datetime.fromisoformat(text) if text else None


def work(begun: str | None, done: str | None, **more: Any) -> dict[str, Any]:
    """A work item with its start and finish."""
    category = "done" if done else "doing" if begun else "todo"
    row = {
        "item_id": f"w-{next(_NUMBER)}", "kind": "task", "title": "Something", "team": "data", "category": category,
        "state": category, "created_at": datetime(2026, 1, 1), "started_at": day(begun), "done_at": day(done),
    }  # fmt: skip
    return row | more


def step(item: str, moment: str, before: str, after: str) -> dict[str, Any]:
    """A transition between categories; the states are called like them."""
    return {"item_id": item, "occurred_at": day(moment), "from_state": before, "to_state": after,
            "from_category": before, "to_category": after}  # fmt: skip


def change(commit: str | None, opened: str, reviewed: str | None, merged: str | None, **more: Any) -> dict[str, Any]:
    """A change with its moments."""
    row = {
        "change_id": f"c-{next(_NUMBER)}", "repo": "importer", "team": "data", "author": "ada",
        "state": "merged" if merged else "open", "first_commit_at": day(commit), "created_at": day(opened),
        "first_review_at": day(reviewed), "merged_at": day(merged),
    }  # fmt: skip
    return row | more


def deployment(key: str, moment: str, service: str = "importer", **more: Any) -> dict[str, Any]:
    """A deployment to production that went well."""
    return {"deployment_id": key, "service": service, "environment": "production", "deployed_at": day(moment),
            "status": "success"} | more  # fmt: skip


def incident(key: str, began: str, resolved: str | None, service: str = "importer") -> dict[str, Any]:
    """An incident of a service."""
    return {
        "incident_id": key,
        "title": key,
        "service": service,
        "started_at": day(began),
        "resolved_at": day(resolved),
    }


def link(from_ref: str, kind: str, to_ref: str) -> dict[str, Any]:
    """A joint of the loop."""
    return {"from_ref": from_ref, "kind": kind, "to_ref": to_ref, "confidence": 1.0, "why": ""}
