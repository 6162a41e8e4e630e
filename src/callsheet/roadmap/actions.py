"""What people do on the roadmap. Each: permission first, then state and log entry in the caller's transaction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import new_id, slug_id
from callsheet.model.actor import Actor
from callsheet.model.link import Link, Ref
from callsheet.roadmap.records import Decision, Goal, Initiative, PromiseChange, ScoreInput
from callsheet.roadmap.rules import INPUTS, STAGES, between, moved_days, stage_of
from callsheet.store.book import Book, LinkRow
from callsheet.store.permissions import require

FIELDS = ("title", "why", "team", "owner", "goal", "product")


def add_goal(
    book: Book, title: str, actor: Actor, *, owner: str = "", metric: str = "", baseline: float | None = None,
    target: float | None = None, due_at: datetime | None = None, parent: str = "", id: str = "",
) -> Goal:  # fmt: skip
    """Add a goal; with a metric it needs the baseline and target between which progress is measured."""
    require(actor, "add_goal", Ref("goal", title.strip() or "new"))
    _named(title, "goal")
    if metric and (baseline is None or target is None or baseline == target):
        raise BadInput(
            "A goal with a metric needs a baseline and another number as its target.",
            "Give what the metric is today, and what it is to be.",
        )
    if parent:
        book.get(Goal, parent)
    key = id or slug_id(title, lambda taken: book.exists(Goal, taken))
    goal = Goal(
        id=key, title=title.strip(), owner=owner, metric=metric, baseline=baseline, target=target, due_at=due_at,
        parent=parent, created_at=book.now,
    )  # fmt: skip
    book.add(goal)
    book.log("goal.added", Ref("goal", key), actor, title=goal.title, metric=metric)
    return goal


def change_goal(book: Book, goal_id: str, actor: Actor, **changes: Any) -> Goal:
    """Change a goal; what is None stays."""
    require(actor, "change_goal", Ref("goal", goal_id))
    given = {name: value for name, value in changes.items() if value is not None}
    if "title" in given:
        _named(given["title"], "goal")
    goal = book.update(Goal, goal_id, **given)
    if goal.metric and (goal.baseline is None or goal.baseline == goal.target):
        raise BadInput("Baseline and target of a goal must differ.", "Give what the metric is to become.")
    book.log("goal.changed", Ref("goal", goal_id), actor, **given)
    return goal


def remove_goal(book: Book, goal_id: str, actor: Actor) -> None:
    """Delete a goal that no initiative serves."""
    require(actor, "remove_goal", Ref("goal", goal_id))
    goal = book.get(Goal, goal_id)
    if book.count(select(Initiative).where(Initiative.goal == goal_id)):
        raise Conflict(f"{goal.title} is served by initiatives.", "Give them another goal first.")
    book.remove(goal)
    book.log("goal.removed", Ref("goal", goal_id), actor, title=goal.title)


def add_initiative(
    book: Book, title: str, actor: Actor, *, why: str = "", team: str = "", owner: str = "", stage: str = "later",
    goal: str = "", product: str = "", id: str = "",
) -> Initiative:  # fmt: skip
    """Add an initiative at the end of its column; its id is read from its title."""
    require(actor, "add_initiative", Ref("initiative", title.strip() or "new"))
    _named(title, "initiative")
    _stage(stage)
    key = id or slug_id(title, lambda taken: book.exists(Initiative, taken))
    initiative = Initiative(
        id=key, title=title.strip(), why=why.strip(), team=team, owner=owner, stage=stage, goal="", product=product,
        position=_end(book, stage), source_ref="", own=[], created_at=book.now,
        started_at=book.now if stage in ("now", "done") else None, done_at=book.now if stage == "done" else None,
    )  # fmt: skip
    book.add(initiative)
    book.log("initiative.added", Ref("initiative", key), actor, title=initiative.title, stage=stage)
    if goal:
        _serve(book, initiative, goal, actor)
    return initiative


def change_initiative(book: Book, initiative_id: str, actor: Actor, **changes: str | None) -> Initiative:
    """Change title, why, team, owner, goal or product; what is None stays. The source no longer overwrites it."""
    require(actor, "change_initiative", Ref("initiative", initiative_id))
    given = {name: value.strip() for name, value in changes.items() if value is not None and name in FIELDS}
    if "title" in given:
        _named(given["title"], "initiative")
    initiative = book.get(Initiative, initiative_id)
    if "goal" in given:
        _serve(book, initiative, given["goal"], actor)
    book.update(Initiative, initiative_id, **given)
    _keep(initiative, *given)
    book.log("initiative.changed", Ref("initiative", initiative_id), actor, **given)
    return initiative


def remove_initiative(book: Book, initiative_id: str, actor: Actor) -> None:
    """Delete an initiative that nothing is linked to; others are dropped, so that their story stays."""
    require(actor, "remove_initiative", Ref("initiative", initiative_id))
    initiative, name = book.get(Initiative, initiative_id), f"initiative:{initiative_id}"
    linked = select(LinkRow).where(or_(LinkRow.from_ref == name, LinkRow.to_ref == name), LinkRow.kind != "serves")
    if book.count(linked) or initiative.source_ref:
        raise Conflict(f"{initiative.title} is linked to requests or work.", "Move it to dropped instead.")
    if initiative.goal:
        book.unlink(Ref("initiative", initiative_id), "serves", Ref("goal", initiative.goal))
    book.remove(initiative)
    book.log("initiative.removed", Ref("initiative", initiative_id), actor, title=initiative.title)


def move(book: Book, initiative_id: str, stage: str, actor: Actor, index: int | None = None) -> tuple[str, int]:
    """Put an initiative into a column at `index` (default: its end); returns where it was, to undo it."""
    ref = Ref("initiative", initiative_id)
    require(actor, "move_initiative", ref)
    _stage(stage)
    initiative = book.get(Initiative, initiative_id)
    before = (initiative.stage, [row.id for row in _column(book, initiative.stage)].index(initiative_id))
    others = [row for row in _column(book, stage) if row.id != initiative_id]
    spot = len(others) if index is None else max(0, min(index, len(others)))
    below = others[spot - 1].position if spot else None
    initiative.position = between(below, others[spot].position if spot < len(others) else None)
    if stage != initiative.stage:
        _enter(initiative, stage, book.now)
        _keep(initiative, "stage")
        book.log("initiative.moved", ref, actor, before=before[0], stage=stage)
    else:
        book.log("initiative.reordered", ref, actor, stage=stage, index=spot)
    return before


def promise(book: Book, initiative_id: str, promised_at: datetime | None, actor: Actor, reason: str = "") -> Initiative:
    """Promise a date, move it, or withdraw it (None). Moving and withdrawing need a reason; all is kept."""
    ref = Ref("initiative", initiative_id)
    require(actor, "promise_initiative", ref)
    initiative = book.get(Initiative, initiative_id)
    before = initiative.promised_at
    if before is None and promised_at is None:
        raise Conflict(f"{initiative.title} has no promised date.", "There is nothing to withdraw.")
    if before is not None and not reason.strip():
        raise BadInput("A promised date moves only with a reason.", "Say why; those who rely on it will ask.")
    if before == promised_at:
        return initiative
    _promised(book, initiative, promised_at, reason.strip(), actor)
    _keep(initiative, "promised_at")
    return initiative


def override_input(
    book: Book, initiative_id: str, name: str, amount: float, actor: Actor, reason: str, *, low: float | None = None,
    high: float | None = None, evidence: dict[str, Any] | None = None,
) -> ScoreInput:  # fmt: skip
    """Set an input of the score in place of its evidence, with a reason; both stay visible."""
    ref = Ref("initiative", initiative_id)
    require(actor, "override_input", ref)
    book.get(Initiative, initiative_id)
    _check_input(name, low, amount, high)
    if not reason.strip():
        raise BadInput("An override needs a reason.", "Say what you know that the evidence does not.")
    row = book.find(ScoreInput, (initiative_id, name)) or ScoreInput(initiative=initiative_id, input=name)
    row.low, row.amount, row.high, row.evidence, row.override = low, amount, high, evidence or {}, True
    row.reason, row.by, row.set_at = reason.strip(), actor.name, book.now
    book.session.add(row)
    book.log("initiative.input_overridden", ref, actor, input=name, amount=amount, reason=reason)
    return row


def clear_override(book: Book, initiative_id: str, name: str, actor: Actor) -> None:
    """Let the evidence speak again."""
    ref = Ref("initiative", initiative_id)
    require(actor, "override_input", ref)
    book.remove(book.get(ScoreInput, (initiative_id, name)))
    book.log("initiative.override_cleared", ref, actor, input=name)


def predict(
    book: Book, initiative_id: str, metric: str, effect: float, actor: Actor, *, low: float | None = None,
    high: float | None = None, due_at: datetime | None = None,
) -> Initiative:  # fmt: skip
    """State the effect on a named metric that the initiative is expected to have, so that it can be scored."""
    ref = Ref("initiative", initiative_id)
    require(actor, "predict_initiative", ref)
    initiative = book.get(Initiative, initiative_id)
    if low is not None and high is not None and not low <= effect <= high:
        raise BadInput("The expected effect lies outside its range.", "Give low <= effect <= high.")
    initiative.predicted_metric, initiative.predicted_effect = metric, effect
    initiative.predicted_low, initiative.predicted_high = low, high
    initiative.predicted_by, initiative.predicted_due_at = actor.name, due_at
    book.log("initiative.predicted", ref, actor, metric=metric, effect=effect, low=low, high=high)
    return initiative


def decide(
    book: Book, title: str, actor: Actor, *, ref: str = "", because: str = "", options: Sequence[dict[str, Any]] = (),
    dissent: str = "", evidence: Sequence[dict[str, Any]] = (), prediction: dict[str, Any] | None = None,
    review_at: datetime | None = None, by: str = "",
) -> Decision:  # fmt: skip
    """Write a decision down with its options, the figures it rests on, and when it is to be looked at again."""
    require(actor, "decide", Ref("decision", title.strip() or "new"))
    _named(title, "decision")
    if sum(bool(option.get("chosen")) for option in options) > 1:
        raise BadInput("More than one option is marked as chosen.", "Mark the one that was decided for.")
    if ref:
        Ref.parse(ref)
    key = slug_id(title, lambda taken: book.exists(Decision, taken))
    decision = Decision(
        id=key, title=title.strip(), ref=ref, because=because.strip(), options=list(options), dissent=dissent.strip(),
        evidence=list(evidence), prediction=prediction or {}, by=by or actor.name, decided_at=book.now,
        review_at=review_at, outcome="",
    )  # fmt: skip
    book.add(decision)
    book.log("decision.made", Ref("decision", key), actor, title=decision.title, about=ref)
    return decision


def review_decision(book: Book, decision_id: str, outcome: str, actor: Actor) -> Decision:
    """Write down how a decision came out."""
    require(actor, "review_decision", Ref("decision", decision_id))
    if not outcome.strip():
        raise BadInput("The review has no outcome.", "Say what came of the decision, and whether it was right.")
    decision = book.update(Decision, decision_id, outcome=outcome.strip(), reviewed_at=book.now)
    book.log("decision.reviewed", Ref("decision", decision_id), actor, outcome=outcome)
    return decision


def adopt(book: Book, items: Sequence[dict[str, Any]], actor: Actor) -> dict[str, int]:
    """Make initiatives of a roadmap that lives in a tool, and keep them in step where nobody changed them here.

    `items` are what `metrics.plans.imported` gives. Doing it again changes nothing. Returns how many were
    added and changed.
    """
    require(actor, "adopt_initiatives", Ref("workspace", "roadmap"))
    known = {row.source_ref: row for row in book.all(select(Initiative).where(Initiative.source_ref != ""))}
    counts = {"added": 0, "changed": 0}
    for item in items:
        source = f"work:{item['item_id']}"
        row = known.get(source) or book.find(Initiative, item["item_id"])
        if row is None:
            row = add_initiative(book, item["title"] or item["item_id"], actor, product=item["product"] or "")
            row.created_at = item["created_at"] or book.now
            book.link(Link(Ref("initiative", row.id), "built_by", Ref.parse(source)), actor)
            counts["added"] += 1
            _follow(book, row, item, actor)
        elif _follow(book, row, item, actor):
            counts["changed"] += 1
        row.source_ref = source
    if any(counts.values()):
        book.log("roadmap.adopted", Ref("workspace", "roadmap"), actor, **counts)
    return counts


def _follow(book: Book, row: Initiative, item: dict[str, Any], actor: Actor) -> bool:
    """Bring a row in step with its source; whether anything changed."""
    stage = stage_of(item["state"], item["category"])
    wanted: dict[str, Any] = {"title": item["title"] or row.title, "team": item["team"] or row.team}
    wanted |= {"owner": item["owner"] or row.owner, "started_at": item["started_at"] or row.started_at}
    changed = False
    for name, value in wanted.items():
        if name not in row.own and getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    if "stage" not in row.own and row.stage != stage:
        _enter(row, stage, item["done_at"] or book.now)
        row.position = _end(book, stage)
        changed = True
    if "promised_at" not in row.own and item["due_at"] is not None and row.promised_at != item["due_at"]:
        _promised(book, row, item["due_at"], "As the source says.", actor)
        changed = True
    return changed


def _promised(book: Book, row: Initiative, promised_at: datetime | None, reason: str, actor: Actor) -> None:
    before, row.promised_at = row.promised_at, promised_at
    book.add(PromiseChange(
        id=new_id("prm"), initiative=row.id, before_at=before, after_at=promised_at, reason=reason,
        changed_at=book.now, actor=actor.name,
    ))  # fmt: skip
    verb = "initiative.promise_withdrawn" if promised_at is None else "initiative.promised"
    days = moved_days(before, promised_at)
    book.log(
        verb, Ref("initiative", row.id), actor, before_at=before, promised_at=promised_at, days=days, reason=reason
    )


def _serve(book: Book, initiative: Initiative, goal: str, actor: Actor) -> None:
    if goal:
        book.get(Goal, goal)
    if initiative.goal:
        book.unlink(Ref("initiative", initiative.id), "serves", Ref("goal", initiative.goal))
    initiative.goal = goal
    if goal:
        book.link(Link(Ref("initiative", initiative.id), "serves", Ref("goal", goal)), actor)


def _enter(initiative: Initiative, stage: str, moment: datetime) -> None:
    initiative.stage = stage
    if stage in ("now", "done") and initiative.started_at is None:
        initiative.started_at = moment
    initiative.done_at = moment if stage == "done" else None


def _keep(initiative: Initiative, *names: str) -> None:
    initiative.own = sorted({*initiative.own, *names})


def _column(book: Book, stage: str) -> list[Initiative]:
    return book.all(select(Initiative).where(Initiative.stage == stage).order_by(Initiative.position, Initiative.id))


def _end(book: Book, stage: str) -> float:
    rows = _column(book, stage)
    return between(rows[-1].position if rows else None, None)


def _named(title: str, noun: str) -> None:
    if not title.strip():
        raise BadInput(f"The {noun} needs a title.", "Say in a few words what it is about.")
    if len(title) > 300:
        raise BadInput("The title is longer than 300 characters.", "Shorten it; the rest goes into the why.")


def _stage(stage: str) -> None:
    if stage not in STAGES:
        raise BadInput(f"There is no stage {stage!r}.", f"Use one of {', '.join(STAGES)}.")


def _check_input(name: str, low: float | None, amount: float, high: float | None) -> None:
    if name not in INPUTS:
        raise BadInput(f"There is no input {name!r}.", f"Use one of {', '.join(INPUTS)}.")
    given = [value for value in (low, amount, high) if value is not None]
    if not all(math.isfinite(value) and value >= 0 for value in given) or given != sorted(given):
        raise BadInput(f"The {name} is not a range.", "Give 0 <= low <= amount <= high.")
    if name == "effort" and min(given) == 0:
        raise BadInput("An effort of 0 cannot be divided by.", "Give the smallest effort that you believe in.")
    if name == "confidence" and amount > 1:
        raise BadInput(f"A confidence of {amount:g} is above 1.", "Write 80% as 0.8.")
