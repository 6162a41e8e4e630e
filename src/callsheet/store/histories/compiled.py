"""Machine code for the store's own loops; as `stats.compiled`, which the store may not import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile with numba, kept on disk; no Python objects inside, no lock held while it runs."""
    made: F = numba.njit(function, cache=True, nogil=True)
    return made
