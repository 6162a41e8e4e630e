"""Would these forecasts have held? Replay them over the series' own past and keep the score."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput
from callsheet.stats.blocks import HORIZON, active_weeks, daily_counts, finish_days, totals
from callsheet.stats.calibration import Coverage, brier, kept
from callsheet.stats.montecarlo import ACTIVE_WEEKS, PERCENTILES, WANTED_DAYS, HowMany, When

Kind = Literal["when", "how many"]
ENOUGH = 20
"""Past errors needed before they may correct a forecast."""


@dataclass(frozen=True)
class BackTest:
    """How often each promise was kept, over `origins` past days on which a forecast could have been made.

    `brier` scores the chance given to "the next `horizon` days bring their usual number" (.25 is a coin).
    `factors[85]` is what an 85% promise has to be multiplied with to have been kept (None: too few errors,
    or some never came); `recalibrated` is the coverage with such factors, each learnt only from what was
    known then. Origins overlap in time, so that the intervals of the coverages are narrower than the truth.
    """

    kind: Kind
    origins: int
    left_out: int
    left_out_why: str | None
    horizon: int
    coverage: Mapping[int, Coverage]
    brier: float | None
    factors: Mapping[int, float | None]
    recalibrated: Mapping[int, Coverage]


@dataclass(frozen=True)
class _Origin:
    day: int
    known: float
    bounds: Mapping[int, int]
    actual: float
    chance: float
    happened: bool


def back_test(
    history: ArrayLike,
    *,
    kind: Kind = "when",
    items: int | None = None,
    horizon: int = 28,
    step: int = 7,
    window: int = 180,
    trials: int = 2_000,
    seed: int = 0,
) -> BackTest:
    """Forecast from every `step`-th day of the past with the `window` days before it, and compare.

    "when" asks for the day on which `items` are done (as many as are usual in `horizon` days when not
    given), "how many" for the items in the next `horizon` days. The first origin has 90 days before it. An
    origin is left out when fewer than 5 of its weeks were active, or when the series ends before the 95%
    promise and the horizon: judging only those that happen to be done already would flatter the forecast.
    """
    days = daily_counts(history)
    if min(horizon, step) < 1 or window < WANTED_DAYS or (items is not None and items < 1):
        raise BadInput("The back-test cannot run.", f"Horizon, step, items from 1; window from {WANTED_DAYS} days.")
    rng = np.random.default_rng(seed)
    origins, thin, open_ = [], 0, 0
    for day in range(WANTED_DAYS, days.size, step):
        past, future = days[max(0, day - window) : day], days[day:]
        if active_weeks(past) < ACTIVE_WEEKS:
            thin += 1
            continue
        size = items or max(1, round(float(past.mean()) * horizon))
        replay = _replay_when if kind == "when" else _replay_how_many
        origin = replay(day, past, future, size, horizon, trials, rng)
        if origin is None:
            open_ += 1
        else:
            origins.append(origin)
    return _scored(kind, origins, thin, open_, horizon)


def recalibrated_days(test: BackTest, forecast: When) -> Mapping[int, int | None]:
    """Days by percentile after correction by the series' own errors; None where those cannot correct it."""
    _same(test, "when")
    return {p: None if d is None else _move("when", d, test.factors.get(p)) for p, d in forecast.days.items()}


def recalibrated_items(test: BackTest, forecast: HowMany) -> Mapping[int, int | None]:
    """Items by percentile after correction by the series' own errors; None where those cannot correct it."""
    _same(test, "how many")
    return {p: _move("how many", n, test.factors.get(p)) for p, n in forecast.at_least.items()}


def _same(test: BackTest, kind: Kind) -> None:
    if test.kind != kind:
        raise BadInput(f"A back-test of {test.kind!r} cannot correct a forecast of {kind!r}.")


def _replay_when(
    day: int,
    past: NDArray[np.int64],
    future: NDArray[np.int64],
    items: int,
    horizon: int,
    trials: int,
    rng: np.random.Generator,
) -> _Origin | None:
    outcomes = finish_days(past[None, :], [np.full(trials, float(items))], rng)[0]
    bounds = {p: math.ceil(float(np.quantile(outcomes, p / 100)) - 1e-9) for p in PERCENTILES}
    if max(bounds[95], horizon) > min(future.size, HORIZON):
        return None
    reached = np.flatnonzero(future.cumsum() >= items)
    actual = float(reached[0] + 1) if reached.size else math.inf
    chance = float((outcomes <= horizon).mean())
    return _Origin(day, day + actual, bounds, actual, chance, actual <= horizon)


def _replay_how_many(
    day: int,
    past: NDArray[np.int64],
    future: NDArray[np.int64],
    items: int,
    horizon: int,
    trials: int,
    rng: np.random.Generator,
) -> _Origin | None:
    if horizon > future.size:
        return None
    outcomes = totals(past, horizon, trials, rng)
    bounds = {p: math.floor(float(np.quantile(outcomes, 1 - p / 100)) + 1e-9) for p in PERCENTILES}
    actual = int(future[:horizon].sum())
    return _Origin(day, day + horizon, bounds, actual, float((outcomes >= items).mean()), actual >= items)


def _scored(kind: Kind, origins: Sequence[_Origin], thin: int, open_: int, horizon: int) -> BackTest:
    reasons = {f"fewer than {ACTIVE_WEEKS} active weeks before": thin, "outcome not known yet": open_}
    return BackTest(
        kind=kind,
        origins=len(origins),
        left_out=thin + open_,
        left_out_why="; ".join(f"{n} {why}" for why, n in reasons.items() if n) or None,
        horizon=horizon,
        coverage={p: kept([_holds(kind, o.bounds[p], o.actual) for o in origins], p / 100) for p in PERCENTILES},
        brier=brier([o.chance for o in origins], [o.happened for o in origins]),
        factors={p: _factor(kind, origins, p) for p in PERCENTILES},
        recalibrated={p: kept(_hits_after(kind, origins, p), p / 100) for p in PERCENTILES},
    )


def _holds(kind: Kind, bound: float, actual: float) -> bool:
    return actual <= bound if kind == "when" else actual >= bound


def _factor(kind: Kind, origins: Sequence[_Origin], percent: int) -> float | None:
    """The conformal quantile of actual / promised: rank ceil((n + 1) p) on the side that hurts.

    Items are counted from 1 up, so that a promise of none has a ratio too.
    Source: Romano, Patterson & Candes (2019), conformalized quantile regression, as a ratio.
    """
    rank = math.ceil((len(origins) + 1) * percent / 100)
    if len(origins) < ENOUGH or rank > len(origins):
        return None
    if kind == "when":
        factor = sorted(o.actual / o.bounds[percent] for o in origins)[rank - 1]
    else:
        factor = sorted(((o.actual + 1) / (o.bounds[percent] + 1) for o in origins), reverse=True)[rank - 1]
    return factor if math.isfinite(factor) else None


def _move(kind: Kind, bound: int, factor: float | None) -> int | None:
    if factor is None:
        return None
    if kind == "when":
        return math.ceil(bound * factor - 1e-9)
    return max(0, math.floor((bound + 1) * factor - 1 + 1e-9))


def _hits_after(kind: Kind, origins: Sequence[_Origin], percent: int) -> list[bool]:
    """Whether each corrected promise was kept, correcting only with errors known on the day of the
    forecast.
    """
    hits = []
    for i, origin in enumerate(origins):
        factor = _factor(kind, [o for o in origins[:i] if o.known <= origin.day], percent)
        bound = _move(kind, origin.bounds[percent], factor)
        if bound is not None:
            hits.append(_holds(kind, bound, origin.actual))
    return hits
