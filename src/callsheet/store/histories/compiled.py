"""Machine code for the store's own loops; see `base.compiled`."""

from callsheet.base.compiled import compiled

__all__ = ["compiled"]
