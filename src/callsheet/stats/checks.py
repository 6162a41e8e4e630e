"""Guards that the methods share: each refuses bad input with a sentence that says what to do."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callsheet.base.errors import BadInput

Floats = NDArray[np.float64]


def finite(values: ArrayLike, what: str) -> Floats:
    """Values as a flat float array; NaN or infinity is refused, for leaving rows out is the caller's
    decision.
    """
    array: Floats = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(array).all():
        raise BadInput(f"{what} holds a missing or infinite value.", "Leave those rows out first, and count them.")
    return array


def share(value: float, what: str, *, inner: bool = False) -> float:
    """A number from 0 to 1; `inner` leaves out both ends."""
    ok = 0 < value < 1 if inner else 0 <= value <= 1
    if not ok:
        hint = " Write 80% as 0.8." if 1 < value <= 100 else ""
        raise BadInput(f"{what} is {value:g}; it must be {'inside' if inner else 'within'} 0 and 1.{hint}")
    return float(value)


def count(value: Any, what: str) -> int:
    """A whole number of at least 0."""
    number = float(value)
    if not math.isfinite(number) or number < 0 or number != int(number):
        raise BadInput(f"{what} is {value}; it must be a whole number of 0 or more.")
    return int(number)


def hits_of(hits: Any, n: Any, what: str) -> tuple[int, int]:
    """A count of hits among n; more hits than units is refused."""
    h, total = count(hits, f"{what}: hits"), count(n, f"{what}: n")
    if h > total:
        raise BadInput(f"{what}: {h} hits of {total}.", "Count units, not events: a unit converts at most once.")
    return h, total
