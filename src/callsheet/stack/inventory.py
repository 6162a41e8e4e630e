"""The inventory read together: tools as decided here, what their facts say, and the sources of the project file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.metrics.facts import Facts
from callsheet.stack.connector import tool_of
from callsheet.stack.records import Tool
from callsheet.stack.rules import freshness, notice, share


def latest(facts: Facts, until: datetime) -> dict[str, dict[str, dict[str, Any]]]:
    """Return tool -> fact -> its newest row up to a moment."""
    table = facts.tool_facts
    known = table.filter(table.occurred_at <= until)
    newest = known.group_by(["tool", "fact"]).aggregate(
        occurred_at=known.occurred_at.max(), amount=known.amount.argmax(known.occurred_at),
        words=known.words.argmax(known.occurred_at),
    )  # fmt: skip
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in facts.records(newest):
        found.setdefault(row["tool"], {})[row["fact"]] = row
    return found


def tools(facts: Facts, until: datetime | None = None) -> list[dict[str, Any]]:
    """Return every tool in use with seats and active users as its facts have them, the dearest first."""
    moment = min(until or facts.now, facts.now)
    known = latest(facts, moment)
    rows = facts.book.all(select(Tool).where(Tool.retired_at.is_(None)))
    found = [_tool(row, known.get(row.connector) or known.get(row.id, {}), moment, facts) for row in rows]
    return sorted(found, key=lambda tool: (-(tool["cost"] or 0), tool["title"]))


def _tool(row: Tool, known: dict[str, dict[str, Any]], now: datetime, facts: Facts) -> dict[str, Any]:
    seats = known.get("seats", {}).get("amount") or row.seats
    active = known.get("active_users", {}).get("amount")
    standing = _standing(known, now, facts.thresholds.stale_after_days)
    used = share(active, seats)
    return {
        "id": row.id, "tool": row.id, "title": row.title, "capability": row.capability, "owner": row.owner or None,
        "backup": row.backup or None, "cost": row.cost, "currency": row.currency or facts.currency,
        "renewal_at": row.renewal_at, "notice_days": row.notice_days, "notice_at": notice(row.renewal_at, row.notice_days),
        "seats": None if seats is None else int(seats), "active": None if active is None else int(active),
        "unused": None if used is None else max(int(seats or 0) - int(active or 0), 0), "used": used,
        "cost_per_user": row.cost / active if row.cost and active else None, "data_held": row.data_held,
        "connector": row.connector, "connected": bool(row.connector or "synced" in known or "failed" in known),
        "synced_at": known.get("synced", {}).get("occurred_at"), "days": standing.days, "state": standing.state,
        "words": standing.words,
    }  # fmt: skip


def _standing(known: dict[str, dict[str, Any]], now: datetime, limit: float) -> Any:
    failed = known.get("failed", {})
    synced = known.get("synced", {}).get("occurred_at")
    return freshness(synced, failed.get("occurred_at"), str(failed.get("words") or ""), now, limit)


def sources(facts: Facts, until: datetime | None = None) -> list[dict[str, Any]]:
    """Return every source of the project file with how fresh it is; a source's own `stale_after_days` counts."""
    moment = min(until or facts.now, facts.now)
    known = latest(facts, moment)
    found = []
    for source in facts.workspace.config.sources:
        mine = known.get(tool_of(source), {})
        limit = float(source.options.get("stale_after_days", facts.thresholds.stale_after_days))
        standing = _standing(mine, moment, limit)
        found.append({
            "name": source.name, "kind": source.kind, "path": source.path, "tool": tool_of(source),
            "schedule": source.schedule, "synced_at": mine.get("synced", {}).get("occurred_at"), "days": standing.days,
            "state": standing.state, "words": standing.words, "rows": mine.get("rows", {}).get("amount"),
            "error": standing.words if standing.state == "failed" else None,
        })  # fmt: skip
    return found


def connected(facts: Facts, until: datetime | None = None) -> tuple[list[dict[str, Any]], int]:
    """Return tools and sources that facts come from, each once, and how many tools have no connector."""
    listed = tools(facts, until)
    rows = [tool for tool in listed if tool["connected"]]
    covered = {tool["id"] for tool in rows} | {tool["connector"] for tool in rows}
    for source in sources(facts, until):
        if source["tool"] not in covered:
            rows.append(source | {"tool": source["name"], "title": source["name"], "owner": None})
    return rows, len(listed) - len([tool for tool in listed if tool["connected"]])
