"""What people decide about experiments: permission first, then state and log entry together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from callsheet.base.errors import BadInput, Conflict
from callsheet.base.ids import slug_id
from callsheet.experiments.records import Experiment
from callsheet.experiments.rules import (
    FIXED,
    PLAN,
    VERDICTS,
    check_plan,
    check_prediction,
    needs_reason,
    plan_hash,
)
from callsheet.model.actor import Actor
from callsheet.model.link import Link, Ref
from callsheet.store.book import Book
from callsheet.store.permissions import require

DEFAULTS: dict[str, Any] = {
    "hypothesis": "", "owner": "", "initiative": "", "team": "", "kind": "product", "metric_kind": "proportion",
    "better": "higher", "unit_kind": "person", "worthwhile": 0.0, "guardrails": [], "planned_days": 14,
}  # fmt: skip


def ref_of(experiment_id: str) -> Ref:
    """Return the ref of an experiment."""
    return Ref("experiment", experiment_id)


def plan_of(experiment: Experiment) -> dict[str, Any]:
    """Return the plan's content."""
    return {name: getattr(experiment, name) for name in PLAN}


def plan_experiment(
    book: Book, title: str, actor: Actor, *, experiment_id: str = "", exposure_key: str = "", **plan: Any
) -> Experiment:
    """Write the plan of an experiment, as a draft. Its id is made from the title unless given."""
    require(actor, "plan_experiment", ref_of(experiment_id or title))
    _known(plan)
    content = {**DEFAULTS, "title": title.strip(), **plan}
    content["arms"] = _weighted(content.get("arms") or [])
    content.setdefault("metric", "")
    check_plan(content)
    key = experiment_id or slug_id(title, lambda taken: book.exists(Experiment, taken))
    row = Experiment(
        id=key, **content, predictions=[], amendments=[], measured={}, exposure_key=exposure_key or key,
        state="draft", planned_at=book.now,
    )  # fmt: skip
    book.add(row)
    _draw(book, row, actor)
    book.log("experiment.planned", ref_of(key), actor, title=row.title, metric=row.metric)
    return row


def predict(
    book: Book, experiment_id: str, by: str, effect: float, actor: Actor, *, low: float, high: float
) -> Experiment:
    """Say what effect `by` expects, with an 80% range. One prediction a person, and only before the start."""
    require(actor, "plan_experiment", ref_of(experiment_id))
    row = book.get(Experiment, experiment_id)
    if row.state != "draft":
        raise Conflict(f"{row.title} has started; a prediction after that is none.", "Predict the next one.")
    check_prediction(effect, low, high)
    if not by.strip():
        raise BadInput("A prediction needs the one who makes it.")
    said = {"by": by.strip(), "effect": effect, "low": low, "high": high}
    others = [one for one in row.predictions if one["by"] != said["by"]]
    book.update(Experiment, experiment_id, predictions=[*others, said])
    book.log("experiment.predicted", ref_of(experiment_id), actor, **said)
    return row


def amend(book: Book, experiment_id: str, actor: Actor, *, reason: str = "", **changes: Any) -> Experiment:
    """Change the plan. After the start it needs a reason, stands in the plan for all to see, and cannot touch
    what is tested (metric, arms, unit): that is a new experiment."""
    require(actor, "plan_experiment", ref_of(experiment_id))
    row = book.get(Experiment, experiment_id)
    _known(changes)
    if row.state in ("decided", "stopped"):
        raise Conflict(f"{row.title} is over; its plan stays as it was.", "Restart it as a new run.")
    if "arms" in changes:
        changes["arms"] = _weighted(changes["arms"])
    before = {name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value}
    after = {name: changes[name] for name in before}
    if not before:
        return row
    check_plan(plan_of(row) | after)
    if row.state == "running":
        _check_amendment(before, reason)
        told = {"made_at": book.now.isoformat(), "by": actor.id, "reason": reason.strip()}
        after_all = [*row.amendments, {**told, "before": before, "after": after}]
        book.update(Experiment, experiment_id, amendments=after_all)
    if "initiative" in after and row.initiative:
        book.unlink(Ref("initiative", row.initiative), "tests", ref_of(experiment_id))
    book.update(Experiment, experiment_id, **after)
    _draw(book, row, actor)
    verb = "experiment.amended" if row.state == "running" else "experiment.replanned"
    book.log(verb, ref_of(experiment_id), actor, before=before, after=after, reason=reason)
    return row


def start(book: Book, experiment_id: str, actor: Actor, started_at: datetime | None = None) -> Experiment:
    """Start an experiment and hash its plan. `started_at` is for one that runs already, never in the future."""
    require(actor, "start_experiment", ref_of(experiment_id))
    row = book.get(Experiment, experiment_id)
    if row.state != "draft":
        raise Conflict(f"{row.title} is {row.state}; only a draft can start.", "Restart it as a new run.")
    moment = started_at or book.now
    if moment > book.now:
        raise BadInput("An experiment cannot have started in the future.", "Start it when it starts.")
    made = plan_hash(plan_of(row), row.predictions)
    book.update(Experiment, experiment_id, state="running", started_at=moment, plan_hash=made)
    book.log("experiment.started", ref_of(experiment_id), actor, plan_hash=made, started_at=moment)
    return row


