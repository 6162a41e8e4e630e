"""What people decide about features: permission first, then state and log entry together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import slug_id
from callsheet.model.actor import Actor
from callsheet.model.link import Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require
from callsheet.usage.questions.reach import check_conditions
from callsheet.usage.records import Feature
from callsheet.usage.rules import STAGES, check_activation, check_days, check_prediction

CHANGEABLE = frozenset({
    "name", "line", "owner", "stage", "events", "exposed_by", "could_use", "activation", "flag", "docs_url", "product",
    "released_at", "predicted_share", "predicted_low", "predicted_high", "predicted_days", "predicted_by",
})  # fmt: skip


def add_feature(book: Book, name: str, actor: Actor, *, feature_id: str = "", **details: Any) -> Feature:
    """Put a feature into the catalogue. Its id is made from the name unless given."""
    require(actor, "add_feature", Ref("feature", feature_id or name))
    if not name.strip():
        raise BadInput("A feature needs a name.")
    key = feature_id or slug_id(name, lambda taken: book.exists(Feature, taken))
    feature = Feature(
        id=key, name=name.strip(), **_checked(book, key, {"events": [], "exposed_by": [], "could_use": [], **details})
    )
    book.add(feature)
    book.log("feature.added", Ref("feature", key), actor, name=feature.name)
    return feature


def change_feature(book: Book, feature_id: str, actor: Actor, **changes: Any) -> Feature:
    """Change what the catalogue says; the log keeps what it said before."""
    ref = Ref("feature", feature_id)
    require(actor, "change_feature", ref)
    feature = book.get(Feature, feature_id)
    checked = _checked(book, feature_id, changes, feature)
    before = {name: getattr(feature, name) for name in checked if getattr(feature, name) != checked[name]}
    if not before:
        return feature
    book.update(Feature, feature_id, **checked)
    book.log("feature.changed", ref, actor, before=before, after={name: checked[name] for name in before})
    return feature


def retire_feature(book: Book, feature_id: str, actor: Actor, reason: str) -> Feature:
    """Take a feature out of use, with the reason; it stays in the catalogue, marked."""
    ref = Ref("feature", feature_id)
    require(actor, "retire_feature", ref)
    if not reason.strip():
        raise BadInput("Retiring a feature needs a reason.", "Say why in a few words; it is kept.")
    feature = book.get(Feature, feature_id)
    if feature.stage == "retired":
        raise Conflict(f"{feature.name} is retired already.")
    before = feature.stage
    book.update(Feature, feature_id, stage="retired", retired_at=book.now, retired_why=reason.strip())
    book.log("feature.retired", ref, actor, reason=reason.strip(), stage_before=before)
    return feature


def restore_feature(book: Book, feature_id: str, actor: Actor) -> Feature:
    """Undo a retirement."""
    ref = Ref("feature", feature_id)
    require(actor, "retire_feature", ref)
    feature = book.get(Feature, feature_id)
    if feature.stage != "retired":
        raise Conflict(f"{feature.name} is not retired.")
    stage = "released" if feature.released_at else "planned"
    book.update(Feature, feature_id, stage=stage, retired_at=None, retired_why="")
    book.log("feature.restored", ref, actor)
    return feature


def _checked(book: Book, key: str, given: dict[str, Any], now: Feature | None = None) -> dict[str, Any]:
    unknown = set(given) - CHANGEABLE
    if unknown:
        raise BadInput(f"A feature has no {', '.join(sorted(unknown))}.", f"It has: {', '.join(sorted(CHANGEABLE))}.")
    if "name" in given and not str(given["name"]).strip():
        raise BadInput("A feature needs a name.")
    stage = given.get("stage", now.stage if now else "planned")
    if stage not in STAGES:
        raise BadInput(f"There is no stage {stage!r}.", f"Use one of {', '.join(STAGES)}.")
    if given.get("stage") == "retired":
        raise BadInput("A feature is retired with a reason.", "POST /api/usage/features/{id}/retirement.")
    if given.get("released_at") and "stage" not in given and stage == "planned":
        given = {**given, "stage": "released"}
    predicted = ("predicted_share", "predicted_low", "predicted_high")
    check_prediction(*(given.get(name, getattr(now, name, None)) for name in predicted))
    check_days(given.get("predicted_days"))
    check_activation(given.get("activation"))
    check_conditions(given.get("could_use") or ())
    for name in ("events", "exposed_by", "could_use"):
        if name in given:
            given = {**given, name: given[name] or []}
    if given.get("events"):
        _check_events(book, key, given["events"])
    both = set(given.get("events", now.events if now else ())) & set(
        given.get("exposed_by", now.exposed_by if now else ())
    )
    if both:
        raise BadInput(f"{', '.join(sorted(both))} cannot mean both seeing and using.", "Name it in one of the two.")
    return given


def _check_events(book: Book, key: str, events: list[str]) -> None:
    for other in book.all(select(Feature).where(Feature.id != key)):
        shared = sorted(set(events) & set(other.events))
        if shared:
            raise Conflict(
                f"{', '.join(shared)} counts as the use of {other.name} already.",
                "An event may count for one feature; give the event a feature of its own.",
            )
