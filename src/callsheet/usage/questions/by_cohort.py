"""A breakdown by cohort: the same question for the members of each, with a line of its own.

Whoever is in several cohorts stands in each; `all` is everybody. As in PostHog.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from callsheet.base.errors import BadInput
from callsheet.usage.questions.common import Answer, Asked, Breakdown, Desk, Units, WhereIn

EVERYBODY = "all"
PARTS = ("lines", "times", "trends", "grids")
"""Where answers of any kind keep what belongs to one line of a breakdown."""
_Question = TypeVar("_Question", bound=Asked)


def asked_by(question: Asked) -> Breakdown | None:
    """Return the breakdown of a question that is divided by cohorts, else nothing."""
    return question.breakdown if question.breakdown and question.breakdown.cohorts else None


def answer(question: _Question, breakdown: Breakdown, one: Callable[[_Question], Answer], desk: Desk) -> Answer:
    """Answer a question for each cohort; `one` answers it for all. BadInput for a kind that has no lines."""
    found: list[Answer] = []
    named = _named(breakdown, desk)
    for name, cohort in named.items():
        found.append(_as_line(one(_within(question, cohort)), name))
        desk.cancelled()
    first, update = found[0], dict[str, Any]()
    for part in PARTS:
        if hasattr(first, part):
            together = [line for each in found for line in getattr(each, part)]
            update[part] = sorted(together, key=lambda line: getattr(line, "period", "") == "previous")
    if not update:
        raise BadInput("This kind of question is not divided by cohorts.", "Narrow it by a condition on the cohort.")
    everybody = [each.sample for each, cohort in zip(found, named.values(), strict=True) if cohort == EVERYBODY]
    update["sample"] = everybody[0] if everybody else sum(each.sample for each in found)
    update["left_out"] = max(each.left_out for each in found)
    update["notes"] = [*first.notes, "Whoever is in several cohorts counts in each."]
    return first.model_copy(update=update)


def people(
    question: _Question, breakdown: Breakdown, group: str, one: Callable[[_Question], Units], desk: Desk
) -> Units:  # fmt: skip
    """Return who is behind a cell of one cohort's line; BadInput for a line that is not there."""
    named = _named(breakdown, desk)
    if group not in named:
        raise BadInput(f"There is no line {group!r}.", f"Use one of {', '.join(named)}.")
    return one(_within(question, named[group]))


def _named(breakdown: Breakdown, desk: Desk) -> dict[str, str]:
    """Return the cohorts by a name that no other of them has."""
    found: dict[str, str] = {}
    for cohort in dict.fromkeys(breakdown.cohorts):
        name = EVERYBODY if cohort == EVERYBODY else desk.cohort_name(cohort)
        found[f"{name} ({cohort})" if name in found else name] = cohort
    return found


def _within(question: _Question, cohort: str) -> _Question:
    where = () if cohort == EVERYBODY else (WhereIn(field="cohort", values=(cohort,)),)
    return question.model_copy(update={"breakdown": None, "where": (*question.where, *where)})


def _as_line(answer: Answer, name: str) -> Answer:
    """Return an answer whose lines are those of one cohort. A line of a trend keeps its series as its label."""
    update = {}
    for part in filter(lambda one: hasattr(answer, one), PARTS):
        lines = []
        for line in getattr(answer, part):
            words = {} if hasattr(line, "series") else {"label": name}
            lines.append(line.model_copy(update={"part": "value", "group": name} | words))
        update[part] = lines
    return answer.model_copy(update=update)