def decide(
    book: Book, experiment_id: str, verdict: str, actor: Actor, *, reason: str = "", advised: str | None = None,
    measured: dict[str, Any] | None = None,
) -> Experiment:  # fmt: skip
    """Decide an experiment. `advised` is what its rule says; deciding otherwise needs a reason. `measured` is
    kept with the decision. `keep_running` is written down and changes nothing else."""
    require(actor, "decide_experiment", ref_of(experiment_id))
    if verdict not in VERDICTS:
        raise BadInput(f"There is no verdict {verdict!r}.", f"Use one of {', '.join(VERDICTS)}.")
    row = book.get(Experiment, experiment_id)
    if row.state != "running":
        raise Conflict(f"{row.title} is {row.state}; only a running experiment can be decided.")
    against = needs_reason(verdict, advised)
    if against and not reason.strip():
        says = f"The rule says {advised.replace('_', ' ')}" if advised else "The rule gives no verdict"
        raise BadInput(f"{says}; deciding otherwise needs a reason.", "Say why in a few words; it is kept.")
    done = {"decision": verdict, "decided_at": book.now, "decided_by": actor.id, "reason": reason.strip()}
    if verdict != "keep_running":
        done |= {"state": "decided", "ended_at": book.now, "measured": measured or {}}
    book.update(Experiment, experiment_id, **done)
    told = {"verdict": verdict, "reason": reason.strip(), "advised": advised, "against_rule": against}
    book.log("experiment.decided", ref_of(experiment_id), actor, **told, title=row.title, initiative=row.initiative)
    return row


def reopen(book: Book, experiment_id: str, actor: Actor) -> Experiment:
    """Undo a decision; the log keeps that it was taken and taken back."""
    require(actor, "decide_experiment", ref_of(experiment_id))
    row = book.get(Experiment, experiment_id)
    if not row.decision:
        raise Conflict(f"{row.title} has no decision to undo.")
    taken = {"verdict": row.decision, "reason": row.reason, "decided_by": row.decided_by}
    book.update(
        Experiment, experiment_id, state="running", decision="", decided_at=None, decided_by="", reason="",
        ended_at=None, measured={},
    )  # fmt: skip
    book.log("experiment.reopened", ref_of(experiment_id), actor, undone=taken)
    return row


def stop(book: Book, experiment_id: str, actor: Actor, reason: str) -> Experiment:
    """Stop an experiment without a verdict; its data are kept."""
    require(actor, "decide_experiment", ref_of(experiment_id))
    if not reason.strip():
        raise BadInput("Stopping an experiment needs a reason.", "Say why in a few words; it is kept.")
    row = book.get(Experiment, experiment_id)
    if row.state not in ("running", "draft"):
        raise Conflict(f"{row.title} is {row.state} already.")
    book.update(Experiment, experiment_id, state="stopped", ended_at=book.now, reason=reason.strip())
    book.log("experiment.stopped", ref_of(experiment_id), actor, reason=reason.strip(), title=row.title)
    return row


def restart(book: Book, experiment_id: str, actor: Actor) -> Experiment:
    """Start a new run with the same plan and predictions. It reads only units first exposed since now; a run
    still under way is stopped."""
    require(actor, "start_experiment", ref_of(experiment_id))
    old = book.get(Experiment, experiment_id)
    if old.state == "draft":
        raise Conflict(f"{old.title} has not started yet.", "Start it.")
    copy = plan_experiment(
        book, f"{old.title}, again", actor, exposure_key=old.exposure_key,
        **{name: value for name, value in plan_of(old).items() if name != "title"},
    )  # fmt: skip
    book.update(Experiment, copy.id, predictions=list(old.predictions), copied_from=old.id)
    if old.state == "running":
        stop(book, old.id, actor, f"restarted as {copy.id}")
    return start(book, copy.id, actor)


def _known(plan: dict[str, Any]) -> None:
    unknown = set(plan) - set(PLAN)
    if unknown:
        raise BadInput(f"A plan has no {', '.join(sorted(unknown))}.", f"It has: {', '.join(PLAN)}.")


def _weighted(arms: list[Any]) -> list[dict[str, Any]]:
    return [{"name": str(arm.get("name", "")).strip(), "allocation": arm.get("allocation", 1)} for arm in arms]


def _check_amendment(before: dict[str, Any], reason: str) -> None:
    fixed = sorted(FIXED & set(before))
    if fixed:
        raise Conflict(
            f"{', '.join(fixed)} cannot change while it runs: that would be another test.",
            "Restart it as a new run.",
        )
    if not reason.strip():
        raise BadInput("An amendment after the start needs a reason.", "Say why in a few words; it is kept.")


def _draw(book: Book, row: Experiment, actor: Actor) -> None:
    if row.initiative:
        book.link(Link(Ref("initiative", row.initiative), "tests", ref_of(row.id)), actor)
