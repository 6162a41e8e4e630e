"""Compiling a function over arrays to machine code; see `base.compiled`."""

from callsheet.base.compiled import compiled

__all__ = ["compiled"]
