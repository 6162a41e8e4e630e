"""All kinds of questions, found by walking this package: one union to read them with, one place to send them to."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError, create_model

from callsheet.base.errors import BadInput
from callsheet.base.parts import walk
from callsheet.base.wording import in_words
from callsheet.usage.questions import by_cohort
from callsheet.usage.questions.common import Answer, Asked, Desk, Table, Units


def _found() -> dict[str, ModuleType]:
    modules = [module for module in walk(__package__ or "") if hasattr(module, "Question")]
    named = {str(module.Question.model_fields["kind"].default): module for module in modules}
    return dict(sorted(named.items(), key=lambda one: (one[0] != "trends", one[0])))  # the plainest is the example


KINDS: dict[str, ModuleType] = _found()


def _named(kind: str, module: ModuleType) -> Any:
    """The question under a name of its own, so that the API's description calls it FunnelQuestion; its kind is said."""
    asked = module.Question
    says: Any = (asked.model_fields["kind"].annotation, ...)
    return create_model(
        f"{kind.title()}Question", __base__=asked, __module__=module.__name__, __doc__=asked.__doc__, kind=says
    )


def _union(models: list[Any]) -> Any:
    return Annotated[Union[tuple(models)], Field(discriminator="kind")] if len(models) > 1 else models[0]  # noqa: UP007


if TYPE_CHECKING:
    AnyQuestion: TypeAlias = Asked
    AnyAnswer: TypeAlias = Answer
else:
    AnyQuestion = _union([_named(kind, module) for kind, module in KINDS.items()])
    _answers = [get_type_hints(one.answer)["return"] for one in KINDS.values() if hasattr(one, "answer")]
    AnyAnswer = Union[tuple(_answers)] if _answers else Answer  # noqa: UP007

_READ: TypeAdapter[Asked] = TypeAdapter(AnyQuestion)


def parse(raw: Any) -> Asked:
    """Return the question that plain values ask; BadInput names the first field that is wrong."""
    try:
        return _READ.validate_python(raw)
    except ValidationError as why:
        raise BadInput(*wrong(why)) from why


def plain(question: Asked) -> dict[str, Any]:
    """Return a question as JSON values: what was said, without the defaults."""
    return {"kind": kind_of(question)} | question.model_dump(mode="json", exclude_defaults=True)


def kind_of(question: Asked) -> str:
    """Return the kind of a question."""
    return str(question.kind)  # type: ignore[attr-defined]


def answer(question: Asked, desk: Desk) -> Answer:
    """Answer a question of any kind."""
    module, cohorts = _module(question), by_cohort.asked_by(question)
    if cohorts:
        return by_cohort.answer(question, cohorts, lambda one: module.answer(one, desk), desk)
    found: Answer = module.answer(question, desk)
    return _without_others(found) if question.breakdown and question.breakdown.largest_only else found


def _without_others(found: Answer) -> Answer:
    """Return an answer without the line of what is beyond the limit of its breakdown."""
    kept = {
        part: [line for line in getattr(found, part) if line.part != "other"]
        for part in by_cohort.PARTS
        if hasattr(found, part)
    }
    return found.model_copy(update=kept | {"notes": [*found.notes, "Values beyond the largest are not shown."]})


def people(question: Asked, cell: dict[str, Any], desk: Desk) -> Units:
    """Return who is behind a cell; BadInput when there is no such cell."""
    module = _module(question)
    try:
        asked = module.Cell.model_validate(cell)
    except ValidationError as why:
        message, mend = wrong(why)
        raise BadInput(f"cell.{message}", f"Give a cell of the answer. {mend}") from why
    cohorts = by_cohort.asked_by(question)
    if cohorts and asked.part:
        plain = asked.model_copy(update={"part": "", "group": ""})
        return by_cohort.people(question, cohorts, asked.group, lambda one: module.people(one, plain, desk), desk)
    question = question.model_copy(update={"breakdown": None}) if cohorts else question
    found: Units = module.people(question, asked, desk)
    return found


def chart(question: Asked, found: Answer) -> dict[str, Any]:
    """Return an answer as an ECharts option."""
    option: dict[str, Any] = _module(question).chart(question, found)
    return option


def table(question: Asked, found: Answer) -> Table:
    """Return an answer as rows."""
    rows: Table = _module(question).table(question, found)
    return rows


def wrong(why: ValidationError) -> tuple[str, str]:
    """Return the first thing that is wrong, with the field it is in, and what to do about it."""
    return in_words(why.errors(include_url=False), "The question")


def _module(question: Asked) -> ModuleType:
    return KINDS[kind_of(question)]
