"""Compiling a function over arrays to machine code; kept on disk after the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile with numba: no Python objects inside, no lock held while it runs, no fast-math.

    Import modules that use it inside functions: numba takes 0.2 s to import, and each function half a second to
    compile when it runs for the very first time on a machine.
    """
    made: F = numba.njit(function, cache=True, nogil=True)
    return made
