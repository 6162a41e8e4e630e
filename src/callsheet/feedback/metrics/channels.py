"""Where feedback comes from."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from callsheet.charts import Option, bar
from callsheet.feedback.metrics.asked import asked
from callsheet.feedback.rules import demand
from callsheet.metrics import Column, Facts, Period, Report, report


def channels_chart(found: Report) -> Option:
    """People by channel."""
    people = {"people": [row["requesters"] for row in found.rows]}
    return bar([row["channel"] for row in found.rows], people, title="People by channel", horizontal=True)


@report(
    "feedback.channels",
    title="Channels",
    source="Callsheet: count by channel as the source names it",
    columns=(
        Column("channel", "Channel"),
        Column("requesters", "People", unit="people"),
        Column("accounts", "Accounts", unit="accounts"),
        Column("messages", "Messages", unit="messages"),
        Column("untriaged", "Untriaged", unit="items"),
    ),
    scopes=("product", "segment"),
    chart=channels_chart,
)
def channels(facts: Facts, period: Period) -> Report:
    """Feedback given in the period by the channel it came through, the one with the most people first."""
    found = asked(facts)
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in found.items.values():
        if item["given_at"] is not None and period.since <= item["given_at"] < period.until:
            parts[item["channel"] or "unknown"].append(item)
    rows: list[dict[str, Any]] = []
    for channel, items in parts.items():
        total = demand(items, found.accounts)
        unfiled = sum(item["feedback_id"] not in found.filed_at for item in items)
        rows.append({
            "channel": channel, "requesters": len(total.requesters), "accounts": len(total.accounts),
            "messages": total.messages, "untriaged": unfiled,
        })  # fmt: skip
    rows.sort(key=lambda row: (-row["requesters"], row["channel"]))
    return facts.report(rows, sample=sum(row["messages"] for row in rows))
