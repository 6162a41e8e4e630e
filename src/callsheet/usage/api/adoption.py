"""One feature's adoption over HTTP: the answer to the question of the kind adoption, at addresses that can be linked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from callsheet.http.context import Ctx
from callsheet.http.pages import Page, Paged
from callsheet.http.routes.readings import Theme, as_csv, drawn
from callsheet.metrics import Column
from callsheet.usage.api.answers import in_turn
from callsheet.usage.api.units import Behind, behind
from callsheet.usage.questions import kinds
from callsheet.usage.questions.adoption_shapes import AdoptionAnswer, Stage
from callsheet.usage.questions.asking import Asking
from callsheet.usage.questions.common import Asked, Unit
from callsheet.usage.questions.limits import Ask

router = APIRouter(prefix="/api/usage/features/{feature_id}/adoption", tags=["usage"])
By = Annotated[str, Query(max_length=100, description="Field to split by, such as account.plan")]
Until = Annotated[str, Query(max_length=40, description="Answer as of this day or moment")]


def _question(feature_id: str, unit: Unit, by: str, until: str) -> Asked:
    asked: dict[str, Any] = {"kind": "adoption", "feature": feature_id, "unit": unit}
    asked |= {"breakdown": {"by": by}} if by else {}
    return kinds.parse(asked | ({"span": {"until": until}} if until else {}))


@router.get("")
async def adoption(
    ctx: Ctx, request: Request, feature_id: str, unit: Unit = "account", by: By = "", until: Until = ""
) -> AdoptionAnswer:
    """Return what became of a feature since its release: who could use it, saw it, tried it, came back, kept it."""
    question = _question(feature_id, unit, by, until)

    def work(_: Ask, asking: Asking) -> AdoptionAnswer:
        return AdoptionAnswer.model_validate(asking.answer(question))

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.get("/people")
async def adoption_people(
    ctx: Ctx, request: Request, feature_id: str, paged: Paged, unit: Unit = "account", by: By = "", until: Until = "",
    stage: Stage = "tried", label: Annotated[str | None, Query(max_length=400)] = None,
) -> Page[Behind]:  # fmt: skip
    """Return who stands at a stage, all of them or those of one value of the split."""
    question = _question(feature_id, unit, by, until)

    def work(_: Ask, asking: Asking) -> Page[Behind]:
        found = asking.people(question, {"stage": stage, "label": label})
        return behind(asking.reader, found.unit, found.ids, paged)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.get("/chart")
async def adoption_chart(
    ctx: Ctx, request: Request, feature_id: str, unit: Unit = "account", until: Until = "",
    format: Literal["json", "svg", "png"] = "json", theme: Theme = "light",
) -> Any:  # fmt: skip
    """Return the chart of the share that tried it, by days since they could, against what was predicted."""
    question = _question(feature_id, unit, "", until)

    def work(_: Ask, asking: Asking) -> Any:
        return drawn(kinds.chart(question, asking.answer(question)), format, theme, 720, 260)

    return await in_turn(ctx.ws, request, ctx.actor.id, work)


@router.get("/csv", response_class=Response)
async def adoption_csv(
    ctx: Ctx, request: Request, feature_id: str, unit: Unit = "account", by: By = "", until: Until = ""
) -> Response:
    """Return the table of a feature's adoption as a CSV file."""
    question = _question(feature_id, unit, by, until)

    def work(_: Ask, asking: Asking) -> Response:
        table = kinds.table(question, asking.answer(question))
        return as_csv(
            f"adoption-{feature_id}", tuple(Column(one.key, one.label, one.unit) for one in table.columns), table.rows
        )

    return await in_turn(ctx.ws, request, ctx.actor.id, work)
