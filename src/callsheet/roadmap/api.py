"""Routes of the roadmap: goals, initiatives and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from callsheet.base.time import Period
from callsheet.http.context import Context, Ctx, Hit
from callsheet.http.pages import Page, Paged
from callsheet.metrics.facts import Facts
from callsheet.metrics.reader import Reader
from callsheet.metrics.registry import metric_named
from callsheet.model.link import Ref
from callsheet.roadmap import actions
from callsheet.roadmap.metrics.plans import imported
from callsheet.roadmap.records import Decision, Goal, Initiative
from callsheet.roadmap.shapes import (
    DecisionIn,
    DecisionOut,
    GoalChange,
    GoalIn,
    GoalOut,
    InitiativeChange,
    InitiativeFull,
    InitiativeIn,
    InitiativeOut,
    InputIn,
    Moved,
    Place,
    Prediction,
    Promise,
    Review,
    Row,
    ScoreInput,
)  # fmt: skip
from callsheet.store.permissions import require

router = APIRouter(prefix="/api/roadmap", tags=["roadmap"])
BEGINNING = datetime(1970, 1, 1)


@router.get("/goals", response_model=list[GoalOut])
def roadmap_goals(ctx: Ctx) -> Any:
    """Return all goals with where their metrics stand."""
    return ctx.reader.report("roadmap.goals").rows


@router.post("/goals", response_model=GoalOut, status_code=201)
def add_roadmap_goal(ctx: Ctx, goal: GoalIn) -> Any:
    """Add a goal."""
    with ctx.change() as book:
        added = actions.add_goal(book, **goal.model_dump(), actor=ctx.actor)
        _check_metric(goal.metric)
    return _plain(added) | {"goal": added.id}


@router.patch("/goals/{goal_id}", response_model=GoalOut)
def change_roadmap_goal(ctx: Ctx, goal_id: str, change: GoalChange) -> Any:
    """Change a goal."""
    with ctx.change() as book:
        goal = actions.change_goal(book, goal_id, ctx.actor, **change.model_dump())
        _check_metric(goal.metric)
    return _plain(goal) | {"goal": goal.id}


@router.delete("/goals/{goal_id}", status_code=204)
def remove_roadmap_goal(ctx: Ctx, goal_id: str) -> Response:
    """Delete a goal that no initiative serves."""
    with ctx.change() as book:
        actions.remove_goal(book, goal_id, ctx.actor)
    return Response(status_code=204)


@router.get("/initiatives", response_model=Page[InitiativeOut])
def roadmap_initiatives(ctx: Ctx, paged: Paged, stage: str = "", goal: str = "", team: str = "") -> Any:
    """Return initiatives in the order of the board; of one stage, goal or team where asked."""
    rows = [
        row
        for row in ctx.reader.report("roadmap.portfolio", _always(ctx)).rows
        if (not stage or row["stage"] == stage) and (not goal or row["goal"] == goal) and team in ("", row["team"])
    ]
    return paged.of(rows, lambda row: f"{row['title']} {row['why']} {row['team']}")


@router.post("/initiatives", response_model=InitiativeOut, status_code=201)
def add_roadmap_initiative(ctx: Ctx, new: InitiativeIn) -> Any:
    """Add an initiative at the end of its column."""
    with ctx.change() as book:
        return _card(actions.add_initiative(book, **new.model_dump(), actor=ctx.actor))


@router.post("/adoption")
def adopt_roadmap_initiatives(ctx: Ctx) -> dict[str, int]:
    """Make initiatives of the roadmap items that imports brought; again changes nothing."""
    with ctx.change() as book:
        require(ctx.actor, "adopt_initiatives", Ref("workspace", "roadmap"))
        return actions.adopt(book, imported(Facts(ctx.ws, ctx.reader, {})), ctx.actor)


@router.get("/initiatives/{initiative_id}", response_model=InitiativeFull)
def roadmap_initiative(ctx: Ctx, initiative_id: str) -> Any:
    """Return one initiative with all that is known about it."""
    row, always = ctx.reader.book.get(Initiative, initiative_id), _always(ctx)
    read = ctx.reader.report
    wanted = _of(read("feedback.demand").rows, initiative_id) if ctx.reader.has("feedback.demand") else []
    forecast, score = _of(read("roadmap.promises").rows, initiative_id), _of(read("roadmap.scores").rows, initiative_id)
    about = [each for each in read("roadmap.decisions", always).rows if each["ref"] == f"initiative:{initiative_id}"]
    return _card(row) | {
        "forecast": forecast[0] if forecast else None, "demand": wanted[0] if wanted else None,
        "score": score[0] if score else None, "prediction": _prediction(row), "decisions": about,
        "slips": _of(read("roadmap.slips", always).rows, initiative_id), "features": _features(ctx, initiative_id),
    }  # fmt: skip


def _features(ctx: Context, initiative_id: str) -> list[str]:
    """The features that an initiative delivers, by id."""
    here = Ref("initiative", initiative_id)
    links = Facts(ctx.ws, ctx.reader, {}).links.touching([here], ("delivers",))
    return sorted(link.to_ref.id for link in links if link.from_ref == here and link.to_ref.kind == "feature")


@router.patch("/initiatives/{initiative_id}", response_model=InitiativeOut)
def change_roadmap_initiative(ctx: Ctx, initiative_id: str, change: InitiativeChange) -> Any:
    """Change what an initiative says."""
    with ctx.change() as book:
        return _card(actions.change_initiative(book, initiative_id, ctx.actor, **change.model_dump()))


@router.delete("/initiatives/{initiative_id}", status_code=204)
def remove_roadmap_initiative(ctx: Ctx, initiative_id: str) -> Response:
    """Delete an initiative that nothing is linked to."""
    with ctx.change() as book:
        actions.remove_initiative(book, initiative_id, ctx.actor)
    return Response(status_code=204)


@router.put("/initiatives/{initiative_id}/stage", response_model=Moved)
def move_roadmap_initiative(ctx: Ctx, initiative_id: str, place: Place) -> Any:
    """Put an initiative into a column of the board."""
    with ctx.change() as book:
        stage, index = actions.move(book, initiative_id, place.stage, ctx.actor, place.index)
    return Moved(initiative=initiative_id, stage=place.stage, before=Place(stage=stage, index=index))


@router.put("/initiatives/{initiative_id}/promise", response_model=InitiativeOut)
def promise_roadmap_initiative(ctx: Ctx, initiative_id: str, promise: Promise) -> Any:
    """Promise a day, or move the promise with a reason."""
    with ctx.change() as book:
        return _card(actions.promise(book, initiative_id, promise.promised_at, ctx.actor, promise.reason))


@router.delete("/initiatives/{initiative_id}/promise", status_code=204)
def withdraw_roadmap_promise(ctx: Ctx, initiative_id: str, reason: Annotated[str, Query()] = "") -> Response:
    """Withdraw the promise, with a reason."""
    with ctx.change() as book:
        actions.promise(book, initiative_id, None, ctx.actor, reason)
    return Response(status_code=204)


@router.get("/initiatives/{initiative_id}/inputs", response_model=list[ScoreInput])
def roadmap_inputs(ctx: Ctx, initiative_id: str) -> list[Row]:
    """Return the inputs of its score, each with its evidence and what was set instead; none when it is done."""
    ctx.reader.book.get(Initiative, initiative_id)
    rows = _of(ctx.reader.report("roadmap.scores").rows, initiative_id)
    return rows[0]["inputs"] if rows else []


@router.put("/initiatives/{initiative_id}/inputs/{name}", status_code=204)
def override_roadmap_input(ctx: Ctx, initiative_id: str, name: str, given: InputIn) -> Response:
    """Set an input in place of its evidence; what the evidence said today is kept with it."""
    with ctx.change() as book:
        row = actions.override_input(
            book, initiative_id, name, given.amount, ctx.actor, given.reason, low=given.low, high=given.high
        )
        row.evidence = next((each for each in roadmap_inputs(ctx, initiative_id) if each["input"] == name), {})
        row.evidence = {key: value for key, value in row.evidence.items() if key != "override"}
    return Response(status_code=204)


@router.delete("/initiatives/{initiative_id}/inputs/{name}", status_code=204)
def clear_roadmap_input(ctx: Ctx, initiative_id: str, name: str) -> Response:
    """Let the evidence speak again."""
    with ctx.change() as book:
        actions.clear_override(book, initiative_id, name, ctx.actor)
    return Response(status_code=204)


@router.put("/initiatives/{initiative_id}/prediction", status_code=204)
def predict_roadmap_initiative(ctx: Ctx, initiative_id: str, given: Prediction) -> Response:
    """State the effect that is expected of an initiative."""
    with ctx.change() as book:
        actions.predict(book, initiative_id, given.metric, given.effect, ctx.actor, low=given.low, high=given.high,
                        due_at=given.due_at)  # fmt: skip
        _check_metric(given.metric)
    return Response(status_code=204)


@router.get("/decisions", response_model=Page[DecisionOut])
def roadmap_decisions(ctx: Ctx, paged: Paged, due: bool = False) -> Any:
    """Return the log of decisions, those due for review first."""
    rows = [row for row in ctx.reader.report("roadmap.decisions", _always(ctx)).rows if row["due"] or not due]
    return paged.of(rows, lambda row: f"{row['title']} {row['because']} {row['by']} {row['ref']}")


@router.post("/decisions", response_model=DecisionOut, status_code=201)
def make_roadmap_decision(ctx: Ctx, new: DecisionIn) -> Any:
    """Write a decision down, with the figures it rests on as they are today."""
    with ctx.change() as book:
        require(ctx.actor, "decide", Ref("decision", new.title or "new"))
        given = new.model_dump() | {"evidence": [_snapshot(ctx, name) for name in new.evidence]}
        return _decision(actions.decide(book, **given, actor=ctx.actor))


@router.get("/decisions/{decision_id}", response_model=DecisionOut)
def roadmap_decision(ctx: Ctx, decision_id: str) -> Any:
    """Return one decision."""
    ctx.reader.book.get(Decision, decision_id)
    rows = ctx.reader.report("roadmap.decisions", _always(ctx)).rows
    return next(row for row in rows if row["decision"] == decision_id)


@router.post("/decisions/{decision_id}/review", response_model=DecisionOut)
def review_roadmap_decision(ctx: Ctx, decision_id: str, review: Review) -> Any:
    """Write down how a decision came out."""
    with ctx.change() as book:
        return _decision(actions.review_decision(book, decision_id, review.outcome, ctx.actor))


def search(reader: Reader, words: str) -> list[Hit]:
    """Find initiatives, goals and decisions whose title holds all the words."""
    wanted, found = words.lower().split(), list[Hit]()
    kinds = (("initiative", Initiative, "/roadmap/initiatives/{}"), ("goal", Goal, "/roadmap?tab=goals"),
             ("decision", Decision, "/decisions/{}"))  # fmt: skip
    for kind, record, href in kinds:
        for row in reader.book.rows(select(record.id, record.title)):
            if all(word in row.title.lower() for word in wanted):
                found.append(Hit(f"{kind}:{row.id}", row.title, kind, href.format(row.id)))
    return found[:12]


def _always(ctx: Context) -> Period:
    """From the beginning up to and including now."""
    now = ctx.reader.now
    return Period(BEGINNING, now.replace(year=now.year + 1, day=1))


def _of(rows: list[Row], initiative: str) -> list[Row]:
    return [row for row in rows if row["initiative"] == initiative]


def _plain(row: Any) -> Row:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _card(row: Initiative) -> Row:
    return _plain(row) | {"initiative": row.id}


def _decision(row: Decision) -> Row:
    return _plain(row) | {"decision": row.id}


def _prediction(row: Initiative) -> Prediction | None:
    if row.predicted_effect is None:
        return None
    return Prediction(metric=row.predicted_metric, effect=row.predicted_effect, low=row.predicted_low,
                      high=row.predicted_high, due_at=row.predicted_due_at, by=row.predicted_by)  # fmt: skip


def _check_metric(name: str) -> None:
    if name:
        metric_named(name)


def _snapshot(ctx: Context, name: str) -> Row:
    spec = metric_named(name)
    value = ctx.reader.value(name)
    return {"metric": name, "title": spec.title, "amount": value.amount, "unit": value.unit, "sample": value.sample,
            "read_at": ctx.reader.now.isoformat()}  # fmt: skip
