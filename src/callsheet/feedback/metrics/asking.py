"""Who stands behind one request, and items of feedback as a page shows them."""

from __future__ import annotations

from typing import Any

from callsheet.feedback.metrics.asked import Asked, asked
from callsheet.feedback.metrics.inbox import bodies_of, people_of
from callsheet.feedback.rules import requester
from callsheet.metrics import Facts


def people_asking(facts: Facts, request_id: str) -> list[dict[str, Any]]:
    """Return one row a requester, with account, revenue, first and last words; the most revenue first."""
    found = asked(facts)
    by_person: dict[str, list[dict[str, Any]]] = {}
    for item in found.items_of(request_id):
        if requester(item):
            by_person.setdefault(requester(item), []).append(item)
    names = people_of(facts, [item["person_id"] for items in by_person.values() for item in items])
    said = bodies_of(facts, [item["feedback_id"] for items in by_person.values() for item in items])
    rows = [_requester(who, items, found, names, said) for who, items in by_person.items()]
    return sorted(rows, key=lambda row: (-(row["revenue"] or 0.0), row["name"]))


def _requester(
    who: str, items: list[dict[str, Any]], found: Asked, names: dict[str, str], said: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    first = min(items, key=lambda item: str(item["given_at"]))
    account = found.accounts.get(first["account_id"] or "", {})
    return {
        "person": first["person_id"], "name": names.get(first["person_id"] or "", who),
        "account": first["account_id"], "account_name": account.get("name"), "segment": account.get("segment"),
        "revenue": account.get("revenue"), "account_owner": account.get("owner"), "channel": first["channel"],
        "asked_at": first["given_at"], "messages": len(items), "feedback": [item["feedback_id"] for item in items],
        "words": said.get(first["feedback_id"], {}).get("body") or first["title"],
    }  # fmt: skip


def items_listed(facts: Facts, request: str = "", channel: str = "") -> list[dict[str, Any]]:
    """Return feedback newest first, with account and the requests it is filed to; narrowed where asked."""
    found = asked(facts)
    filed: dict[str, list[str]] = {}
    for key, ids in found.behind.items():
        for feedback_id in ids:
            filed.setdefault(feedback_id, []).append(key)
    rows = [
        {
            **item,
            "account": found.accounts.get(item["account_id"], {}).get("name") or item["account_id"],
            "requests": filed.get(key, []),
            "triaged": key in found.filed_at,
        }
        for key, item in found.items.items()
        if (not request or request in filed.get(key, ())) and (not channel or item["channel"] == channel)
    ]
    return sorted(rows, key=lambda row: (str(row["given_at"]), row["feedback_id"]), reverse=True)


def item_shown(facts: Facts, feedback_id: str) -> dict[str, Any] | None:
    """Return one item with its text and its requests; None when there is none."""
    table = facts.feedback
    rows = facts.records(table.filter(table.feedback_id == feedback_id).drop("batch"))
    if not rows:
        return None
    found = asked(facts)
    requests = [key for key, ids in found.behind.items() if feedback_id in ids]
    account = found.accounts.get(rows[0]["account_id"] or "", {})
    return rows[0] | {
        "account": account.get("name") or rows[0]["account_id"], "revenue": account.get("revenue"),
        "requests": requests, "triaged": feedback_id in found.filed_at,
    }  # fmt: skip
