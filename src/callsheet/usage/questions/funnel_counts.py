"""From how far each unit got to the figures of a funnel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from callsheet.stats.intervals import wilson
from callsheet.usage.questions.common import Bucket
from callsheet.usage.questions.funnel_shapes import Bin, Point, StepOut

if TYPE_CHECKING:
    from callsheet.stats.walks.funnel_runs import Reached

MOST_BINS = 60
SINGLE_BIN = 60.0
"""Width, in seconds, of the bins when all took equally long; as in PostHog."""


def chosen(reached: Reached, which: NDArray[np.bool_]) -> Reached:
    """Return some of the runs."""
    if which.all():
        return reached
    places = np.flatnonzero(which)
    return type(reached)(*(column.take(places, axis=0) for column in reached))


def took(reached: Reached, step: int) -> NDArray[np.bool_]:
    """Return which runs took a step (counted from 1)."""
    return np.asarray(reached.bits & (1 << (step - 1)), np.bool_)


def required_before(step: int, optional: list[bool]) -> int:
    """Return the last required step before a step, 0 for none."""
    return max((k for k in range(1, step) if not optional[k - 1]), default=0)


def furthest(reached: Reached) -> NDArray[np.int64]:
    """Return the last step that each run took."""
    steps = np.arange(1, reached.times.shape[1] + 1)
    return np.asarray((((reached.bits[:, None] >> (steps - 1)) & 1) * steps).max(axis=1, initial=0), np.int64)


def spent(reached: Reached, begin: int, end: int) -> NDArray[np.float64]:
    """Return how long each run took from one step to another; NaN for those that did not take both."""
    micros = (reached.times[:, end - 1] - reached.times[:, begin - 1]) / 1e6
    return np.where(took(reached, begin) & took(reached, end), micros, np.nan)


def seconds(reached: Reached, begin: int, end: int) -> NDArray[np.float64]:
    """Return how long it took from one step to another, of the runs that took both."""
    both = np.flatnonzero(took(reached, begin) & took(reached, end))
    return np.asarray((reached.times[both, end - 1] - reached.times[both, begin - 1]) / 1e6, np.float64)


def share(hits: int, n: int) -> tuple[float | None, tuple[float, float] | None]:
    """Return a share with its interval; nothing of none."""
    found = wilson(hits, n)
    if found.amount is None or found.low is None or found.high is None:
        return None, None
    return found.amount, (found.low, found.high)


def mean_and_median(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return both, or nothing of none. The median is linear between the two in the middle."""
    return (float(values.mean()), float(np.median(values))) if len(values) else (None, None)


def steps_of(reached: Reached, names: list[str], optional: list[bool]) -> list[StepOut]:
    """Return the figures of every step."""
    counts = [int(took(reached, k).sum()) for k in range(1, len(names) + 1)]
    found = [StepOut(step=1, name=names[0], count=counts[0], of_first=1.0 if counts[0] else None)]
    for step in range(2, len(names) + 1):
        before, count = required_before(step, optional), counts[step - 1]
        of_first, first_interval = share(count, counts[0])
        of_previous, previous_interval = share(count, counts[before - 1])
        from_previous = mean_and_median(seconds(reached, before, step))
        from_first = mean_and_median(seconds(reached, 1, step))
        found.append(StepOut(
            step=step, name=names[step - 1], optional=optional[step - 1], count=count,
            dropped=counts[before - 1] - count, of_first=of_first, of_first_interval=first_interval,
            of_previous=of_previous, of_previous_interval=previous_interval,
            mean_from_previous=from_previous[0], median_from_previous=from_previous[1],
            mean_from_first=from_first[0], median_from_first=from_first[1],
        ))  # fmt: skip
    return found


class Scale(NamedTuple):
    """Bins of times: where they begin, how wide each is (seconds), and how many there are before the longest's."""

    low: float
    width: float
    number: int


def scale_of(values: NDArray[np.float64], wanted: int = 0) -> Scale | None:
    """Return bins of whole seconds for times from the shortest on: as many as the cube root of their number, if not
    said otherwise. None for no times. Source: PostHog's time to convert."""
    if not len(values):
        return None
    low, high = float(math.floor(values.min())), float(math.ceil(values.max()))
    number = wanted or min(MOST_BINS, max(1, math.ceil(len(values) ** (1 / 3) - 1e-9)))
    return Scale(low, float(math.ceil((high - low) / number)) if high > low else SINGLE_BIN, number)


def bins_of(values: NDArray[np.float64], scale: Scale | None) -> list[Bin]:
    """Return the histogram of some times, with one bin more for the longest."""
    if scale is None:
        return []
    low, width, number = scale
    counts = np.bincount(placed(values, scale), minlength=number + 1).tolist()
    return [Bin(since=low + i * width, until=low + (i + 1) * width, count=count) for i, count in enumerate(counts)]


def placed(values: NDArray[np.float64], scale: Scale) -> NDArray[np.int64]:
    """Return in which bin each time is, -1 for no time (NaN)."""
    place = np.minimum((values - scale.low) // scale.width, scale.number)
    return np.where(np.isnan(place), -1, np.nan_to_num(place)).astype(np.int64)


def points_of(reached: Reached, buckets: list[Bucket], open_: NDArray[np.bool_], begin: int, end: int) -> list[Point]:
    """Return how many entered (took step `begin`) in each interval and how many of them took step `end`."""
    entered = np.bincount(reached.bucket[took(reached, begin)], minlength=len(buckets)).tolist()
    converted = np.bincount(reached.bucket[took(reached, end)], minlength=len(buckets)).tolist()
    found = []
    for i, bucket in enumerate(buckets):
        amount, interval = share(converted[i], entered[i])
        found.append(Point(
            since=bucket.since, label=bucket.label, partial=bool(open_[i]), entered=entered[i],
            converted=converted[i], share=amount, interval=interval,
        ))  # fmt: skip
    return found
