"""Scores of ideas, and how sure their order is when the inputs are ranges."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from callsheet.base.errors import BadInput
from callsheet.stats.checks import Floats

Z90 = 1.6448536269514722
"""Standard normal quantile of .95: a 90% range reaches this far to each side."""

Model = Literal["rice", "ice", "ice mean", "wsjf"]


@dataclass(frozen=True)
class Range:
    """A value that lies between low and high with 90% chance; lognormal, so both ends are above 0."""

    low: float
    high: float

    @property
    def mu(self) -> float:
        """Mean of the logarithm."""
        return (math.log(self.low) + math.log(self.high)) / 2

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return (math.log(self.high) - math.log(self.low)) / (2 * Z90)

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high < math.inf:
            raise BadInput(f"The range {self.low:g} to {self.high:g} is no 90% range.", "Give 0 < low <= high.")


Input = float | Range


@dataclass(frozen=True)
class Ranking:
    """Names from best to worst by the median of their score, with the doubt in that order.

    `above[a][b]` is the chance that a scores above b (ties count half); `places[a]` the chance of each
    place, best first; `held` the chance that a keeps exactly its place; `first` that the leader leads.
    """

    model: Model
    order: tuple[str, ...]
    score: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    above: Mapping[str, Mapping[str, float]]
    places: Mapping[str, tuple[float, ...]]
    trials: int

    @property
    def held(self) -> Mapping[str, float]:
        """Chance that each keeps its place."""
        return {name: self.places[name][i] for i, name in enumerate(self.order)}

    @property
    def first(self) -> float:
        """Chance that the leader is really first."""
        return self.places[self.order[0]][0]


def rice(reach: float, impact: float, confidence: float, effort: float) -> float:
    """Reach x impact x confidence / effort. Confidence is 0 to 1; units of reach and effort as agreed.

    Source: Intercom (McBride 2016): impact 3, 2, 1, .5, .25; confidence 100, 80, 50%.
    """
    _not_negative(reach=reach, impact=impact, confidence=confidence)
    if confidence > 1:
        raise BadInput(f"A confidence of {confidence:g} is above 1.", "Write 80% as 0.8.")
    return reach * impact * confidence / _divisor(effort, "effort")


def ice(impact: float, confidence: float, ease: float, how: Literal["product", "mean"] = "product") -> float:
    """Impact, confidence and ease (one scale), multiplied or averaged; the two can differ in order."""
    _not_negative(impact=impact, confidence=confidence, ease=ease)
    return impact * confidence * ease if how == "product" else (impact + confidence + ease) / 3


def wsjf(value: float, urgency: float, risk: float, size: float) -> float:
    """(Business value + time criticality + risk reduction) / job size, relative within one set.

    Source: SAFe.
    """
    _not_negative(value=value, urgency=urgency, risk=risk)
    return (value + urgency + risk) / _divisor(size, "size")


FIELDS: Mapping[Model, tuple[str, ...]] = {
    "rice": ("reach", "impact", "confidence", "effort"),
    "ice": ("impact", "confidence", "ease"),
    "ice mean": ("impact", "confidence", "ease"),
    "wsjf": ("value", "urgency", "risk", "size"),
}
_ARRAYS: Mapping[Model, Callable[..., Floats]] = {
    "rice": lambda reach, impact, confidence, effort: reach * impact * np.minimum(confidence, 1) / effort,
    "ice": lambda impact, confidence, ease: impact * confidence * ease,
    "ice mean": lambda impact, confidence, ease: (impact + confidence + ease) / 3,
    "wsjf": lambda value, urgency, risk, size: (value + urgency + risk) / size,
}
_POINT: Mapping[Model, Callable[..., float]] = {
    "rice": rice,
    "ice": ice,
    "ice mean": lambda **inputs: ice(**inputs, how="mean"),
    "wsjf": wsjf,
}


def rank(
    ideas: Mapping[str, Mapping[str, Input]], model: Model = "rice", *, trials: int = 10_000, seed: int = 0
) -> Ranking:
    """Rank ideas by simulation; each idea gives every field of the model as a number or a Range.

    A range of confidence is cut at 1. `low` and `high` of a score are its own 5% and 95% quantiles.
    """
    if not ideas:
        raise BadInput("There is nothing to rank.", "Give at least one idea.")
    rng = np.random.default_rng(seed)
    draws = np.stack([_draw(name, ideas[name], model, rng, trials) for name in ideas])
    median, low, high = np.median(draws, axis=1), *np.quantile(draws, [0.05, 0.95], axis=1)
    names = tuple(ideas)
    order = tuple(names[i] for i in np.argsort(-median, kind="stable"))
    at = {name: i for i, name in enumerate(names)}
    above = {a: {b: _beats(draws[at[a]], draws[at[b]]) for b in order if b != a} for a in order}
    places = _places(draws, rng)
    return Ranking(
        model=model,
        order=order,
        score={n: float(median[at[n]]) for n in order},
        low={n: float(low[at[n]]) for n in order},
        high={n: float(high[at[n]]) for n in order},
        above=above,
        places={n: tuple(float(p) for p in places[at[n]]) for n in order},
        trials=trials,
    )


def _draw(name: str, inputs: Mapping[str, Input], model: Model, rng: np.random.Generator, trials: int) -> Floats:
    fields = FIELDS[model]
    missing = [f for f in fields if f not in inputs]
    if missing or len(inputs) != len(fields):
        raise BadInput(f"{name!r} needs exactly: {', '.join(fields)}.", "Fill in the missing ones, drop others.")
    middle = {f: math.exp(v.mu) if isinstance(v, Range) else float(v) for f, v in inputs.items()}
    if model == "rice" and isinstance(inputs["confidence"], Range):
        middle["confidence"] = min(1.0, middle["confidence"])
    _POINT[model](**middle)  # refuses effort 0, negative inputs, confidence above 1
    columns = {
        f: np.exp(rng.normal(v.mu, v.sigma, trials)) if isinstance(v, Range) else np.full(trials, float(v))
        for f, v in inputs.items()
    }
    return _ARRAYS[model](**columns)


def _beats(a: Floats, b: Floats) -> float:
    return float((a > b).mean() + (a == b).mean() / 2)


def _places(draws: Floats, rng: np.random.Generator) -> Floats:
    """Share of trials in each place, best first (ideas x places); ties fall to chance."""
    ideas, trials = draws.shape
    mixed = np.lexsort((rng.random(draws.shape), -draws), axis=0)
    shares = np.zeros((ideas, ideas))
    for place in range(ideas):
        shares[:, place] = np.bincount(mixed[place], minlength=ideas) / trials
    return shares


def _not_negative(**inputs: float) -> None:
    for name, value in inputs.items():
        if not 0 <= value < math.inf:
            raise BadInput(f"The {name} is {value:g}.", "Give a number of 0 or more.")


def _divisor(value: float, name: str) -> float:
    if not 0 < value < math.inf:
        raise BadInput(f"The {name} is {value:g}, and a score divides by it.", f"Give the {name} above 0.")
    return value
