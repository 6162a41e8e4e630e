"""Rules of experiments: what a plan must say, its hash, and what a decision against the rule needs."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from callsheet.base.errors import BadInput

Plan: TypeAlias = Mapping[str, Any]
STATES = ("draft", "running", "decided", "stopped")
KINDS = ("product", "process")
VERDICTS = ("ship", "roll_back", "keep_running", "inconclusive")
WORDS = {
    "ship": "Ship", "roll_back": "Roll back", "keep_running": "Keep running", "inconclusive": "Inconclusive",
    "broken": "Broken", "waiting": "No complete day yet",
}  # fmt: skip
PLAN = (
    "title", "hypothesis", "owner", "initiative", "team", "kind", "metric", "metric_kind", "better", "unit_kind",
    "arms", "worthwhile", "guardrails", "planned_days",
)  # fmt: skip
"""What a plan consists of, beside its predictions."""
FIXED = frozenset({"metric", "metric_kind", "better", "unit_kind", "arms", "kind"})
"""What cannot be amended after the start, for it would change what is being tested."""


def check_plan(plan: Plan) -> None:
    """Refuse a plan that cannot be read or decided later; the message says what is missing."""
    if not str(plan["title"]).strip() or not str(plan["metric"]).strip():
        raise BadInput("An experiment needs a title and a primary metric.")
    _one_of("kind", plan["kind"], KINDS)
    _one_of("metric_kind", plan["metric_kind"], ("proportion", "mean"))
    _one_of("better", plan["better"], ("higher", "lower"))
    check_arms(plan["arms"])
    if not math.isfinite(plan["worthwhile"]) or plan["worthwhile"] < 0:
        raise BadInput("The smallest worthwhile effect is its size, 0 or more.", "Use `better` for the direction.")
    if plan["metric_kind"] == "proportion" and plan["worthwhile"] > 1:
        raise BadInput("A worthwhile effect on a share lies between 0 and 1.", "Write 0.5 points as 0.005.")
    if not 1 <= int(plan["planned_days"]) <= 730:
        raise BadInput("An experiment is planned for 1 to 730 days.")
    for guardrail in plan["guardrails"]:
        check_guardrail(guardrail)


def check_arms(arms: Sequence[Plan]) -> None:
    """Refuse arms that are no split: two to ten, different names, allocations above 0."""
    names = [str(arm.get("name", "")).strip() for arm in arms]
    if not 2 <= len(arms) <= 10:
        raise BadInput(f"An experiment has 2 to 10 arms, not {len(arms)}.", "The first arm is the control.")
    if not all(names) or len(set(names)) != len(names):
        raise BadInput("Every arm needs a name of its own.")
    if not all(math.isfinite(arm.get("allocation", 1)) and arm.get("allocation", 1) > 0 for arm in arms):
        raise BadInput("Every arm needs an allocation above 0.", "Use weights, such as 1 and 1, or 0.9 and 0.1.")


def check_guardrail(guardrail: Plan) -> None:
    """Refuse a guardrail without a metric or with a margin below 0."""
    if not str(guardrail.get("metric", "")).strip():
        raise BadInput("A guardrail needs a metric.")
    _one_of("kind of a guardrail", guardrail.get("kind", "proportion"), ("proportion", "mean"))
    _one_of("better of a guardrail", guardrail.get("better", "lower"), ("higher", "lower"))
    if not guardrail.get("margin", 0) >= 0:
        raise BadInput("A guardrail's margin is how much harm is borne, 0 or more.")


def check_prediction(effect: float, low: float, high: float) -> None:
    """Refuse a prediction whose range does not hold its own effect."""
    if not all(math.isfinite(value) for value in (effect, low, high)) or not low <= effect <= high:
        raise BadInput("A prediction is low <= effect <= high.", "Give an 80% range around the effect you expect.")


def plan_hash(plan: Plan, predictions: Sequence[Plan]) -> str:
    """Return the SHA-256 of the plan with its predictions, written as sorted JSON without spaces."""
    content = {name: plan[name] for name in PLAN} | {"predictions": list(predictions)}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def needs_reason(verdict: str, advised: str | None) -> bool:
    """Whether a decision goes against the rule. Without advice (a broken split, no data) only keep_running and
    inconclusive follow it."""
    if advised in (None, "broken", "waiting"):
        return verdict not in ("keep_running", "inconclusive")
    return verdict != advised


def _one_of(what: str, given: Any, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise BadInput(f"The {what} cannot be {given!r}.", f"Use one of {', '.join(allowed)}.")
