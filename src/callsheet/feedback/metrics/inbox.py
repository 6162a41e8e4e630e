"""Feedback that waits to be looked at, with requests that it is like."""

from __future__ import annotations

from typing import Any

from callsheet.feedback.metrics.asked import Asked, asked
from callsheet.feedback.rules import Index
from callsheet.metrics import Column, Facts, Period, Report, report
from callsheet.metrics.cache import cached

TITLES = 60
"""Most titles of filed feedback that describe a request."""
CHUNK = 1000


@report(
    "feedback.inbox",
    title="Inbox",
    source="Callsheet: TF-IDF likeness of words, Manning et al. (2008), 6.2-6.4",
    columns=(
        Column("title", "Feedback"),
        Column("account", "Account"),
        Column("channel", "Channel"),
        Column("given_at", "Given", unit="datetime"),
        Column("revenue", "Revenue", unit="money"),
        Column("likely", "Most like"),
        Column("score", "Likeness", unit="share"),
    ),
    scopes=("product", "segment"),
)
def inbox(facts: Facts, period: Period) -> Report:
    """Feedback that is filed to no request, newest first, with up to three requests whose words it shares.

    Shows everything given before the end of the period, however old. The score is a cosine between 0 and 1;
    a person decides.
    """
    found = asked(facts)
    waiting = found.unfiled(period.until)
    bodies = bodies_of(facts, [item["feedback_id"] for item in waiting])
    people = people_of(facts, [item["person_id"] for item in waiting])
    index = _index(facts, found)
    rows = [_row(item, bodies.get(item["feedback_id"], {}), found, people, index) for item in waiting]
    return facts.report(rows)


def _row(
    item: dict[str, Any], said: dict[str, Any], found: Asked, people: dict[str, str], index: Index
) -> dict[str, Any]:
    account = found.accounts.get(item["account_id"], {})
    likes = index.like(f"{item['title'] or ''} {said.get('body') or ''}")
    suggestions = [
        {"request": key, "title": found.requests[key].title, "score": round(score, 3)} for key, score in likes
    ]
    return {
        **item, "body": said.get("body") or "", "url": said.get("url"),
        "person": people.get(item["person_id"] or "", item["person_id"]),
        "account": account.get("name") or item["account_id"], "revenue": account.get("revenue"),
        "suggestions": suggestions, "likely": suggestions[0]["title"] if suggestions else None,
        "score": suggestions[0]["score"] if suggestions else None,
    }  # fmt: skip


def _index(facts: Facts, found: Asked) -> Index:
    """The words of every live request: its title twice, its text, and what people wrote."""
    space = facts.workspace
    key = ("feedback.index", space.facts.version, space.books.version, tuple(sorted(facts.scope.items())))

    def build() -> Index:
        texts = {}
        for request in found.requests.values():
            said = [item["title"] or "" for item in found.items_of(request.id)[:TITLES]]
            texts[request.id] = " ".join((request.title, request.title, request.body, *said))
        return Index(texts)

    return cached(space.cache, key, build)


def bodies_of(facts: Facts, keys: list[str]) -> dict[str, dict[str, Any]]:
    """Return text and address of these items."""
    table, found = facts.feedback, {}
    for begin in range(0, len(keys), CHUNK):
        part = table.filter(table.feedback_id.isin(keys[begin : begin + CHUNK]))
        for row in facts.records(part.select("feedback_id", "body", "url")):
            found[row["feedback_id"]] = row
    return found


def people_of(facts: Facts, keys: list[str | None]) -> dict[str, str]:
    """Return the names of these people."""
    table, found = facts.persons, {}
    unique = sorted({key for key in keys if key})
    for begin in range(0, len(unique), CHUNK):
        part = table.filter(table.person_id.isin(unique[begin : begin + CHUNK]))
        for row in facts.records(part.select("person_id", "name")):
            found[row["person_id"]] = row["name"]
    return found
