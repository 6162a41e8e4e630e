"""What people decide about cohorts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, insert, select

from callsheet.base.errors import BadInput, Conflict, NotFound
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.actions import shelf
from callsheet.usage.questions.cohort_shapes import Described, mentioned
from callsheet.usage.questions.kinds import wrong
from callsheet.usage.records import Cohort, CohortMember

MOST_MEMBERS = 1_000_000
_AT_ONCE = 5_000


def add_cohort(
    book: Book, name: str, actor: Actor, *, unit: str = "person", line: str = "", condition: Any = None,
    ids: Iterable[str] = (), origin: str = "",
) -> Cohort:  # fmt: skip
    """Make a cohort: dynamic with a condition, static with ids."""
    require(actor, "add_cohort", Ref("cohort", name or "new"))
    title = shelf.named(name, "cohort")
    key = shelf.key_for(book, Cohort, title)
    described = _described(book, key, unit, condition) if condition is not None else None
    row = Cohort(
        id=key, name=title, line=line, kind="dynamic" if described else "static", unit=unit, owner=actor.id,
        condition=described or {}, origin=origin, created_at=book.now, changed_at=book.now,
    )  # fmt: skip
    book.add(row)
    book.log("cohort.added", Ref("cohort", key), actor, name=title)
    if described is None:
        add_members(book, key, ids, actor)
    return row


def change_cohort(book: Book, cohort_id: str, actor: Actor, **changes: Any) -> Cohort:
    """Change the name, the line, the owner or the condition."""
    require(actor, "change_cohort", Ref("cohort", cohort_id))
    row = shelf.live(book, Cohort, cohort_id, "cohort")
    if "name" in changes:
        changes["name"] = shelf.named(changes["name"], "cohort")
    if "condition" in changes:
        if row.kind == "static":
            raise Conflict(f"{row.name} is a list; it has no condition.", "Make a dynamic cohort instead.")
        changes["condition"] = _described(book, cohort_id, row.unit, changes["condition"])
    return shelf.change(book, Cohort, cohort_id, "cohort", actor, changes)


def add_members(book: Book, cohort_id: str, ids: Iterable[str], actor: Actor) -> int:
    """Put units into a static cohort; returns how many were not in it before."""
    require(actor, "change_cohort", Ref("cohort", cohort_id))
    _static(book, cohort_id)
    known = set(book.session.scalars(select(CohortMember.unit_id).where(CohortMember.cohort_id == cohort_id)))
    wanted = dict.fromkeys(one.strip() for one in ids)
    new = [one for one in wanted if one and one not in known]
    if len(known) + len(new) > MOST_MEMBERS:
        raise BadInput(f"A list has at most {MOST_MEMBERS:,} members.", "Describe them by a condition instead.")
    for begin in range(0, len(new), _AT_ONCE):
        rows = [{"cohort_id": cohort_id, "unit_id": one, "added_at": book.now} for one in new[begin : begin + _AT_ONCE]]
        book.session.execute(insert(CohortMember), rows)
    if new:
        book.log("cohort.members_added", Ref("cohort", cohort_id), actor, amount=len(new))
    return len(new)


def remove_member(book: Book, cohort_id: str, unit_id: str, actor: Actor) -> None:
    """Take a unit out of a static cohort."""
    require(actor, "change_cohort", Ref("cohort", cohort_id))
    _static(book, cohort_id)
    row = book.find(CohortMember, (cohort_id, unit_id))
    if row is None:
        raise NotFound(f"{unit_id} is not in the cohort {cohort_id}.")
    book.remove(row)
    book.log("cohort.member_removed", Ref("cohort", cohort_id), actor, unit=unit_id)


def count_members(book: Book, cohort_id: str) -> int:
    """Return how many units a static cohort lists."""
    query = select(func.count()).select_from(CohortMember).where(CohortMember.cohort_id == cohort_id)
    return int(book.session.scalar(query) or 0)


def _static(book: Book, cohort_id: str) -> None:
    row = shelf.live(book, Cohort, cohort_id, "cohort")
    if row.kind != "static":
        raise Conflict(f"Who is in {row.name} follows from its condition.", "Change the condition.")


def _described(book: Book, key: str, unit: str, condition: Any) -> dict[str, Any]:
    try:
        described = Described.model_validate({"unit": unit, "condition": condition})
    except ValidationError as why:
        raise BadInput(*wrong(why)) from why
    _check_mentioned(book, key, described)
    plain: dict[str, Any] = described.model_dump(mode="json")["condition"]
    return plain


def _check_mentioned(book: Book, key: str, described: Described) -> None:
    """BadInput when a condition names an unknown cohort, wants members of one of another unit, or comes back to the
    cohort itself."""
    direct = mentioned(described.condition)
    waiting, seen = list(direct), set[str]()
    while waiting:
        one = waiting.pop()
        if one == key:
            raise BadInput("The cohort would rest on itself.", "Take it out of its own condition.")
        row = book.find(Cohort, one)
        if row is None:
            raise BadInput(f"There is no cohort {one!r}.", "See the list of cohorts.")
        if direct.get(one) and row.unit != described.unit:
            raise BadInput(f"{row.name} is a cohort of {row.unit}s.", f"Choose a cohort of {described.unit}s.")
        if one not in seen and row.kind == "dynamic":
            inner = Described.model_validate({"unit": row.unit, "condition": row.condition})
            waiting += mentioned(inner.condition).keys() - seen
        seen.add(one)
