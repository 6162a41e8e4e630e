"""People of the sample company: colleagues, who answers for what, and who wants to hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callsheet.model.sample import COMPONENTS, PRODUCT, Company
from callsheet.people import actions
from callsheet.people.records import Team

if TYPE_CHECKING:
    from callsheet.model.actor import Actor
    from callsheet.store.book import Book

Rows = list[dict[str, Any]]
ORPHAN = "billing-api"
ORPHANED_DAYS = 10
READERS = ("yuki", "xavi", "sofia", "petra", "mira", "jonas", "ada")
"""Who gets the weekly sheet."""
WATCHERS = {"bulk-import": ("sofia", "umar"), "audit-export": ("vera",), "usage-alerts": ("umar",)}
"""Initiative -> who wants to hear of it."""


def facts(company: Company) -> Iterator[tuple[str, Rows]]:
    """Yield the colleagues and the ownership that the tools know of."""
    yield "persons", [
        {
            "person_id": person.id, "name": person.name, "email": person.email, "team": person.team,
            "role": person.role, "created_at": company.begins - timedelta(days=200), "left_at": None,
        }
        for person in company.people
    ]  # fmt: skip
    yield "ownership", _ownership(company)


def _ownership(company: Company) -> Rows:
    leads = {team.id: team.members[0] for team in company.teams}
    begun = company.begins
    rows = [_row(f"component:{key}", leads[team], begun) for key, team in COMPONENTS.items()]
    rows += [_row(f"tool:{tool.id}", tool.owner, begun) for tool in company.tools]
    for plan in company.plans:
        rows.append(_row(f"initiative:{plan.id}", plan.owner, begun))
        rows.append(_row(f"feature:{plan.feature}", plan.owner, begun))
    if company.has("missing_owner"):
        orphan = next(row for row in rows if row["object_ref"] == f"component:{ORPHAN}")
        orphan["until_at"] = company.ago(ORPHANED_DAYS)
    return rows


def _row(ref: str, person: str, since: Any) -> dict[str, Any]:
    return {"object_ref": ref, "role": "accountable", "person_id": person, "since_at": since, "until_at": None}


def decide(book: Book, company: Company, actor: Actor) -> None:
    """Make the teams, and subscribe people to the weekly sheet and to what they wait for."""
    for team in company.teams:
        book.add(Team(id=team.id, title=team.title, lead=team.members[0], product=PRODUCT))
    topics = {"sheet:weekly": READERS} | {f"initiative:{key}": who for key, who in WATCHERS.items()}
    for topic, people in topics.items():
        for key in people:
            cadence = "weekly" if topic.startswith("sheet:") else "at once"
            person = company.person(key)
            actions.subscribe(book, topic, actor, email=person.email, person_id=person.id, cadence=cadence)
