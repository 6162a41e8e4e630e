"""The sample company's tools: what they report, and the inventory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from callsheet.model.actor import Actor
from callsheet.model.sample import Company
from callsheet.stack import actions
from callsheet.store.book import Book
from callsheet.store.warehouse import Rows

WEEKS = 12
BACKUPS = {
    "xavi": "yuki",
    "petra": "quentin",
    "mira": "noor",
    "sofia": "vera",
    "wanda": "umar",
    "jonas": "kofi",
    "yuki": "xavi",
}
HELD = {
    "analytics": "events of users",
    "desk": "messages of customers",
    "portal": "requests of customers",
    "chat": "messages of colleagues",
}


def facts(company: Company) -> Iterator[tuple[str, Rows]]:
    """Yield each tool's syncs, seats and active users; users over twelve weeks."""
    rng = company.rng("stack")
    rows: list[dict[str, Any]] = []
    for tool in company.tools:

        def add(fact: str, amount: float, hours: float, words: str = "", tool: Any = tool) -> None:
            moment = company.today - timedelta(hours=hours)
            rows.append({"tool": tool.id, "occurred_at": moment, "fact": fact, "amount": amount, "words": words})

        if tool.synced is not None:
            for back in range(5):
                add("synced", 1, tool.synced + 24 * back)
                add("rows", float(rng.integers(40, 900)), tool.synced + 24 * back)
        for week in range(WEEKS, -1, -1):
            drift = 0 if week == 0 else int(rng.integers(-2, 3))
            add("active_users", float(min(max(tool.active + drift, 0), tool.seats)), week * 168 + 6)
        add("seats", float(tool.seats), WEEKS * 168 + 6)
    yield "tool_facts", rows


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Enter the tools."""
    for tool in company.tools:
        actions.add_tool(
            book, tool.title, tool.capability, actor, id=tool.id, owner=tool.owner, backup=BACKUPS.get(tool.owner, ""),
            cost=tool.cost, currency="€", renewal_at=company.ago(-tool.renewal, 0), notice_days=30, seats=tool.seats,
            data_held=HELD.get(tool.id, ""), connector=tool.id,
        )  # fmt: skip
