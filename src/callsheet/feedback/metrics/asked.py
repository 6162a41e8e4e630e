"""What the figures of this domain share: feedback, its requests and the accounts behind, read together once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from callsheet.feedback.records import Request, SetAside
from callsheet.feedback.rules import WAITING, Demand, demand
from callsheet.metrics import Facts
from callsheet.metrics.cache import cached
from callsheet.store.book import LinkRow

COLUMNS = ("feedback_id", "given_at", "title", "person_id", "account_id", "channel", "kind", "segment")


@dataclass(frozen=True)
class Asked:
    """All feedback by id, the live requests, which items are behind each, and the customers' accounts.

    `filed_at` is the moment an item was first put to a request (or set aside); the beginning of time for
    links that came from a tool.
    """

    items: dict[str, dict[str, Any]]
    accounts: dict[str, dict[str, Any]]
    requests: dict[str, Request]
    behind: dict[str, list[str]]
    filed_at: dict[str, datetime]
    answers: dict[str, list[str]]

    def open_at(self, until: datetime) -> list[Request]:
        """Return the requests whose requesters waited at this moment."""
        return [
            request
            for request in self.requests.values()
            if request.created_at < until
            and (request.status in WAITING or (request.closed_at is not None and request.closed_at >= until))
        ]

    def items_of(self, request_id: str, until: datetime | None = None) -> list[dict[str, Any]]:
        """Return the feedback behind a request, given before `until`."""
        found = (self.items[key] for key in self.behind.get(request_id, []) if key in self.items)
        return [item for item in found if until is None or item["given_at"] is None or item["given_at"] < until]

    def demand_of(self, requests: list[str], until: datetime | None = None) -> Demand:
        """Return who stands behind these requests together, each once."""
        unique = {item["feedback_id"]: item for key in requests for item in self.items_of(key, until)}
        return demand(unique.values(), self.accounts)

    def unfiled(self, until: datetime) -> list[dict[str, Any]]:
        """Return the feedback that was in the inbox at this moment, newest first."""
        waiting = [
            item
            for key, item in self.items.items()
            if (item["given_at"] is None or item["given_at"] < until)
            and (key not in self.filed_at or self.filed_at[key] >= until)
        ]
        return sorted(waiting, key=lambda item: (item["given_at"] or datetime.min, item["feedback_id"]), reverse=True)


def asked(facts: Facts) -> Asked:
    """Read it all; kept for as long as neither facts nor decisions change."""
    space = facts.workspace
    key = ("feedback.asked", space.facts.version, space.books.version, tuple(sorted(facts.scope.items())))
    return cached(space.cache, key, lambda: _read(facts))


def _read(facts: Facts) -> Asked:
    items = {row["feedback_id"]: row for row in facts.records(facts.feedback.select(*COLUMNS))}
    accounts = {row["account_id"]: row for row in facts.records(facts.accounts.drop("source", "batch"))}
    requests = {row.id: row for row in facts.book.all(select(Request).order_by(Request.created_at, Request.id))}
    goes_to = {key: _end(requests, key) for key in requests}
    behind: dict[str, list[str]] = {}
    answers: dict[str, list[str]] = {}
    filed_at = {row.feedback_id: row.made_at for row in facts.book.all(select(SetAside))}
    drawn = {(row.from_ref, row.to_ref): row.made_at for row in facts.book.all(select(LinkRow))}
    for link in facts.links.all("asks_for", "answered_by"):
        if link.kind == "answered_by" and link.from_ref.id in goes_to:
            _put(answers, goes_to[link.from_ref.id], link.to_ref.id)
        elif link.kind == "asks_for" and link.to_ref.id in goes_to:
            _put(behind, goes_to[link.to_ref.id], link.from_ref.id)
            moment = drawn.get((str(link.from_ref), str(link.to_ref)), datetime.min)
            filed_at[link.from_ref.id] = min(moment, filed_at.get(link.from_ref.id, moment))
    live = {key: row for key, row in requests.items() if not row.merged_into}
    return Asked(items, accounts, live, behind, filed_at, answers)


def _put(into: dict[str, list[str]], key: str, value: str) -> None:
    known = into.setdefault(key, [])
    if value not in known:
        known.append(value)


def _end(requests: dict[str, Request], key: str) -> str:
    """Follow merges to the request that is left; a ring of merges ends where it began."""
    seen = {key}
    while requests[key].merged_into in requests and requests[key].merged_into not in seen:
        key = requests[key].merged_into
        seen.add(key)
    return key


def account_rows(found: Asked, keys: frozenset[str]) -> list[dict[str, Any]]:
    """Return the accounts behind a figure, those with the most revenue first."""
    rows = [found.accounts.get(key, {"account_id": key, "revenue": None}) for key in keys]
    return sorted(rows, key=lambda row: (-(row.get("revenue") or 0.0), row["account_id"]))
